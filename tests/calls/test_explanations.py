"""Who explains: asked, struck, asked again; the answer, in time or late; the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.utils import timezone
from docx import Document

from anlan.calls import reminding
from anlan.calls.choices import ExplanationState
from anlan.calls.exports.papers import minutes
from anlan.calls.models import Call, Explanation
from anlan.calls.paper import Paper, paper
from anlan.calls.services import explanations
from anlan.calls.services.minutes import minutes_submit
from anlan.calls.services.taking import call_cancel
from anlan.kernel.access.actor import Actor
from anlan.kernel.deadlines.calendar import CHINA
from anlan.kernel.deadlines.firing import fire_due
from anlan.kernel.deadlines.services import find
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from tests.calls.conftest import finish
from tests.factories import day, happening, nothing_happens, resolved
from tests.kernel.access.conftest import browser
from tests.kernel.access.conftest import clock as clock

Move = Callable[[timedelta], None]


def answer(actor: Actor, asked: Explanation, **more: object) -> Explanation:
    given = {"cause": "设备未到", "measure": "倒排工期", "until": day(9)} | more
    return explanations.explanation_answer(
        actor=actor,
        explanation=asked.pk,
        **given,  # type: ignore[arg-type]
    )


def words(made: Callable[[Paper], bytes], who: SimpleNamespace, call: Call) -> str:
    """The paper's text, as the office takes it."""
    file = Document(BytesIO(made(paper(who.clerk, call))))
    return "\n".join(each.text for each in file.paragraphs)


def test_the_unit_explains_and_the_office_is_told(who: SimpleNamespace, asked: Explanation) -> None:
    with happening() as happened:
        said = answer(who.east_staff, asked)
    assert (said.state, said.late, said.until) == (ExplanationState.ANSWERED, False, day(9))
    assert said.answered_by == who.east_staff.user
    assert happened.told_to("call.answered") == {"clerk", "clerk2", "chief"}
    kept = find(asked, "answer")
    assert kept is not None
    assert kept.met_at is not None
    assert answer(who.east_head, asked, cause="再补充").cause == "再补充"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"cause": " "}, "text_needed"),
        ({"measure": ""}, "measure_needed"),
        ({"until": lambda: day(-1)}, "date_past"),
        ({"until": lambda: day(40_000)}, "date_impossible"),
    ],
)
def test_an_answer_lacks_nothing(
    who: SimpleNamespace, asked: Explanation, more: dict[str, object], code: str
) -> None:
    with nothing_happens(Refused, code=code):
        answer(who.east_staff, asked, **resolved(more))


def test_only_the_unit_s_own_people(who: SimpleNamespace, asked: Explanation) -> None:
    for actor in (who.clerk, who.leader):
        with nothing_happens(Forbidden):
            answer(actor, asked)
    for actor in (who.west_staff, who.town_staff, who.bureau_head):
        with nothing_happens(Unknown):
            answer(actor, asked)


def test_reminders_come_before_and_the_office_hears_who_is_silent(
    who: SimpleNamespace, asked: Explanation, clock: Move
) -> None:
    clock(timedelta(minutes=59))
    fire_due()
    assert not asked.call.explanations.filter(late=True).exists()
    clock(timedelta(minutes=2))
    with happening() as happened:
        assert fire_due() == 1
    assert happened.told_to("call.escalate") == {"clerk", "clerk2", "chief"}


def test_what_comes_after_the_moment_is_late_and_stays_so(
    who: SimpleNamespace, asked: Explanation, clock: Move
) -> None:
    clock(timedelta(hours=2))
    assert answer(who.east_staff, asked).late
    assert answer(who.east_staff, asked, cause="改了字").late


def test_what_was_said_in_time_is_not_late_for_being_mended(
    who: SimpleNamespace, asked: Explanation, clock: Move
) -> None:
    answer(who.east_staff, asked)
    clock(timedelta(hours=2))
    assert not answer(who.east_staff, asked, cause="改了字").late


def strike_and_ask(who: SimpleNamespace, asked: Explanation, between: Callable[[], None]) -> None:
    explanations.explanation_strike(actor=who.clerk, explanation=asked.pk, reason="不必了")
    between()
    explanations.explanation_ask(actor=who.clerk, explanation=asked.pk, reason="情况有变")


def test_who_was_asked_after_the_meeting_is_told_so_and_is_never_late(
    city: SimpleNamespace, who: SimpleNamespace, held: Call, clock: Move
) -> None:
    clock(timedelta(hours=2))
    with happening() as happened:
        made = explanations.explanation_add(
            actor=who.clerk, call=held.pk, organisation=city.bureau.pk, reason="会上提出"
        )
    (told, _) = [each for each in happened.told if each.kind == "call.asked"]
    assert "已过，请尽快填写说明，不算迟报" in told.text
    assert "会前" not in told.title
    assert find(made, "answer") is None
    page = browser(who.bureau_staff.user).get(f"/calls/explanations/{made.pk}/").content.decode()
    assert "没有会前期限" in page
    assert "标明“迟报”" not in page
    assert f"{city.bureau.name}：会后要求说明，尚未说明。" in words(minutes, who, held)
    assert not answer(who.bureau_staff, made).late
    assert f"{city.bureau.name}说明（会后应要求补充）：原因是设备未到" in words(minutes, who, held)


