"""From transitions to alarms: one for an event, whoever tells it and how often."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.kernel.errors import Refused
from anlan.kernel.events.models import Event
from anlan.monitoring.choices import AlarmState, Level
from anlan.monitoring.engine import Key, Step, Transition
from anlan.monitoring.models import (
    Alarm,
    EngineState,
    IncidentDraft,
    Point,
    RuleVersion,
    Span,
    Window,
)
from anlan.monitoring.services import alarms, engines

pytestmark = pytest.mark.django_db
Told = Callable[..., Transition]
Record = Callable[..., int]


def test_an_alarm_is_raised_rises_and_is_over(record: Record, told: Told, point: Point) -> None:
    record(told("raised", 2))
    alarm = Alarm.objects.get()
    assert (alarm.level, alarm.highest, alarm.state) == (Level.ORANGE, Level.ORANGE, "raised")
    assert (alarm.value, alarm.peak, alarm.point, alarm.site) == (1.2, 1.2, point, point.site)
    record(told("raised", 3, begin=30, peak=1.7))
    alarm.refresh_from_db()
    assert (alarm.level, alarm.highest, alarm.peak) == (Level.RED, Level.RED, 1.7)
    record(told("cleared", 3, begin=30, after=60, peak=1.9))
    alarm.refresh_from_db()
    assert (alarm.level, alarm.highest, alarm.cleared_ms) == (Level.ORANGE, Level.RED, None)
    record(told("cleared", 2, after=120, peak=1.9))
    alarm.refresh_from_db()
    assert (alarm.level, alarm.peak, alarm.state) == (None, 1.9, "raised")
    assert alarm.cleared_ms == alarm.begin_ms + 120_000
    assert Alarm.objects.count() == 1


def test_a_second_event_is_a_second_alarm(record: Record, told: Told) -> None:
    record(told("raised"), told("cleared", after=10), told("raised", begin=60))
    assert [each.cleared_ms is None for each in Alarm.objects.order_by("pk")] == [False, True]


def test_what_began_long_ago_says_so(record: Record, told: Told) -> None:
    record(told("raised", begin=-7200))
    assert Alarm.objects.get().late


def test_it_is_told_to_the_pages(alarm: Alarm) -> None:
    event = Event.objects.get(kind="alarm.changed")
    assert (event.subject_id, event.area, event.organisation) == (
        alarm.pk, alarm.site.area, alarm.site.regulator,
    )  # fmt: skip


def test_another_worker_took_over(record: Record, told: Told) -> None:
    engines.take(partition=0, holder=uuid4())
    with pytest.raises(Refused, match="已由另一个监测进程接管"):
        record(told("raised"))
    assert not Alarm.objects.exists()
    assert EngineState.objects.get().last == 0


def test_the_engine_goes_back_when_the_stream_was_made_anew(holder: UUID) -> None:
    """After the broker's folder was lost, messages are counted from 1 again: refused, the part
    would be judged by nobody."""

    def tell(last: int, state: bytes) -> None:
        alarms.record(
            partition=0, holder=holder, last=last, transitions=[], state=state, revision=1
        )

    tell(5, b"x")
    tell(5, b"y")
    tell(1, b"z")
    row = EngineState.objects.get()
    assert (row.last, bytes(row.state)) == (1, b"z")


def test_a_watch_that_is_no_more_ends_its_alarm(
    record: Record, told: Told, version: RuleVersion, point: Point
) -> None:
    record(told("raised", 2), told("raised", 0))
    assert alarms.drop([Key(version.rule_id, version.number, 2, point.pk)]) == 1
    assert Alarm.objects.get().level == Level.BLUE
    alarms.drop([Key(version.rule_id, version.number, 0, point.pk)])
    assert Alarm.objects.get().cleared_ms is not None


def test_what_lost_its_readings_ends_and_the_next_is_an_alarm_of_its_own(
    record: Record, told: Told, holder: UUID, point: Point
) -> None:
    record(told("raised", 2), told("raised", 0))
    lost, stays = sorted(alarms.going({point.pk}), key=lambda each: -each[0].level)
    assert alarms.settle(partition=0, holder=holder, events={lost}) == 1
    assert alarms.going({point.pk}) == {stays}
    assert alarms.settle(partition=0, holder=holder, events={lost}) == 0  # told twice
    alarms.settle(partition=0, holder=holder, events={stays})
    record(told("raised", 2, begin=60))
    assert [each.cleared_ms is None for each in Alarm.objects.order_by("pk")] == [False, True]
    with pytest.raises(Refused, match="已由另一个监测进程接管"):
        alarms.settle(partition=0, holder=uuid4(), events={lost})


def test_maintenance_keeps_it_quiet_and_says_so(
    record: Record, told: Told, point: Point, city: SimpleNamespace, who: Any
) -> None:
    now = timezone.now()
    by = who.clerk.user
    Window.objects.create(
        point=point, begin=now - timedelta(hours=1), end=now + timedelta(hours=1),
        reason="校准", by=by,
    )  # fmt: skip
    record(told("raised"))
    alarm = Alarm.objects.get()
    assert "校准" in alarm.hushed
    assert alarm.state == AlarmState.RAISED


def test_an_alarm_taken_up_that_gets_worse_is_called_anew(
    record: Record, told: Told, alarm: Alarm, city: SimpleNamespace, who: Any
) -> None:
    from anlan.monitoring.services.answering import alarm_answer

    alarm_answer(actor=who.clerk, alarm=alarm.pk)
    record(told("raised", 3, begin=30))
    alarm.refresh_from_db()
    assert (alarm.state, alarm.answered_by) == ("raised", None)


def _snapshot() -> list[tuple[Any, ...]]:
    return [
        *Alarm.objects.order_by("pk").values_list(
            "pk", "level", "highest", "peak", "cleared_ms", "state", "begin_ms"
        ),
        *Span.objects.order_by("pk").values_list("pk", "level", "peak", "cleared_ms"),
    ]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_same_transitions_again_change_nothing(
    data: st.DataObject, record: Record, version: RuleVersion, point: Point, now: int
) -> None:
    """Runs of levels as an engine tells them, cut anywhere, some told again from before."""
    IncidentDraft.objects.all().delete()
    Alarm.objects.all().delete()
    steps = []
    for level in (0, 2, 3):
        time_now = now - 600_000
        for _ in range(data.draw(st.integers(0, 3))):
            key = Key(version.rule_id, version.number, level, point.pk)
            begin = time_now + data.draw(st.integers(1, 50))
            end = begin + data.draw(st.integers(1, 50))
            steps += [
                Transition(Step.RAISED, key, begin, begin, 1.0, 1.0),
                Transition(Step.RISEN, key, begin, end - 1, 1.5, 1.5),
                Transition(Step.CLEARED, key, begin, end, 0.1, 1.5),
            ]
            time_now = end
    steps.sort(key=lambda each: each.time)
    cut = data.draw(st.integers(0, len(steps)))
    back = data.draw(st.integers(0, cut))
    record(*steps[:cut])
    record(*steps[back:])
    once = _snapshot()
    assert all(cleared is not None for *_, cleared, _, _ in once[: Alarm.objects.count()])
    record(*steps)
    assert _snapshot() == once


def test_ten_thousand_at_once(holder: UUID, version: RuleVersion, point: Point, now: int) -> None:
    """A storm of alarms takes seconds; the bound is wide, the machine is shared."""
    points = Point.objects.bulk_create(
        Point(site=point.site, name=f"测点 {n}", quantity="methane", place="face_corner")
        for n in range(10_000)
    )
    steps = [
        Transition(
            Step.RAISED, Key(version.rule_id, version.number, 2, each.pk), now, now, 1.1, 1.1
        )
        for each in points
    ]
    began = time.perf_counter()
    count = alarms.record(
        partition=0, holder=holder, last=1, transitions=steps, state=b"", revision=1
    )
    took = time.perf_counter() - began
    print(f"10,000 transitions in {took:.1f} s")
    assert count == Alarm.objects.count() == 10_000
    assert took < 60
