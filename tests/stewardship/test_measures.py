"""Measures, the watchman's check, and reminders before a quarter ends."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from anlan.config.loaders import CITY
from anlan.kernel.access.actor import system
from anlan.kernel.deadlines.calendar import CHINA, end_of
from anlan.kernel.deadlines.firing import fire_due
from anlan.kernel.deadlines.models import Deadline, DeadlineStep
from anlan.kernel.orgs.models import Organisation
from anlan.plan.observing import observed
from anlan.records.loading import load as load_types
from anlan.registry.models import Site
from anlan.stewardship import checks, reminding
from anlan.stewardship.models import Stewardship
from anlan.stewardship.services.posts import post_link
from anlan.stewardship.services.stewarding import steward_end
from anlan.stewardship.visits import Visit, quarter
from tests import factories
from tests.factories import day, happening, this_year
from tests.stewardship.conftest import give


def value(
    key: str, organisation: Organisation, end: date | None = None, start: date | None = None
) -> int:
    span = start or day(-30), end or day(0)
    return int(factories.value(f"stewardship.{key}", organisation, *span))


def test_vacancies_are_of_one_s_own_level(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    give(leaders.city, mines.east)
    made = give(leaders.east, mines.second, day(-60))
    assert value("vacancies", city.government) == 2  # the city's leaders have one of three
    assert value("vacancies", city.east_government) == 1
    assert value("vacancies", city.west_government) == 1
    assert value("vacancies", city.east_town_government) == 0  # none is required of its level
    assert value("vacancies", city.bureau) == 3  # no mine has both
    steward_end(actor=who.clerk, stewardship=made.pk, valid_to=day(0), reason="调离")
    assert value("vacancies", city.east_government, day(0)) == 1  # his last day
    assert value("vacancies", city.east_government, day(1)) == 2
    assert value("vacancies", city.east_government, day(-61)) == 2
    Site.objects.filter(pk=mines.east.pk).update(business="closed")
    assert value("vacancies", city.east_government, day(0)) == 0


def test_visits_missing_are_of_quarters_that_are_over(
    city: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    year = this_year() - 1
    first, last = date(year, 1, 1), date(year, 12, 31)
    one = give(leaders.city, mines.east)
    Stewardship.objects.filter(pk=one.pk).update(valid_from=first)
    give(leaders.town, mines.east)  # of him no visits are required

    def made(*days: date) -> None:
        found = [Visit(1, "检查", mines.east.pk, leaders.city.pk, each, True) for each in days]
        monkeypatch.setattr("anlan.stewardship.indicators.visits", lambda start, end: found)

    made(date(year, 2, 1), date(year, 5, 31), date(year, 9, 30))
    assert value("visits_missing", city.government, last, first) == 1  # the last quarter
    assert value("visits_missing", city.government, date(year, 12, 30), first) == 0  # runs yet
    made(date(year, 2, 1), date(year, 5, 31), date(year, 9, 30), date(year, 12, 31))
    assert value("visits_missing", city.government, last, first) == 0
    made()
    assert value("visits_missing", city.government, last, first) == 1  # counted once
    assert value("visits_missing", city.east_town_government, last, first) == 0


def test_a_visit_before_the_span_counts_for_its_quarter(
    city: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    year = this_year() - 1
    one = give(leaders.city, mines.east)
    Stewardship.objects.filter(pk=one.pk).update(valid_from=date(year, 1, 1))
    january = Visit(1, "检查", mines.east.pk, leaders.city.pk, date(year, 1, 15), True)
    monkeypatch.setattr(
        "anlan.stewardship.indicators.visits",
        lambda start, end: [january] if start <= january.day <= end else [],
    )
    march = date(year, 3, 1), date(year, 3, 31)
    assert value("visits_missing", city.government, march[1], march[0]) == 0


def test_the_watchman_names_stewards_of_a_dissolved_body(
    city: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    give(leaders.east, mines.east)
    give(leaders.east, mines.second)
    assert list(checks.dissolved(timezone.now())) == []
    Organisation.objects.filter(pk=city.east_government.pk).update(valid_to=day(0))
    assert list(checks.dissolved(timezone.now())) == []  # its last day
    (fault,) = checks.dissolved(timezone.now() + timedelta(days=1))
    assert fault.key == str(city.east_government.pk)
    assert "2 座矿山" in fault.text


# --- reminders ------------------------------------------------------------------------------------


@pytest.fixture
def given(who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace) -> Any:
    """The county's leader stewards two mines, and has an account."""
    load_types(CITY / "record_types.yaml", actor=system())
    post_link(actor=who.clerk, post=leaders.east.pk, user=who.east_head.user)
    return give(leaders.east, mines.east), give(leaders.east, mines.second)


