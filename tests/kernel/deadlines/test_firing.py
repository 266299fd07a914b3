"""Taking steps: on time, once, each clock by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection

from anlan.kernel.access.actor import system
from anlan.kernel.deadlines import checks, handlers, services
from anlan.kernel.deadlines.calendar import end_of
from anlan.kernel.deadlines.firing import FAILED, fire_due
from anlan.kernel.deadlines.ladder import moment
from anlan.kernel.deadlines.models import Deadline, DeadlineStep
from anlan.kernel.deadlines.selectors import history
from anlan.kernel.watchman.models import Finding
from anlan.kernel.write import Write
from tests.kernel.access import town
from tests.kernel.deadlines.conftest import LADDER, NAME, Recorded, begin
from tests.kernel.deadlines.test_clocks import in_days

SECOND = timedelta(seconds=1)


def at(place: int, clock: Deadline) -> datetime:
    return moment(LADDER[place], clock.due_at)


def test_steps_are_taken_when_they_are_due_and_once(city: SimpleNamespace, steps: Recorded) -> None:
    clock = begin(city.east, in_days(30))
    assert fire_due(now=at(0, clock) - SECOND) == 0
    assert fire_due(now=at(0, clock)) == 1
    assert fire_due(now=at(0, clock)) == 0
    assert fire_due(now=at(1, clock)) == 1
    assert fire_due(now=at(2, clock)) == 1
    assert fire_due(now=at(2, clock) + timedelta(days=999)) == 0
    assert [step for _, step in steps] == ["remind", "remind", "escalate"]
    assert [(e.title, e.text) for e in history(city.east)] == [
        ("逾期提醒", "escalate done"),
        ("到期提醒", "remind done"),
        ("到期提醒", "remind done"),
    ]


def test_a_worker_that_was_away_takes_all_it_missed(city: SimpleNamespace, steps: Recorded) -> None:
    clock = begin(city.east, in_days(30))
    assert fire_due(now=at(2, clock)) == 3
    taken = DeadlineStep.objects.order_by("place")
    assert [each.planned_at for each in taken] == [at(n, clock) for n in range(3)]
    assert {each.fired_at for each in taken} == {at(2, clock)}


@pytest.mark.parametrize("stop", [services.meet, services.end])
def test_a_stopped_clock_takes_none(city: SimpleNamespace, steps: Recorded, stop: object) -> None:
    clock = begin(city.east, in_days(30))
    with Write(system(), "test.stop") as write:
        stop(write, city.east, NAME)  # type: ignore[operator]
    assert fire_due(now=at(2, clock)) == 0


def test_moved_away_and_back_it_does_not_repeat_itself(
    city: SimpleNamespace, steps: Recorded
) -> None:
    clock = begin(city.east, in_days(30))
    fire_due(now=at(0, clock))
    for days in (60, 30):
        with Write(system(), "test.move") as write:
            services.move(write, city.east, NAME, due_at=in_days(days))
    assert fire_due(now=at(0, clock)) == 1  # looked at, not repeated
    assert len(steps) == 1
    assert DeadlineStep.objects.count() == 1
    clock.refresh_from_db()
    assert clock.next_at == at(1, clock)


def test_a_broken_handler_stops_no_other_and_is_told(
    city: SimpleNamespace, steps: Recorded
) -> None:
    clock = begin(city.east, in_days(30))
    begin(city.west, in_days(30))
    steps.broken = {city.east.pk}
    assert fire_due(now=at(0, clock)) == 1
    assert steps == [(city.west.pk, "remind")]
    finding = Finding.objects.get(rule=FAILED)
    assert (finding.key, finding.closed_at) == (str(clock.pk), None)
    assert "handler broken" in finding.text
    fire_due(now=at(0, clock))
    assert Finding.objects.filter(rule=FAILED).count() == 1
    steps.broken = set()
    assert fire_due(now=at(0, clock)) == 1
    finding.refresh_from_db()
    assert finding.closed_at is not None
    assert steps == [(city.west.pk, "remind"), (city.east.pk, "remind")]


def test_what_a_broken_handler_wrote_is_undone(
    city: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(write: Write, clock: Deadline, step: str) -> str:
        write.change(city.east, name="改了一半")
        raise ZeroDivisionError

    monkeypatch.setitem(handlers._handlers, ("orgs.area", NAME), half)
    clock = begin(city.east, in_days(30))
    assert fire_due(now=at(0, clock)) == 0
    city.east.refresh_from_db()
    assert city.east.name == "东县"
    assert not DeadlineStep.objects.exists()


def test_a_clock_that_nobody_handles_is_told(city: SimpleNamespace) -> None:
    clock = begin(city.east, in_days(30))
    assert fire_due(now=at(0, clock)) == 0
    assert "nobody handles" in Finding.objects.get(rule=FAILED).text


def test_steps_cannot_be_rewritten(city: SimpleNamespace, steps: Recorded) -> None:
    clock = begin(city.east, in_days(30))
    fire_due(now=at(0, clock))
    with pytest.raises(DatabaseError, match="Cannot update or delete"):
        DeadlineStep.objects.update(text="从未提醒")


@pytest.mark.parametrize(("late", "faults"), [(timedelta(minutes=5), 0), (timedelta(minutes=6), 1)])
def test_the_watchman_asks_after_late_steps(
    city: SimpleNamespace, late: timedelta, faults: int
) -> None:
    clock = begin(city.east, in_days(30))
    begin(city.west, in_days(30))
    found = list(checks.late(at(0, clock) + late))
    assert len(found) == faults
    assert all("2 个期限" in fault.text for fault in found)


def test_two_workers_share_the_clocks(committed_db: None, steps: Recorded) -> None:
    city = town.build()
    areas = [city.east, city.west, city.east_town, city.west_town]
    with Write(system(), "test.many") as write:
        services.start_many(
            write, [(area, end_of(in_days(30).date())) for area in areas], NAME, ladder=LADDER[:1]
        )
    now, together = in_days(31), Barrier(3)

    def work() -> None:
        together.wait()
        fire_due(now=now)
        connection.close()

    workers = [Thread(target=work) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(steps) == sorted((area.pk, "remind") for area in areas)
    assert DeadlineStep.objects.count() == len(areas)
