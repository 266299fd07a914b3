"""What will be missed at this pace: the question to the database says what the arithmetic says."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.kernel.access.actor import system
from anlan.plan.forecasting import by_county, forecast_of, missed
from anlan.plan.models import Clause, Duty, KeyDuty
from anlan.plan.selectors import duties
from tests import factories
from tests.factories import day, resolved
from tests.kernel.access.conftest import browser
from tests.records.conftest import types as types

MEASURE = "records.visit"


@pytest.fixture
def item(city: SimpleNamespace, types: SimpleNamespace) -> KeyDuty:
    return factories.key_duty(factories.plan(city), 4)


@pytest.fixture
def clause(item: KeyDuty) -> Clause:
    """At least ten, counted by an indicator."""
    return factories.clause(item, value=10, measure=MEASURE, unit="项")


def counted(clause: Clause, organisation: Any, progress: int | None = 2, **more: Any) -> Duty:
    """Half of its sixty days are over, unless told otherwise."""
    spans = {"period_start": day(-29), "due_on": day(30)}
    state = more.pop("state", "open")
    made = factories.duty(clause.key_duty, organisation, clause=clause, **spans | more)
    version = factories.define(clause.measure or MEASURE)
    Duty.objects.filter(pk=made.pk).update(progress=progress, counted_by=version, state=state)
    made.refresh_from_db()
    return made


def listed() -> list[Duty]:
    return list(missed(duties(system()), timezone.localdate()))


# case, clause, duty → expected (None: it is not listed)
CASES: list[tuple[str, dict[str, Any], dict[str, Any], int | None]] = [
    ("far behind", {}, {}, 4),
    ("rounded down, just short", {}, {"progress": 4, "due_on": lambda: day(42)}, 9),
    ("on pace", {}, {"progress": 5}, None),
    ("reached", {}, {"progress": 10}, None),
    ("nothing done", {}, {"progress": 0}, 0),
    ("never counted", {}, {"progress": None}, None),
    ("before a third", {}, {"period_start": lambda: day(-18), "due_on": lambda: day(39)}, None),
    ("a third is over", {}, {"period_start": lambda: day(-19), "due_on": lambda: day(40)}, 6),
    ("its last day", {}, {"due_on": lambda: day(0)}, 2),
    ("over", {}, {"due_on": lambda: day(-1)}, None),
    ("not begun", {}, {"period_start": lambda: day(1)}, None),
    ("a ceiling", {"op": "<="}, {}, None),
    ("all", {"op": "all"}, {"target": 0}, None),
    ("more than", {"op": ">"}, {"progress": 5}, 10),
    ("met", {}, {"state": "met"}, None),
    ("cancelled", {}, {"state": "cancelled"}, None),
]


@pytest.mark.parametrize(
    ("words", "more", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_what_is_listed(
    city: SimpleNamespace, item: KeyDuty, types: SimpleNamespace,
    words: dict[str, Any], more: dict[str, Any], expected: int | None,
) -> None:  # fmt: skip
    clause = factories.clause(item, measure=MEASURE, **words)
    duty = counted(clause, city.bureau, **resolved(more))
    found = listed()
    assert [each.expected for each in found] == ([] if expected is None else [expected])
    said = forecast_of(duty, timezone.localdate())
    assert bool(said and said.missed) == (expected is not None)


def test_what_units_report_is_not_forecast(city: SimpleNamespace, item: KeyDuty) -> None:
    reported = factories.clause(item, value=10)
    made = factories.duty(
        item, city.bureau, clause=reported, progress=Decimal(1), period_start=day(-29)
    )
    assert listed() == []
    assert forecast_of(made, timezone.localdate()) is None


def test_a_part_that_was_handed_down_is_told_by_the_whole(
    city: SimpleNamespace, clause: Clause
) -> None:
    whole = counted(clause, city.east_government)
    counted(clause, city.east_town_government, parent=whole)
    assert listed() == [whole]


@settings(
    max_examples=150, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    op=st.sampled_from([">=", ">", "", "<=", "==", "all"]),
    target=st.integers(0, 20),
    progress=st.none() | st.decimals(0, 25, places=1),
    begun=st.integers(-40, 5),
    days=st.integers(1, 90),
)
def test_the_database_reckons_as_the_arithmetic_does(
    city: SimpleNamespace, clause: Clause,
    op: str, target: int, progress: Decimal | None, begun: int, days: int,
) -> None:  # fmt: skip
    Duty.objects.all().delete()
    Clause.objects.filter(pk=clause.pk).update(op=op)
    clause.refresh_from_db()
    first = day(begun)
    duty = counted(
        clause, city.bureau, progress, target=Decimal(target), period_start=first,
        due_on=first + timedelta(days=days - 1),
    )  # fmt: skip
    said = forecast_of(duty, timezone.localdate())
    assert [each.expected for each in listed()] == ([said.expected] if said and said.missed else [])


# --- pages ---------------------------------------------------------------------------------------


def test_the_list_shows_the_working_to_who_sees_the_duty(
    city: SimpleNamespace, who: SimpleNamespace, clause: Clause
) -> None:
    counted(clause, city.bureau)
    counted(clause, city.east_government, 0)
    leader = browser(who.leader.person).get("/forecasts/").content.decode()
    assert "30 天完成 2，按此进度全期 60 天约 4 项，要求不少于 10 项" in leader
    assert leader.index("东县人民政府</td>") < leader.index(
        "试市能源局</td>"
    )  # the furthest behind
    own = browser(who.east_staff.person).get("/forecasts/").content.decode()
    assert "30 天完成 0" in own
    assert "30 天完成 2" not in own
    narrowed = browser(who.leader.person).get(f"/forecasts/?area={city.east.code}")
    assert "30 天完成 2" not in narrowed.content.decode()


def test_the_duty_says_it_in_a_sentence_and_opens_its_rows(
    city: SimpleNamespace, who: SimpleNamespace, clause: Clause
) -> None:
    duty = counted(clause, city.bureau)
    page = browser(who.bureau_staff.person).get(f"/duties/{duty.pk}/").content.decode()
    assert "按目前进度到期完不成" in page
    assert "30 天完成 2，按此进度全期 60 天约 4 项" in page
    assert "（第 1 版）" in page
    rows = f"/indicators/{MEASURE}/rows/{day(-29)}/{day(0)}/?of={city.bureau.code}"
    assert rows in page
    assert browser(who.bureau_staff.person).get(rows).status_code == 200


def test_the_cockpit_and_the_county_say_how_many(
    city: SimpleNamespace, who: SimpleNamespace, clause: Clause
) -> None:
    counted(clause, city.bureau)
    counted(clause, city.east_government)
    found = by_county(who.leader, clause.key_duty.plan, timezone.localdate())
    assert (found[city.city.path], found[city.east.path], found[city.west.path]) == (2, 1, 0)
    leader = browser(who.leader.person)
    assert (
        "<strong>2</strong> 项由台账计数的指标到期完不成"
        in leader.get("/cockpit/").content.decode()
    )
    county = leader.get(f"/cockpit/areas/{city.east.code}/").content.decode()
    assert "<strong>1</strong> 项由台账计数的指标到期完不成" in county


def test_one_question_whatever_the_number(city: SimpleNamespace, clause: Clause) -> None:
    for unit in (city.bureau, city.east_government, city.west_government):
        counted(clause, unit)
    with CaptureQueriesContext(connection) as asked:
        assert len(listed()) == 3
    assert len(asked) == 1