def morning(days_before: int) -> Any:
    """Nine o'clock so many days before the end of this quarter."""
    last = quarter(day(0))[1]
    nine = end_of(last - timedelta(days=days_before)) - timedelta(hours=15)
    return nine.astimezone(CHINA)


def start_again() -> None:
    """As if the clock had been started when the quarter began."""
    clock = Deadline.objects.get()
    clock.next_step = 0
    clock.next_at = clock.moment_of_next()
    clock.save()


def test_one_message_to_the_organisation(
    city: SimpleNamespace, who: SimpleNamespace, given: Any
) -> None:
    assert reminding.keep_clocks(day(0)) == 1
    assert reminding.keep_clocks(day(0)) == 1  # safe to repeat
    assert Deadline.objects.get().due_at == end_of(quarter(day(0))[1])
    start_again()
    with happening() as happened:
        assert fire_due(now=morning(15)) == 1
    told = [each for each in happened.told if each.kind == "stewardship.visit_due"]
    assert {each.user.username for each in told} == {"east_staff", "east_head"}
    assert all("东沟矿（东甲）" in each.text for each in told)
    assert "还有 2 处" in DeadlineStep.objects.get().text


def test_nobody_is_told_when_all_were_visited(
    given: Any, leaders: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Visit(1, "检查", each.site_id, leaders.east.pk, day(0), True) for each in given]
    monkeypatch.setattr(reminding, "visits", lambda start, end: found)
    reminding.keep_clocks(day(0))
    start_again()
    with happening() as happened:
        assert fire_due(now=morning(15)) == 1
    assert happened.told == []
    assert "没有提醒" in DeadlineStep.objects.get().text


def test_the_clock_goes_on_with_the_next_quarter_and_ends_with_the_stewards(
    who: SimpleNamespace, given: Any
) -> None:
    reminding.keep_clocks(day(0))
    following = quarter(day(0))[1] + timedelta(days=1)
    reminding.keep_clocks(following)
    assert Deadline.objects.get().due_at == end_of(quarter(following)[1])
    for each in given:
        steward_end(actor=who.clerk, stewardship=each.pk, valid_to=day(-1), reason="调离")
    assert reminding.keep_clocks(day(0)) == 0
    assert Deadline.objects.get().ended_at is not None
    give(given[0].post, given[0].site, day(0))
    reminding.keep_clocks(day(0))
    assert Deadline.objects.get().running


def test_vacancies_and_missing_lists_are_observed_by_area_and_unit(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    give(leaders.east, mines.east)
    keys = ["stewardship.vacancies", "stewardship.lists_missing"]
    for key in keys:
        factories.define(key)
    key_duty = factories.key_duty(factories.plan(city), observed=keys)
    factories.duty(key_duty, city.east_government)
    factories.duty(key_duty, city.west_government)
    by_area = observed(who.leader, key_duty, day(0), by_unit=False)
    assert by_area is not None
    found = {line.name: [str(cell) for cell in line.cells] for line in by_area.lines}
    assert found == {"合计": ["3", "6"], "东县": ["2", "3"], "西县": ["1", "1"]}
    by_unit = observed(who.leader, key_duty, day(0), by_unit=True)
    assert by_unit is not None
    units = {line.name: [str(cell) for cell in line.cells] for line in by_unit.lines}
    assert units == {"东县人民政府": ["1", "2"], "西县人民政府": ["1", "1"]}
