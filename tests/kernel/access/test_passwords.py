"""Password rules, changing, forced change, history, what a change ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.utils import timezone

from anlan.kernel.access import passwords, rules
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import LoginEvent, LoginState, User
from anlan.kernel.access.roles import Role
from anlan.kernel.access.services import accounts, attempts
from anlan.kernel.access.services import passwords as service
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Forbidden
from tests.factories import resolved
from tests.kernel.access.conftest import PASSWORD, actor, browser

HERE = Client("10.0.0.9", "test")
NEW = "Yellow-Loess-77"


@pytest.mark.parametrize(
    ("_case", "password", "fault"),
    [
        ("three classes without a symbol", "Abcdefgh12", None),
        ("three classes without upper case", "abcdefg-12", None),
        ("Chinese counts as other", "山西吕梁市的口令aB", None),
        ("one too short", "Abcdefg-1", "长度"),
        ("just too long", "Aa1-" * 32 + "x", "长度"),
        ("longest", "Aa1-" * 32, None),
        ("two classes", "abcdefghij12", "至少 3 类"),
        ("one class", "abcdefghijkl", "至少 3 类"),
        ("holds the username", "Xx-zhangsan-9", "账号或姓名"),
        ("holds it in another case", "Xx-ZhangSan-9", "账号或姓名"),
        ("holds the name", "Aa1-张三丰-9999", "账号或姓名"),
        ("empty", "", "长度"),
    ],
)
def test_shape(
    make_user: Callable[..., User], _case: str, password: str, fault: str | None
) -> None:
    found = passwords.problems(make_user("zhangsan", name="张三丰"), password)
    assert bool(found) is bool(fault)
    if fault:
        assert any(fault in each for each in found)


def test_the_numbers_are_norms(make_user: Callable[..., User]) -> None:
    from anlan.kernel.norms.models import Norm, NormDocument

    document = NormDocument.objects.create(number="试 1 号", title="试")
    for key, value in (("password.min_length", 14), ("password.min_classes", 4)):
        Norm.objects.create(key=key, document=document, value=value, effective_from="2020-01-01")
    rules._read.cache_clear()
    found = passwords.problems(make_user(), "Abcdefgh123")
    assert [each[:4] for each in found] == ["口令长度", "口令应包"]
    assert rules.current().login_max_failures == 5  # not loaded: the fallback


def test_one_time_passwords_meet_the_shape() -> None:
    made = {passwords.generate() for _ in range(500)}
    assert len(made) == 500
    assert {passwords.classes(each) for each in made} == {4}
    assert min(map(len, made)) >= rules.Rules().password_min_length
    assert not set("".join(made)) & set("0O1lI")


def test_change_ends_every_other_session(make_user: Callable[..., User]) -> None:
    zhang = make_user()
    here, there = browser(zhang), browser(zhang)
    old_key = here.cookies["sessionid"].value
    given = {"current": PASSWORD, "new": NEW, "again": NEW}
    assert here.post("/account/password/", given)["Location"] == "/account/"
    assert "ended=password" in there.get("/account/")["Location"]
    assert here.get("/account/").status_code == 200
    assert here.cookies["sessionid"].value != old_key
    assert check_password(NEW, User.objects.get().password)


@pytest.mark.parametrize(
    ("_case", "given", "field"),
    [
        ("wrong current", {"current": "wrong", "new": NEW, "again": NEW}, "current"),
        ("weak", {"current": PASSWORD, "new": "short", "again": "short"}, "new"),
        ("the same again", {"current": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "new"),
        ("typed differently", {"current": PASSWORD, "new": NEW, "again": NEW + "x"}, "again"),
        ("nothing", {}, "new"),
    ],
)
def test_refused_changes_change_nothing(
    make_user: Callable[..., User], _case: str, given: dict[str, str], field: str
) -> None:
    zhang = make_user()
    here, there = browser(zhang), browser(zhang)
    answer = here.post("/account/password/", given)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert there.get("/account/").status_code == 200
    assert check_password(PASSWORD, User.objects.get().password)


def test_guessing_the_current_password_is_counted(
    make_user: Callable[..., User], set_rules: Callable[..., rules.Rules]
) -> None:
    set_rules(login_max_failures=2)
    zhang = actor(make_user())
    for _ in range(2):
        with pytest.raises(attempts.WrongPassword):
            service.change(actor=zhang, current="wrong", new=NEW, client=HERE)
    assert LoginState.objects.get(user=zhang.user).is_locked
    with pytest.raises(attempts.WrongPassword):
        service.change(actor=zhang, current=PASSWORD, new=NEW, client=HERE)


def test_history_forbids_the_last_and_allows_the_one_before(
    make_user: Callable[..., User], set_rules: Callable[..., rules.Rules]
) -> None:
    set_rules(password_history=2)
    zhang, current = make_user(), PASSWORD
    for new in ("First-One-111", "Second-One-22", "Third-One-333"):
        service.change(actor=actor(zhang), current=current, new=new, client=HERE)
        current = new
    zhang.refresh_from_db()
    assert passwords.problems(zhang, "Third-One-333")
    assert passwords.problems(zhang, "Second-One-22")
    assert passwords.problems(zhang, "First-One-111") == []


def days_ago(number: int) -> datetime:
    return timezone.now() - timedelta(days=number)


@pytest.mark.parametrize(
    ("_case", "fields", "due"),
    [
        ("reset or first login", {"must_change_password": True}, True),
        ("a day before", {"password_changed_at": lambda: days_ago(89)}, False),
        ("the day", {"password_changed_at": lambda: days_ago(90)}, True),
        ("a demonstration", {"password_changed_at": lambda: days_ago(900),
                             "is_demo": True}, False),
    ],
)  # fmt: skip
def test_forced_change(
    make_user: Callable[..., User], _case: str, fields: dict[str, object], due: bool
) -> None:
    chrome = browser(make_user(**resolved(fields)))
    answer = chrome.get("/account/")
    assert (answer.status_code, answer.headers.get("Location")) == (
        (302, "/account/password/") if due else (200, None)
    )
    if due:
        assert "请先" in chrome.get("/account/password/").content.decode()
        given = {"current": PASSWORD, "new": NEW, "again": NEW}
        chrome.post("/account/password/", given)
        assert chrome.get("/account/").status_code == 200


def test_a_forced_change_holds_for_htmx_and_api_too(make_user: Callable[..., User]) -> None:
    chrome = browser(make_user(must_change_password=True))
    answer = chrome.get("/account/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (403, "/account/password/")


def test_reset_gives_a_one_time_password_and_ends_sessions(make_user: Callable[..., User]) -> None:
    zhang, root = make_user(), make_user("root", Role.SYSTEM)
    chrome = browser(zhang)
    _, once = accounts.reset_password(
        actor=actor(root), pk=zhang.pk, client=HERE, reason="本人来电"
    )
    assert "ended=password" in chrome.get("/account/")["Location"]
    zhang.refresh_from_db()
    assert check_password(once, zhang.password)
    assert zhang.must_change_password
    event = LoginEvent.objects.get(kind="reset")
    assert (event.user, event.by, event.detail) == (zhang, root, "本人来电")


@pytest.mark.parametrize("role", [Role.SECURITY, Role.AUDITOR])
def test_a_system_administrator_cannot_become_another_administrator(
    make_user: Callable[..., User], role: Role
) -> None:
    guard, root = make_user("guard", role), make_user("root", Role.SYSTEM)
    with pytest.raises(Forbidden):
        accounts.reset_password(actor=actor(root), pk=guard.pk, client=HERE, reason="x")
    assert check_password(PASSWORD, User.objects.get(pk=guard.pk).password)


def test_the_audit_names_the_change_and_hides_the_hash(make_user: Callable[..., User]) -> None:
    zhang = make_user()
    service.change(actor=actor(zhang), current=PASSWORD, new=NEW, client=HERE)
    row = AuditRow.objects.filter(table_name="access_user", operation="UPDATE").get()
    assert (row.verb, row.user_id) == ("access.password.change", zhang.pk)
    assert row.changes["password"] == ["***", "***"]
