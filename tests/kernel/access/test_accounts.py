"""Accounts: who makes, disables and resets them; the pages of administrators and the auditor."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from anlan.kernel.access.client import Client
from anlan.kernel.access.models import Grant, LoginEvent, User
from anlan.kernel.access.roles import ADMINISTRATORS, Role
from anlan.kernel.access.services import accounts
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Forbidden, Refused, WrongState
from tests.kernel.access.conftest import actor, browser, days

HERE = Client("10.0.0.9", "test")
GIVEN = {"username": "wangwu", "name": "王五", "organisation": "试市能源局", "phone": "13800000000"}


def test_a_new_account_has_no_rights_and_must_change_its_password(
    make_user: Callable[..., User], city: SimpleNamespace
) -> None:
    chrome = browser(make_user("root", Role.SYSTEM))
    answer = chrome.post("/accounts/new/", GIVEN)
    once = answer.context["password"]
    assert once in answer.content.decode()
    made = User.objects.get(username="wangwu")
    assert (made.organisation, made.must_change_password) == (city.bureau, True)
    assert check_password(once, made.password)
    assert not made.grants.exists()
    assert once not in chrome.get(f"/accounts/{made.pk}/").content.decode()
    row = AuditRow.objects.filter(table_name="access_user", operation="INSERT").last()
    assert row.verb == "access.account.create"


@pytest.mark.parametrize(
    ("_case", "change", "field"),
    [
        ("taken", {"username": "root"}, "__all__"),
        ("capital letters", {"username": "WangWu"}, "username"),
        ("a line break after", {"username": "wangwu\nx"}, "username"),
        ("no name", {"name": ""}, "name"),
        ("unknown organisation", {"organisation": "没有"}, "organisation"),
        ("too long", {"phone": "1" * 21}, "phone"),
    ],
)
def test_wrong_input_makes_no_account_and_keeps_what_was_typed(
    make_user: Callable[..., User], _case: str, change: dict[str, str], field: str
) -> None:
    chrome = browser(make_user("root", Role.SYSTEM))
    answer = chrome.post("/accounts/new/", GIVEN | change)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    kept = "王五" if "name" not in change else "试市能源局"
    assert f'value="{kept}"' in answer.content.decode()
    assert User.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_only_system_administrators_manage_accounts(
    make_user: Callable[..., User], city: SimpleNamespace, role: Role
) -> None:
    zhang, other = make_user(), actor(make_user("other", role))
    for act in (
        lambda: accounts.create(actor=other, username="x", name="x", organisation=city.bureau),
        lambda: accounts.disable(actor=other, pk=zhang.pk, reason="x"),
        lambda: accounts.enable(actor=other, pk=zhang.pk, reason="x"),
        lambda: accounts.unlock(actor=other, pk=zhang.pk, client=HERE),
        lambda: accounts.reset_password(actor=other, pk=zhang.pk, client=HERE, reason="x"),
        lambda: accounts.remove_factor(actor=other, pk=zhang.pk, client=HERE, reason="x"),
    ):
        with pytest.raises(Forbidden):
            act()
    assert not AuditRow.objects.exclude(operation="INSERT").filter(table_name="access_user")


def test_disabling_and_enabling(make_user: Callable[..., User]) -> None:
    zhang, root = make_user("zhang", Role.UNIT_STAFF), make_user("root", Role.SYSTEM)
    accounts.disable(actor=actor(root), pk=zhang.pk, reason="调离")
    with pytest.raises(WrongState):
        accounts.disable(actor=actor(root), pk=zhang.pk, reason="调离")
    accounts.enable(actor=actor(root), pk=zhang.pk, reason="调回")
    with pytest.raises(WrongState):
        accounts.enable(actor=actor(root), pk=zhang.pk, reason="调回")
    assert actor(zhang).has_role(Role.UNIT_STAFF)


def test_nobody_disables_or_resets_himself(make_user: Callable[..., User]) -> None:
    root = make_user("root", Role.SYSTEM)
    with pytest.raises(Forbidden):
        accounts.disable(actor=actor(root), pk=root.pk, reason="x")
    with pytest.raises(Forbidden):
        accounts.reset_password(actor=actor(root), pk=root.pk, client=HERE, reason="x")


@pytest.mark.parametrize("verb", ["disable", "enable", "reset", "remove-factor"])
def test_acts_without_a_reason_are_refused(make_user: Callable[..., User], verb: str) -> None:
    zhang, chrome = make_user(), browser(make_user("root", Role.SYSTEM))
    before = AuditRow.objects.count()
    answer = chrome.post(f"/accounts/{zhang.pk}/{verb}/", {"reason": ""})
    assert (answer.status_code, AuditRow.objects.count()) == (422, before)


@pytest.mark.parametrize(
    ("where", "allowed"),
    [
        ("/accounts/", ADMINISTRATORS),
        ("/accounts/{pk}/", ADMINISTRATORS),
        ("/accounts/new/", (Role.SYSTEM,)),
        ("/accounts/events/", (Role.AUDITOR,)),
        ("/account/", tuple(Role)),
        ("/account/deputies/", tuple(Role)),
        ("/account/totp/", tuple(Role)),
        ("/account/password/", tuple(Role)),
    ],
)
@pytest.mark.parametrize("role", Role)
def test_pages_by_role(
    make_user: Callable[..., User], where: str, allowed: tuple[Role, ...], role: Role
) -> None:
    zhang = make_user()
    answer = browser(make_user("viewer", role)).get(where.format(pk=zhang.pk))
    assert answer.status_code == (200 if role in allowed else 403)


def test_the_page_offers_each_administrator_only_his_own_work(
    make_user: Callable[..., User],
) -> None:
    zhang = make_user()
    pages = {
        role: browser(make_user(role, role)).get(f"/accounts/{zhang.pk}/").content.decode()
        for role in (Role.SYSTEM, Role.SECURITY, Role.AUDITOR)
    }
    offered = {role: ("重置口令" in text, "新的授权" in text) for role, text in pages.items()}
    assert offered == {
        Role.SYSTEM: (True, False),
        Role.SECURITY: (False, True),
        Role.AUDITOR: (False, False),
    }


def test_searching_accounts(make_user: Callable[..., User], city: SimpleNamespace) -> None:
    make_user("li", name="李四", organisation=city.east_government)
    make_user("gone", name="赵六", is_active=False)
    chrome = browser(make_user("root", Role.SYSTEM, name="管理"))

    def found(query: str) -> list[str]:
        return [each.username for each in chrome.get(f"/accounts/?{query}").context["page"]]

    assert found("q=李四") == ["li"]
    assert found("q=东县") == ["li"]
    assert found("state=disabled") == ["gone"]
    assert found("q=%00%25") == []
    assert found("page=999") == found("page=abc") == ["gone", "li", "root"]


def test_the_auditor_filters_events(make_user: Callable[..., User]) -> None:
    chrome = browser(make_user("auditor", Role.AUDITOR))
    zhang = browser(make_user())
    zhang.post("/logout/")

    def found(query: str) -> list[tuple[str, str]]:
        page = chrome.get(f"/accounts/events/?{query}").context["page"]
        return [(each.user.username, each.kind) for each in page]

    assert found("who=zhang") == [("zhang", "logout"), ("zhang", "login")]
    assert found("kind=logout") == [("zhang", "logout")]
    assert found(f"since={days(1)}") == []
    assert len(found(f"since={days(0)}&until={days(0)}")) == 3
    assert found("address=10.1.1.1") == []
    wrong = chrome.get("/accounts/events/?address=nonsense&since=x")
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"address", "since"})


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("administrator", *words, stdout=out)
    return out.getvalue()


def test_the_operator_makes_the_first_administrators(city: SimpleNamespace) -> None:
    for role in ADMINISTRATORS:
        told = run("create", role, f"first-{role}", "--name", "某某", "--organisation", "90-office")
        password = told.strip().rsplit("：", 1)[1]
        made = User.objects.get(username=f"first-{role}")
        assert check_password(password, made.password)
        assert actor(made).has_role(role)
    with pytest.raises(CommandError, match="已经存在"):
        run("create", "system", "first-system", "--name", "某某", "--organisation", "90-office")
    with pytest.raises(CommandError, match="没有代码"):
        run("create", "system", "second", "--name", "某某", "--organisation", "none")
    assert (User.objects.count(), Grant.objects.count()) == (3, 3)


def test_the_operator_resets_a_locked_out_administrator(make_user: Callable[..., User]) -> None:
    guard = make_user("guard", Role.SECURITY, totp_salt="x")
    password = run("reset", "guard", "--reason", "本人遗忘").strip().rsplit("：", 1)[1]
    guard.refresh_from_db()
    assert (check_password(password, guard.password), guard.totp_salt) == (True, "")
    kinds = set(LoginEvent.objects.values_list("kind", "detail"))
    assert kinds == {("reset", "本人遗忘"), ("totp_off", "本人遗忘")}
    with pytest.raises(CommandError, match="没有账号"):
        run("reset", "nobody", "--reason", "x")


def test_names_are_never_used_twice(make_user: Callable[..., User], city: SimpleNamespace) -> None:
    make_user("zhang", is_active=False)
    root = actor(make_user("root", Role.SYSTEM))
    with pytest.raises(Refused, match="已经存在"):
        accounts.create(actor=root, username="zhang", name="x", organisation=city.bureau)
