"""Starting, moving, pausing, meeting, ending and reopening clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.deadlines import services
from anlan.kernel.deadlines.calendar import end_of
from anlan.kernel.deadlines.ladder import moment
from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.write import Write
from tests.kernel.deadlines.conftest import LADDER, NAME, Forward, begin


def in_days(number: int) -> datetime:
    return end_of(timezone.localdate() + timedelta(days=number))


def act(what: object, subject: object, **more: object) -> Deadline:
    with Write(system(), "test.act") as write:
        return what(write, subject, NAME, **more)  # type: ignore[operator]


def test_a_clock_waits_for_its_first_rung(city: SimpleNamespace) -> None:
    clock = begin(city.east, in_days(30))
    assert (clock.next_step, clock.next_at) == (0, moment(LADDER[0], clock.due_at))
    assert clock.running


@pytest.mark.parametrize(("days", "place"), [(30, 0), (3, 1), (-10, 3)])
def test_one_that_starts_late_does_not_catch_up(
    city: SimpleNamespace, days: int, place: int
) -> None:
    clock = begin(city.east, in_days(days))
    assert clock.next_step == place
    assert (clock.next_at is None) is (place == len(LADDER))


def test_of_each_name_a_subject_has_one(city: SimpleNamespace) -> None:
    begin(city.east, in_days(30))
    with pytest.raises(IntegrityError, match="deadline_once"), transaction.atomic():
        begin(city.east, in_days(40))


def test_many_at_once(city: SimpleNamespace) -> None:
    with Write(system(), "test.many") as write:
        services.start_many(
            write, [(city.east, in_days(30)), (city.west, in_days(3))], NAME, ladder=LADDER
        )
    assert list(Deadline.objects.order_by("pk").values_list("subject_id", "next_step")) == [
        (city.east.pk, 0),
        (city.west.pk, 1),
    ]
    assert AuditRow.objects.filter(table_name="deadlines_deadline", verb="test.many").count() == 2


def test_moving_reckons_the_steps_anew(city: SimpleNamespace) -> None:
    begin(city.east, in_days(3))
    clock = act(services.move, city.east, due_at=in_days(60))
    assert (clock.next_step, clock.next_at) == (0, moment(LADDER[0], in_days(60)))
    today = in_days(0)  # only the escalation, tomorrow morning, is still to come
    clock = act(services.move, city.east, due_at=today)
    assert (clock.next_step, clock.next_at) == (len(LADDER) - 1, moment(LADDER[-1], today))


def test_a_pause_stops_it_and_moves_its_end_by_whole_days(
    city: SimpleNamespace, forward: Forward
) -> None:
    due_at = begin(city.east, in_days(30)).due_at
    clock = act(services.pause, city.east, reason="等待鉴定")
    assert (clock.next_at, clock.pause_reason, clock.running) == (None, "等待鉴定", False)
    forward(timedelta(days=2, hours=5))
    clock = act(services.resume, city.east)
    assert clock.due_at == due_at + timedelta(days=3)
    assert clock.next_at == moment(LADDER[0], clock.due_at)
    assert (clock.paused_at, clock.pause_reason) == (None, "")


def test_a_clock_of_hours_moves_exactly(city: SimpleNamespace, forward: Forward) -> None:
    due_at = datetime(2031, 3, 3, 4, 5, tzinfo=UTC)
    begin(city.east, due_at, [])
    paused = act(services.pause, city.east, reason="停电").paused_at
    forward(timedelta(hours=5))
    clock = act(services.resume, city.east)
    assert paused is not None
    assert timedelta() <= clock.due_at - due_at - timedelta(hours=5) < timedelta(seconds=30)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_pause_needs_a_reason(city: SimpleNamespace, reason: str) -> None:
    begin(city.east, in_days(30))
    with pytest.raises(Refused, match="原因"):
        act(services.pause, city.east, reason=reason)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (services.meet, services.pause),
        (services.end, services.pause),
        (services.meet, services.resume),
        (None, services.resume),
        (None, services.reopen),
    ],
)
def test_out_of_turn_is_refused(city: SimpleNamespace, first: object, then: object) -> None:
    begin(city.east, in_days(30))
    if first:
        act(first, city.east)
    with pytest.raises(WrongState):
        act(then, city.east, **({"reason": "x"} if then is services.pause else {}))


@pytest.mark.parametrize("stop", [services.meet, services.end])
def test_stopping_and_reopening(city: SimpleNamespace, stop: object) -> None:
    before = begin(city.east, in_days(30))
    clock = act(stop, city.east)
    assert (clock.next_at, clock.running) == (None, False)
    stopped = (clock.met_at, clock.ended_at)
    again = act(stop, city.east)
    assert (again.met_at, again.ended_at) == stopped
    clock = act(services.reopen, city.east)
    assert (clock.next_at, clock.due_at) == (before.next_at, before.due_at)
    assert clock.running


def test_a_stopped_clock_that_is_moved_stays_stopped(city: SimpleNamespace) -> None:
    begin(city.east, in_days(30))
    act(services.meet, city.east)
    assert act(services.move, city.east, due_at=in_days(60)).next_at is None


def test_no_clock_no_move(city: SimpleNamespace) -> None:
    assert services.find(city.east, NAME) is None
    with pytest.raises(LookupError, match="no deadline"):
        act(services.meet, city.east)


def test_the_database_lets_no_stopped_clock_step(city: SimpleNamespace) -> None:
    clock = begin(city.east, in_days(30))
    with pytest.raises(IntegrityError, match="deadline_steps_while_it_runs"):
        Deadline.objects.filter(pk=clock.pk).update(met_at=timezone.now())
