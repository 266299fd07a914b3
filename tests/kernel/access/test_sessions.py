"""Sessions: idle and absolute limits, the limit per account, ending, fixation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from anlan.kernel.access import rules
from anlan.kernel.access.models import AccountSession, LoginEvent, User
from anlan.kernel.access.roles import Role
from anlan.kernel.access.services import accounts
from tests.kernel.access.conftest import PASSWORD, actor, browser

ACCOUNT = "/account/"


def test_idle_session_ends_and_says_why(
    make_user: Callable[..., User],
    set_rules: Callable[..., rules.Rules],
    clock: Callable[[timedelta], None],
) -> None:
    set_rules(session_idle_minutes=30)
    chrome = browser(make_user())
    clock(timedelta(minutes=29))
    assert chrome.get(ACCOUNT).status_code == 200  # and counts as being there
    clock(timedelta(minutes=29))
    assert chrome.get(ACCOUNT).status_code == 200
    clock(timedelta(minutes=30))
    answer = chrome.get(ACCOUNT)
    assert answer["Location"] == "/login/?next=%2Faccount%2F&ended=idle"
    assert "长时间未操作" in chrome.get(answer["Location"]).content.decode()
    assert AccountSession.objects.get().end == "idle"


def test_a_live_page_alone_does_not_keep_the_session(
    make_user: Callable[..., User],
    set_rules: Callable[..., rules.Rules],
    clock: Callable[[timedelta], None],
) -> None:
    set_rules(session_idle_minutes=30)
    chrome = browser(make_user())
    clock(timedelta(minutes=20))
    chrome.get(ACCOUNT, headers={"Accept": "text/event-stream"})
    clock(timedelta(minutes=11))
    assert chrome.get(ACCOUNT).status_code == 302


def test_absolute_limit_ends_a_busy_session(
    make_user: Callable[..., User],
    set_rules: Callable[..., rules.Rules],
    clock: Callable[[timedelta], None],
) -> None:
    set_rules(session_absolute_hours=1, session_idle_minutes=30)
    chrome = browser(make_user())
    for _ in range(2):
        clock(timedelta(minutes=29))
        assert chrome.get(ACCOUNT).status_code == 200
    clock(timedelta(minutes=2))
    assert "ended=absolute" in chrome.get(ACCOUNT)["Location"]


def test_the_oldest_session_gives_way_and_says_so(
    make_user: Callable[..., User], set_rules: Callable[..., rules.Rules]
) -> None:
    set_rules(session_max_concurrent=2)
    zhang = make_user()
    first, second, third = (browser(zhang) for _ in range(3))
    answer = first.get(ACCOUNT)
    assert "ended=concurrent" in answer["Location"]
    assert "同一账号登录数超过上限" in first.get(answer["Location"]).content.decode()
    assert [b.get(ACCOUNT).status_code for b in (second, third)] == [200, 200]
    assert LoginEvent.objects.filter(kind="session_ended", user=zhang).count() == 1


def test_sessions_that_ran_out_do_not_count(
    make_user: Callable[..., User],
    set_rules: Callable[..., rules.Rules],
    clock: Callable[[timedelta], None],
) -> None:
    set_rules(session_max_concurrent=1, session_idle_minutes=30)
    zhang = make_user()
    browser(zhang)
    clock(timedelta(minutes=31))
    browser(zhang)
    assert not AccountSession.objects.filter(end="concurrent").exists()


def test_only_known_reasons_are_shown(db: None) -> None:
    page = Browser().get("/login/?ended=<script>alert(1)</script>").content.decode()
    assert "alert(1)" not in page
    assert "上一次登录已结束" not in page


def test_ending_one_session_leaves_the_other(make_user: Callable[..., User]) -> None:
    zhang = make_user()
    here, there = browser(zhang), browser(zhang)
    other = AccountSession.objects.order_by("-began_at").first()
    assert here.post(f"/account/sessions/{other.pk}/end/").status_code == 302
    assert "ended=ended" in there.get(ACCOUNT)["Location"]
    assert here.get(ACCOUNT).status_code == 200


def test_nobody_ends_another_account_s_session(make_user: Callable[..., User]) -> None:
    victim, other = browser(make_user("victim")), browser(make_user("other"))
    session = AccountSession.objects.get(user__username="victim")
    assert other.post(f"/account/sessions/{session.pk}/end/").status_code == 404
    assert victim.get(ACCOUNT).status_code == 200


def test_ending_all_others(make_user: Callable[..., User]) -> None:
    zhang = make_user()
    here, there, elsewhere = (browser(zhang) for _ in range(3))
    here.post("/account/sessions/end/")
    assert [b.get(ACCOUNT).status_code for b in (here, there, elsewhere)] == [200, 302, 302]


def test_logout_ends_the_session_in_the_database(make_user: Callable[..., User]) -> None:
    chrome = browser(make_user())
    stolen = Browser()
    stolen.cookies = chrome.cookies.copy()
    assert stolen.get(ACCOUNT).status_code == 200
    stolen_key = chrome.cookies["sessionid"].value
    assert chrome.post("/logout/").status_code == 302
    thief = Browser()
    thief.cookies["sessionid"] = stolen_key
    assert thief.get(ACCOUNT).status_code == 302
    assert LoginEvent.objects.filter(kind="logout").count() == 1


def test_logout_by_a_link_is_not_possible(make_user: Callable[..., User]) -> None:
    chrome = browser(make_user())
    assert chrome.get("/logout/").status_code == 405
    assert chrome.get(ACCOUNT).status_code == 200


def test_a_planted_session_key_is_not_kept(make_user: Callable[..., User]) -> None:
    zhang = make_user()
    planted = SessionStore()
    planted["planted"] = "by an attacker"
    planted.save()
    victim = Browser()
    victim.cookies["sessionid"] = planted.session_key
    victim.post("/login/", {"username": zhang.username, "password": PASSWORD})
    attacker = Browser()
    attacker.cookies["sessionid"] = planted.session_key
    assert attacker.get(ACCOUNT).status_code == 302
    assert victim.cookies["sessionid"].value != planted.session_key
    assert "planted" not in victim.session


def test_disabling_an_account_ends_its_sessions_at_once(make_user: Callable[..., User]) -> None:
    zhang, root = make_user(), make_user("root", Role.SYSTEM)
    chrome = browser(zhang)
    accounts.disable(actor=actor(root), pk=zhang.pk, reason="调离")
    assert "ended=disabled" in chrome.get(ACCOUNT)["Location"]


def test_pages_behind_the_login_are_not_kept_by_the_browser(make_user: Callable[..., User]) -> None:
    assert browser(make_user()).get(ACCOUNT)["Cache-Control"] == "private, no-store"


def test_anonymous_visits_ask_the_database_nothing(
    db: None, django_assert_num_queries: Callable[[int], object]
) -> None:
    Browser().get("/login/")  # whatever templates and norms cache
    with django_assert_num_queries(0):
        answer = Browser().get(ACCOUNT)
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE access_loginevent SET kind = 'login'", "Cannot update or delete"),
        ("DELETE FROM access_loginevent", "Cannot update or delete"),
        ("TRUNCATE access_loginevent", "append-only"),
    ],
)
def test_login_events_are_append_only(db: None, statement: str, told: str) -> None:
    Browser().post("/login/", {"username": "x", "password": "y"})
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match=told), transaction.atomic():
            cursor.execute(statement)
    assert LoginEvent.objects.count() == 1


def test_an_ended_session_needs_a_reason(make_user: Callable[..., User]) -> None:
    browser(make_user())
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountSession.objects.update(ended_at=timezone.now())
