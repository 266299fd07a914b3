"""What the figures are counted from, and what each viewer gets of them."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from anlan.cockpit import figures, snapshots
from anlan.cockpit.models import Daily
from anlan.kernel.watchman import beats
from anlan.plan.daily import RESTAND
from anlan.plan.models import Duty, Plan


@pytest.fixture
def today() -> object:
    return timezone.localdate()


def test_the_whole_is_the_sum_of_its_places_and_the_city(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    shown = figures.overview(who.leader, work.plan)
    sides = [each.side for each in shown.places] + ([shown.city] if shown.city else [])
    assert shown.whole.total == sum(side.total for side in sides)
    # What was handed down to the town is part of the county's duty and not counted again.
    assert shown.whole.total == Duty.objects.filter(parent=None).count() == 4
    assert {each.side.code for each in shown.places} == {city.east.code, city.west.code}
    assert shown.city is not None
    assert shown.city.total == 2


def test_a_county_s_own_leader_sees_his_county_alone(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    shown = figures.overview(who.east_staff, work.plan)
    assert [each.side.code for each in shown.places] == [city.east.code]
    assert shown.whole.total == 1


def test_a_snapshot_is_what_the_plan_counts_and_is_taken_once(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, today: object
) -> None:
    taken = snapshots.take(today)  # type: ignore[arg-type]
    assert taken == Daily.objects.count() > 0
    assert sum(Daily.objects.values_list("count", flat=True)) == 4
    Duty.objects.filter(pk=work.bureau.pk).update(standing="overdue")
    assert snapshots.take(today) == 0  # type: ignore[arg-type]
    assert not Daily.objects.filter(standing="overdue").exists()


def test_a_day_begins_once_and_only_after_its_standings(
    city: SimpleNamespace, work: SimpleNamespace
) -> None:
    assert not snapshots.begin_day()  # today's standings are not computed yet
    beats.beat(RESTAND)
    assert snapshots.begin_day()
    assert not snapshots.begin_day()


def test_a_week_s_change_is_reckoned_from_the_first_day_on_record(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    now = timezone.localdate()
    assert figures.week_ago(who.leader, work.plan, now) == {}
    snapshots.take(now - timedelta(days=9))  # too long ago
    snapshots.take(now - timedelta(days=3))
    Duty.objects.filter(pk=work.east.pk).update(standing="overdue")
    before = figures.week_ago(who.leader, work.plan, now)
    shown = figures.overview(who.leader, work.plan)
    week = figures.since_week(shown, before)
    assert week is not None
    assert (week.day, week.overdue, week.met) == (now - timedelta(days=3), 1, 0)
    (moved,) = figures.moved(shown, before)
    assert (moved.side.code, moved.since.overdue) == (city.east.code, 1)


def test_history_is_of_what_one_oversees(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    now = timezone.localdate()
    snapshots.take(now)
    whole = figures.history(who.leader, work.plan, since=now)
    east = figures.history(who.leader, work.plan, since=now, area=city.east)
    assert sum(whole[now].values()) == 4
    assert sum(east[now].values()) == 1
    assert figures.history(who.east_staff, work.plan, since=now) == {}  # by unit, not by area


@pytest.mark.parametrize(
    ("today", "recorded", "found"),
    [
        (date(2026, 3, 1), date(2025, 3, 1), True),
        (date(2026, 3, 1), date(2025, 3, 2), False),  # another day is not the same date
        (date(2028, 2, 29), date(2027, 2, 28), True),
        (date(2027, 2, 28), date(2026, 2, 28), True),
    ],
)
def test_last_year_is_the_same_date_of_the_plan_before(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace,
    today: date, recorded: date, found: bool,
) -> None:  # fmt: skip
    plan = Plan.objects.create(
        year=work.plan.year + 1, area=work.plan.area, title="下一年", issuer="试市人民政府",
        published_at=timezone.now(),
    )  # fmt: skip
    Daily.objects.create(
        plan=work.plan,
        key_duty=work.key_duty,
        area=city.east,
        day=recorded,
        standing="met",
        count=3,
    )
    shown = figures.year_ago(who.leader, plan, today)
    assert (shown is not None) == found
    if shown:
        assert (shown[0], shown[1].counts) == (recorded, {"met": 3})
    assert figures.year_ago(who.leader, work.plan, today) is None  # nothing before that
    assert figures.year_ago(who.east_staff, plan, today) is None  # what was kept is by area
