"""The subscription: whose content, what the file says, and when the door is shut."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from anlan.almanac.days import Span
from anlan.almanac.entries import Entry, Kind
from anlan.almanac.feed import clean, ics
from anlan.almanac.models import Subscription
from anlan.almanac.services import subscription
from anlan.kernel.access.actor import Actor, system
from anlan.kernel.access.models import Grant, LoginEvent, LoginEventKind
from anlan.kernel.access.roles import Role
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Forbidden, Unknown
from tests import factories
from tests.almanac.conftest import fixed
from tests.factories import at_once, day, deputising, happening, nothing_happens
from tests.kernel.access.conftest import browser

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def _entry(**more: Any) -> Entry:
    fields = {
        "key": "duty-1", "kind": Kind.DUTY, "span": Span(date(2026, 5, 12), date(2026, 5, 12)),
        "title": "建档", "url": "/duties/1/",
    }  # fmt: skip
    return Entry(**{**fields, **more})


def _file(*entries: Entry, name: str = "安澜") -> bytes:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return ics(entries, name=name, domain="90.anlan", base="http://testserver", now=now)


@given(title=TEXT, note=TEXT, name=TEXT)
def test_any_text_comes_back_and_no_line_is_too_long(title: str, note: str, name: str) -> None:
    content = _file(_entry(title=title, note=note), name=name)
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75  # octets, and no character cut in two:
        line.decode()
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["SUMMARY"]) == f"任务到期：{clean(title)}"
    said = "\n".join(filter(None, [clean(note), "http://testserver/duties/1/"]))
    assert str(event["DESCRIPTION"]) == said
    raw = str(Calendar.from_ical(content)["X-WR-CALNAME"])  # of no type: read as it stands
    shown = re.sub(r"\\([\\;,n])", lambda m: "\n" if m[1] == "n" else m[1], raw)
    assert shown == clean(name)


def test_a_title_cannot_smuggle_in_a_line() -> None:
    content = _file(_entry(title="甲\r\nEND:VEVENT\r\nBEGIN:VALARM\u2028X:1\x0bY\x00Z"))
    begins = [line for line in content.split(b"\r\n") if line.startswith(b"BEGIN:")]
    assert begins == [b"BEGIN:VCALENDAR", b"BEGIN:VEVENT"]


def test_an_event_lasts_all_its_days_in_every_zone() -> None:
    span = Span(date(2026, 6, 1), date(2026, 6, 30))
    content = _file(_entry(kind=Kind.FIXED, key="fixed-safety-month-2026", span=span))
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 6, 1), date(2026, 7, 1))
    assert b"DTSTART;VALUE=DATE:20260601" in content
    assert str(event["UID"]) == "fixed-safety-month-2026@90.anlan"
    assert b"X-WR-TIMEZONE:Asia/Shanghai" in content


# --- the door -------------------------------------------------------------------------------------


@pytest.fixture
def work(city: SimpleNamespace, who: SimpleNamespace, calendar: Any) -> SimpleNamespace:
    """Duties of the bureau and of the east, and one fixed day."""
    calendar(fixed("a", 3))
    plan = factories.plan(city)
    key = factories.key_duty(plan)
    return SimpleNamespace(
        bureau=factories.duty(key, city.bureau, due_on=day(20), title="能源局的任务"),
        done=factories.duty(factories.key_duty(plan, 2), city.bureau, due_on=day(9),
                            title="办结的任务", state="open"),
        east=factories.duty(key, city.east_government, due_on=day(20), title="东县的任务"),
    )  # fmt: skip


def _read(path: str) -> Any:
    return Client().get(path)


def _events(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.content.decode()
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(each["SUMMARY"]): str(each["UID"]) for each in found}


def test_it_holds_what_its_owner_may_see_and_no_more(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    path = subscription.renew(actor=who.bureau_staff)
    answer = _read(path)
    assert _events(answer) == {
        "固定日a": f"fixed-a-{day(3).year}@90.anlan",
        "任务到期：能源局的任务": f"duty-{work.bureau.pk}@90.anlan",
        "任务到期：办结的任务": f"duty-{work.done.pk}@90.anlan",
    }
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies
    type(work.bureau).objects.filter(pk=work.bureau.pk).update(due_on=day(30))
    type(work.done).objects.filter(pk=work.done.pk).update(state="met")
    later = _events(_read(path))
    assert later["任务到期：能源局的任务"] == f"duty-{work.bureau.pk}@90.anlan"  # it stays
    assert "任务到期：办结的任务" not in later


def test_a_session_in_the_same_browser_does_not_matter(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    path = subscription.renew(actor=who.bureau_staff)
    assert "任务到期：东县的任务" not in _events(browser(who.east_staff.user).get(path))


def test_a_deputy_reads_his_own_calendar_alone(who: SimpleNamespace, work: SimpleNamespace) -> None:
    acting = deputising(who.bureau_staff, who.east_head)
    path = subscription.renew(actor=acting)
    assert Subscription.objects.get().user == who.bureau_staff.user
    assert "任务到期：东县的任务" not in _events(_read(path))


def test_a_renewed_address_is_dead_and_so_is_an_ended_one(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    with happening() as happened:
        old = subscription.renew(actor=who.bureau_staff)
    assert happened.told_to("almanac.subscription") == {"bureau_staff"}
    new = subscription.renew(actor=who.bureau_staff)
    assert (_read(old).status_code, _read(new).status_code) == (404, 200)
    assert Subscription.objects.count() == 1
    subscription.end(actor=who.bureau_staff)
    assert _read(new).status_code == 404
    with nothing_happens(Unknown):
        subscription.end(actor=who.bureau_staff)
    again = subscription.renew(actor=who.bureau_staff)
    assert _read(again).status_code == 200


@pytest.mark.parametrize("what", ["account", "grants", "token", "number", "wrong owner"])
def test_who_may_not_read_hears_the_same(
    who: SimpleNamespace, work: SimpleNamespace, what: str
) -> None:
    path = subscription.renew(actor=who.bureau_staff)
    other = subscription.renew(actor=who.east_staff)
    match what:
        case "account":
            type(who.bureau_staff.user).objects.filter(pk=who.bureau_staff.user.pk).update(
                is_active=False
            )
        case "grants":
            Grant.objects.filter(user=who.bureau_staff.user).delete()
        case "token":
            path = path[:-5] + ("A" if path[-5] != "A" else "B") + ".ics"
        case "number":
            path = path.replace(f"/{Subscription.objects.get(user=who.bureau_staff.user).pk}/",
                                "/999999/")  # fmt: skip
        case "wrong owner":
            number, token = path.split("/")[-2], other.split("/")[-1]
            path = f"/calendar/{number}/{token}"
    answer = _read(path)
    assert answer.status_code == 404
    assert "没有这个日历，或地址已经更换" in answer.content.decode()
    event = LoginEvent.objects.get(kind=LoginEventKind.FEED_FAILED)
    assert event.user is None


def test_guessing_is_limited_and_does_not_silence_the_others(
    who: SimpleNamespace, work: SimpleNamespace, set_rules: Any
) -> None:
    set_rules(login_address_failures=3)
    path = subscription.renew(actor=who.bureau_staff)
    statuses = [_read(f"/calendar/1/{n}.ics").status_code for n in range(5)]
    assert statuses == [404, 404, 404, 429, 429]
    assert LoginEvent.objects.filter(kind=LoginEventKind.FEED_FAILED).count() == 3
    assert _read(path).status_code == 200
    assert Client().get("/login/").status_code == 200


def test_the_log_keeps_the_deed_and_not_the_digest(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    path = subscription.renew(actor=who.bureau_staff)
    rows = AuditRow.objects.filter(table_name="almanac_subscription")
    (row,) = rows
    assert (row.verb, row.user_id) == ("almanac.subscription.renew", who.bureau_staff.user.pk)
    assert row.changes["digest"] == ["***", "***"]
    token = path.split("/")[-1].removesuffix(".ics")
    assert len(token) == 43  # 256 bits
    assert token not in str(Subscription.objects.values())
    _read(path)
    assert Subscription.objects.get().read_at is not None
    assert rows.count() == 1  # that it was read is no change


def test_who_has_no_calendar_has_no_address(city: SimpleNamespace, who: SimpleNamespace) -> None:
    auditor = factories.actor_of(factories.user(city, "auditor", Role.AUDITOR))
    for actor in (auditor, system(), Actor(user=None)):
        with nothing_happens(Forbidden):
            subscription.renew(actor=actor)


def test_two_renew_at_once(committed_db: None, who: SimpleNamespace) -> None:
    done = at_once(*(lambda: subscription.renew(actor=who.bureau_staff) for _ in range(2)))
    assert sorted(_read(str(path)).status_code for path in done) == [200, 404]
