"""Form fields that find an organisation, an area or an account by what people type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from anlan.kernel.access.models import User
from anlan.kernel.orgs.models import Area, Organisation
from anlan.kernel.orgs.selectors import in_force

_SHOWN = 5


class _Found(forms.CharField):
    """A text that must mean exactly one row; several are told apart by their codes."""

    thing = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)

    def matches(self, text: str) -> QuerySet[Any]:
        raise NotImplementedError

    def told(self, row: Any) -> str:
        raise NotImplementedError

    def clean(self, value: Any) -> Model | None:
        text = super().clean(value)
        if not text:
            return None
        found: list[Model] = list(self.matches(text)[: _SHOWN + 1])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(f"没有找到{self.thing}“{text}”。")
        names = "、".join(self.told(row) for row in found[:_SHOWN])
        more = "等" if len(found) > _SHOWN else ""
        raise ValidationError(f"有多个{self.thing}叫“{text}”：{names}{more}。请改填代码。")


class OrganisationField(_Found):
    """By code, full name or short name; only organisations that exist today."""

    thing = "单位"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"list": "organisations"}), **kwargs)

    def matches(self, text: str) -> QuerySet[Organisation]:
        named = Q(code=text) | Q(name=text) | Q(short_name=text)
        existing = Organisation.objects.filter(in_force(timezone.localdate()))
        return existing.filter(named).select_related("area")

    def told(self, row: Organisation) -> str:
        return f"{row.name}（{row.code}）"


class AreaField(_Found):
    """By division code or name."""

    thing = "区划"

    def matches(self, text: str) -> QuerySet[Area]:
        return Area.objects.filter(Q(code=text) | Q(name=text)).select_related("parent")

    def told(self, row: Area) -> str:
        return f"{row.parent or ''}{row.name}（{row.code}）"


class AccountField(_Found):
    """By username, or by the person's name."""

    thing = "账号"

    def matches(self, text: str) -> QuerySet[User]:
        active = User.objects.filter(is_active=True)
        exact = active.filter(username=text)
        return exact if exact.exists() else active.filter(name=text)

    def told(self, row: User) -> str:
        return f"{row.name}（{row.username}，{row.organisation}）"
