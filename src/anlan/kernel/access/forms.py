"""Forms of the login, account and administration pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone

from anlan.kernel.access import passwords
from anlan.kernel.access.fields import AccountField, AreaField, OrganisationField
from anlan.kernel.access.models import LoginEventKind
from anlan.kernel.access.roles import Role

USERNAME = RegexValidator(
    r"\A[a-z][a-z0-9._-]{1,39}\Z", "账号用小写字母开头，由小写字母、数字和 . _ - 组成，2 至 40 位。"
)


def _password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=passwords.LONGEST,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


def _day(label: str, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class Login(forms.Form):
    username = forms.CharField(
        label="账号",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = _password("口令", "current-password")


class Code(forms.Form):
    code = forms.CharField(
        label="动态口令或恢复码",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )


class FirstCode(forms.Form):
    code = forms.CharField(
        label="手机上显示的六位数字",
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class Confirm(forms.Form):
    password = _password("当前口令", "current-password")


class ChangePassword(forms.Form):
    current = _password("当前口令", "current-password")
    new = _password("新口令", "new-password")
    again = _password("再输一次新口令", "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].help_text = passwords.told()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", "两次输入的新口令不一致。")
        return cleaned


class Appoint(forms.Form):
    deputy = AccountField(label="代理人", help_text="填账号，或姓名（同名时须填账号）。")
    valid_from = _day("自")
    valid_to = _day("至（含当日）")
    authority = forms.CharField(
        label="依据", max_length=200, help_text="如：某年某月某日某某同意，或文件名称和文号。"
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "截止日期不能早于起始日期。")
        elif last and last < timezone.localdate():
            self.add_error("valid_to", "截止日期不能早于今天。")
        return cleaned


class NewAccount(forms.Form):
    username = forms.CharField(label="账号", max_length=40, validators=[USERNAME])
    name = forms.CharField(label="姓名", max_length=40)
    organisation = OrganisationField(label="单位", help_text="填全称、简称或代码。")
    phone = forms.CharField(label="手机", max_length=20, required=False)


class NewGrant(forms.Form):
    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *Role.choices])
    organisation = OrganisationField(label="单位", help_text="填全称、简称或代码。")
    area = AreaField(label="区划", required=False, help_text="不填即该单位所在区划。")
    valid_from = _day("自")
    valid_to = _day("至（含当日）", required=False)
    reason = forms.CharField(label="依据", max_length=200)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "截止日期不能早于起始日期。")
        return cleaned


class EventFilter(forms.Form):
    kind = forms.ChoiceField(
        label="事件", required=False, choices=[("", "全部事件"), *LoginEventKind.choices]
    )
    who = forms.CharField(label="账号或姓名", required=False, max_length=40)
    address = forms.GenericIPAddressField(label="地址", required=False)
    since = _day("自", required=False)
    until = _day("至", required=False)
