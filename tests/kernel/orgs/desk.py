"""What the tests of the pages of organisations share: people, addresses, what was typed."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.orgs.models import Group, Membership, Organisation, OrganisationName
from tests.kernel.access.conftest import browser, user

TODAY = timezone.localdate
DAY = timedelta(days=1)
EDITORS = {Role.SYSTEM, Role.SCO_STAFF, Role.SCO_CHIEF}


def organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def group() -> Group:
    return Group.objects.get(code="999900-members")


def member_of(role: Role, code: str = "999900-office") -> User:
    return user(
        SimpleNamespace(bureau=None), f"{role}-{code}", role, organisation=organisation(code)
    )


def as_role(role: Role, code: str = "999900-office") -> Client:
    return browser(member_of(role, code))


def at(name: str, code: str = "") -> str:
    return reverse(f"orgs:{name}", args=[organisation(code).pk] if code else [])


def at_group(name: str) -> str:
    return reverse(f"orgs:{name}", args=[group().pk])


def shown_by(answer: Any) -> str:
    return str(answer.content.decode())


def facts() -> list[Any]:
    tables = (Organisation, OrganisationName, Group, Membership)
    return [list(each._default_manager.order_by("pk").values()) for each in tables]


def rows(reader: Client, **query: str) -> set[str]:
    answer = reader.get(at("organisations"), query)
    assert answer.status_code == 200
    return {row.code for row in answer.context["list"].page}


def check_refused(answer: Any, form: Any, field: str, told: str) -> None:
    assert answer.status_code == 422
    assert list(form.errors) == [field]
    assert told in "".join(form.errors[field])
    assert "已填写的内容都保留着" in shown_by(answer)


def who(reader: Client, name: str, *, area: str = "澄江市", on: str = "2025-06-01") -> Any:
    answer = reader.get(at("who"), {"name": name, "area": area, "on": on})
    assert answer.status_code == 200
    found = answer.context["found"]
    return {"how": str(found.how), "organisations": found.organisations, "shown": shown_by(answer)}


ADD = {
    "name": "澄江市矿山安全局",
    "short_name": "市矿山局",
    "kind": "bureau",
    "area": "澄江市",
    "parent": "市政府",
    "valid_from": "2025-03-01",
}
RENAME = {
    "name": "澄江市水务局",
    "short_name": "市水务局",
    "on": "2025-09-01",
    "reason": "澄编〔2025〕9号",
}
DISSOLVE = {"on": "2025-09-30", "reason": "机构改革"}
MEMBER = {"organisation": "市水利局", "valid_from": "2025-04-01", "valid_to": ""}