def test_who_was_asked_before_it_and_kept_silent_was_silent(
    city: SimpleNamespace, who: SimpleNamespace, asked: Explanation, clock: Move
) -> None:
    clock(timedelta(hours=2))
    assert f"{city.east_government.name}没有在会前说明情况。" in words(minutes, who, asked.call)


def test_asked_again_before_the_meeting_it_owes_another_answer_in_time(
    who: SimpleNamespace, asked: Explanation, clock: Move
) -> None:
    answer(who.east_staff, asked)
    strike_and_ask(who, asked, lambda: None)
    clock(timedelta(hours=2))
    assert answer(who.east_staff, asked).late


def test_asked_again_after_it_nobody_is_late(
    who: SimpleNamespace, asked: Explanation, clock: Move
) -> None:
    clock(timedelta(hours=2))
    assert answer(who.east_staff, asked).late
    strike_and_ask(who, asked, lambda: clock(timedelta(hours=1)))
    asked.refresh_from_db()
    assert not asked.late
    assert not answer(who.east_staff, asked).late


def test_before_a_meeting_on_monday_morning_one_reminder_comes_on_friday(
    who: SimpleNamespace,
    late: SimpleNamespace,
    take: Callable[..., Call],
    clock: Move,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reminding, "is_working_day", lambda day: day.weekday() < 5)
    start = timezone.now()
    ahead = timezone.localdate() + timedelta(days=4)
    monday = ahead + timedelta(days=-ahead.weekday() % 7)
    take(meets_at=datetime.combine(monday, time(9), CHINA))
    friday = datetime.combine(monday - timedelta(days=3), time(16), CHINA)
    clock(friday - start - timedelta(minutes=5))
    assert fire_due() == 0
    clock(timedelta(minutes=6))
    with happening() as happened:
        assert fire_due() == 1
    assert happened.told_to("call.remind") == {"east_staff", "east_head"}
    clock(timedelta(days=2))
    assert fire_due() == 0


def test_the_office_adds_one_with_a_reason(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    def add(organisation: int, reason: str = "在会上说明进度") -> Explanation:
        return explanations.explanation_add(
            actor=who.clerk, call=held.pk, organisation=organisation, reason=reason
        )

    with happening() as happened:
        made = add(city.bureau.pk)
    assert (made.by_rule, made.grounds) == (False, "安委办要求说明：在会上说明进度")
    assert happened.told_to("call.asked") == {"bureau_staff", "bureau_head"}
    with nothing_happens(WrongState):
        add(city.bureau.pk)
    with nothing_happens(Refused, code="reason_needed"):
        add(city.west_government.pk, " ")
    with nothing_happens(Refused, code="no_duties"):
        add(city.east_town_government.pk)  # its duty is part of the county's


def test_struck_with_a_reason_and_asked_again(who: SimpleNamespace, asked: Explanation) -> None:
    with nothing_happens(Refused, code="reason_needed"):
        explanations.explanation_strike(actor=who.clerk, explanation=asked.pk, reason="")
    with happening() as happened:
        explanations.explanation_strike(actor=who.clerk, explanation=asked.pk, reason="已当面说明")
    assert happened.told_to("call.struck") == {"east_staff", "east_head"}
    with nothing_happens(WrongState):
        answer(who.east_staff, asked)
    with nothing_happens(WrongState):
        explanations.explanation_strike(actor=who.clerk2, explanation=asked.pk, reason="再来一次")
    kept = find(asked, "answer")
    assert kept is not None
    assert kept.ended_at is not None
    explanations.explanation_ask(actor=who.clerk, explanation=asked.pk, reason="情况有变")
    kept = find(asked, "answer")
    assert kept is not None
    assert kept.running
    assert answer(who.east_staff, asked).state == ExplanationState.ANSWERED


def test_the_list_stands_once_the_minutes_are_handed_in(
    city: SimpleNamespace, who: SimpleNamespace, asked: Explanation
) -> None:
    minutes_submit(actor=who.clerk, call=asked.call_id)
    with nothing_happens(WrongState):
        explanations.explanation_strike(actor=who.clerk, explanation=asked.pk, reason="晚了")
    with nothing_happens(WrongState):
        explanations.explanation_add(
            actor=who.clerk, call=asked.call_id, organisation=city.bureau.pk, reason="晚了"
        )
    assert answer(who.east_staff, asked).state == ExplanationState.ANSWERED  # it may still explain


def test_when_the_call_is_over_nobody_explains(who: SimpleNamespace, asked: Explanation) -> None:
    finish(who, asked.call)
    with nothing_happens(WrongState):
        answer(who.east_staff, asked)
    kept = find(asked, "answer")
    assert kept is not None
    assert kept.ended_at is not None


def test_when_it_is_cancelled_neither(who: SimpleNamespace, asked: Explanation) -> None:
    call_cancel(actor=who.clerk, call=asked.call_id, reason="改期")
    with nothing_happens(WrongState):
        answer(who.east_staff, asked)
