"""Who must explain, the comparison, the periods: case by case, without a database."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.calls.choices import CallKind, Change
from anlan.calls.comparison import Line, Stood, change, lines, total
from anlan.calls.explaining import Case, Limits, grounds
from anlan.calls.periods import period
from anlan.calls.reminding import hours_before
from anlan.kernel.deadlines.calendar import CHINA
from anlan.plan.choices import Standing

LIMITS = Limits(last_ranks=3, repeated=1, overdue_percent=15)

# --- who must explain --------------------------------------------------------------------------

# case → the first words of each ground
EXPLAINS = {
    "all well": (Case(20, 0, again=0, rank=1, ranked=14), []),
    "among the last three": (Case(20, 1, again=0, rank=12, ranked=14), ["排第 12 名"]),
    "just before them": (Case(20, 1, again=0, rank=11, ranked=14), []),
    "last, and nothing overdue": (Case(20, 0, again=0, rank=14, ranked=14), []),
    "three share the twelfth": (Case(20, 1, rank=12, ranked=14), ["排第 12 名"]),
    "two share the eleventh: beyond the last three": (Case(20, 1, rank=11, ranked=14), []),
    "all share the first": (Case(20, 1, rank=1, ranked=14), []),
    "the second of two": (Case(20, 1, rank=2, ranked=2), ["排第 2 名"]),
    "the first of two is never the last": (Case(20, 1, rank=1, ranked=2), []),
    "alone": (Case(20, 1, rank=1, ranked=1), []),
    "a unit has no rank": (Case(20, 3), []),
    "overdue twice in a row": (Case(20, 1, again=1), ["1 项任务连续两次"]),
    "no last call": (Case(20, 1, again=None), []),
    "share at the limit": (Case(20, 3), []),
    "share over the limit": (Case(20, 4), ["逾期 4 项，占 20 项任务的 20.0%"]),
    "a hair over the limit": (Case(1000, 151), ["逾期 151 项，占 1000 项任务的 15.1%"]),
    "no duties": (Case(0, 0), []),
    "everything at once": (
        Case(10, 5, again=2, rank=14, ranked=14),
        ["排第 14 名（共 14 个），在后 3 名，有逾期任务 5 项", "2 项任务连续两次", "逾期 5 项"],
    ),
}


@pytest.mark.parametrize("name", EXPLAINS)
def test_who_must_explain_and_why(name: str) -> None:
    case, expected = EXPLAINS[name]
    found = grounds(case, LIMITS)
    assert len(found) == len(expected), found
    assert all(said.startswith(words) for said, words in zip(found, expected, strict=True)), found


def test_a_rule_can_be_switched_off() -> None:
    case = Case(100, 10, again=10, rank=14, ranked=14)
    assert len(grounds(case, LIMITS)) == 2
    assert grounds(case, Limits(last_ranks=0, repeated=0)) == []
    assert len(Limits(last_ranks=0, repeated=0).words) == 1
    assert len(LIMITS.words) == 3


def test_limits_are_kept_as_they_judged() -> None:
    assert Limits.kept({"last_ranks": 5, "repeated": 2, "overdue_percent": 40}) == Limits(5, 2, 40)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 14), st.integers(0, 9))
def test_doing_worse_never_frees_anybody(total_: int, overdue: int, rank: int, again: int) -> None:
    overdue = min(overdue, total_)
    better = grounds(Case(total_, overdue, again, rank, 14), LIMITS)
    worse = Case(total_ + 1, overdue + 1, again + 1, min(14, rank + 1), 14)
    assert len(grounds(worse, LIMITS)) >= len(better)


# --- the comparison ----------------------------------------------------------------------------

NAMES = {1: "东县", 2: "西县", 3: "南县"}


def stood(rank: int | None = None, **counts: int) -> Stood:
    return Stood(counts, rank)


def test_lines_stand_in_the_order_of_now_and_say_what_moved() -> None:
    now = {1: stood(2, met=4, overdue=3), 2: stood(1, met=6)}
    then = {1: stood(1, met=5, overdue=1), 2: stood(2, met=3, overdue=2)}
    west, east = lines(now, then, NAMES)
    assert (west.name, east.name) == ("西县", "东县")
    assert (west.change("met"), west.change("overdue"), west.climbed) == (3, -2, 1)
    assert (east.change("met"), east.change("overdue"), east.climbed) == (-1, 2, -1)


def test_without_a_last_call_nothing_is_compared() -> None:
    (line,) = lines({1: stood(1, met=4)}, None, NAMES)
    assert line.then is None
    assert line.change("met") is None
    assert line.climbed is None
    assert total([line], compared=False).then is None


def test_an_area_that_appeared_and_one_that_vanished_have_no_zeros() -> None:
    now = {1: stood(1, met=1), 3: stood(2, met=2)}
    then = {1: stood(1, met=1), 2: stood(2, overdue=5)}
    found = {line.name: line for line in lines(now, then, NAMES)}
    assert list(found) == ["东县", "南县", "西县"]  # what vanished comes last
    assert found["南县"].then is None
    assert found["南县"].change("met") is None
    assert found["西县"].now is None
    assert found["西县"].change("overdue") is None
    whole = total(found.values(), compared=True)
    assert whole.now == stood(met=3)
    assert whole.change("overdue") == -5


def test_equal_ranks_are_equal_places_and_no_rank_is_none() -> None:
    now = {1: stood(1, met=1), 2: stood(1, met=1), 3: stood(None, met=9)}
    then = {1: stood(1, met=1), 2: stood(1, met=1), 3: stood(None, met=9)}
    found = lines(now, then, NAMES)
    assert [line.climbed for line in found] == [0, 0, None]
    assert found[-1].name == "南县"  # the city's own units: not ranked, after those that are


def test_a_line_without_both_sides_says_nothing() -> None:
    assert Line(1, "东县", None, None).change("met") is None


OVERDUE, MET, RISK = Standing.OVERDUE, Standing.MET, Standing.AT_RISK


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (None, OVERDUE, Change.NEW),
        (RISK, OVERDUE, Change.NEW),
        (MET, OVERDUE, Change.NEW),  # opened again
        (OVERDUE, OVERDUE, Change.AGAIN),
        (OVERDUE, MET, Change.SETTLED),
        (OVERDUE, RISK, Change.LIFTED),  # its date was put off
        (OVERDUE, Standing.NOT_MEASURED, Change.LIFTED),
        (RISK, MET, ""),
        (None, MET, ""),
        (None, RISK, ""),
    ],
)
def test_what_became_of_a_duty(was: str | None, now: str, expected: str) -> None:
    assert change(was, now) == expected


# --- periods -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "day", "first", "last", "title"),
    [
        ("weekly", date(2026, 11, 26), date(2026, 11, 23), date(2026, 11, 29), "2026年第48周调度"),
        ("weekly", date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 29), "2026年第48周调度"),
        ("weekly", date(2026, 11, 29), date(2026, 11, 23), date(2026, 11, 29), "2026年第48周调度"),
        # The first days of a year belong to a week that began in the year before.
        ("weekly", date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 4), "2026年第1周调度"),
        ("weekly", date(2025, 12, 31), date(2025, 12, 29), date(2026, 1, 4), "2026年第1周调度"),
        ("weekly", date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 3), "2026年第53周调度"),
        ("monthly", date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 31), "2026年1月调度"),
        ("monthly", date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29), "2024年2月调度"),
        ("monthly", date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31), "2026年12月调度"),
    ],
)
def test_the_period_in_which_a_day_lies(
    kind: str, day: date, first: date, last: date, title: str
) -> None:
    found = period(kind, day)
    assert (found.first, found.last, found.title) == (first, last, title)


def test_a_period_before() -> None:
    assert period(CallKind.WEEKLY, date(2026, 1, 1)).before(date(2026, 1, 1)) == date(2025, 12, 25)
    assert period(CallKind.MONTHLY, date(2026, 3, 31)).before(date(2026, 3, 31)) == date(
        2026, 2, 28
    )


# --- reminders ---------------------------------------------------------------------------------


def at(month: int, day: int, hour: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("meets_at", "wanted", "expected"),
    [
        (at(3, 10, 9), 24, at(3, 9, 9)),  # a Tuesday
        (at(3, 10, 9), 4, at(3, 9, 16)),  # not at five in the morning
        (at(3, 11, 15), 4, at(3, 11, 11)),
        (at(3, 11, 16), 4, at(3, 11, 11)),  # not at noon
        (at(3, 9, 9), 24, at(3, 6, 16)),  # a Monday: not on Sunday
        (at(3, 9, 9), 4, at(3, 6, 16)),
        (at(10, 8, 9), 24, at(9, 30, 16)),  # after the National Day's holiday
        (at(3, 1, 9, 2100), 24, at(2, 26, 16, 2100)),  # holidays unknown: Monday to Friday
    ],
)
def test_people_are_reminded_while_they_work(
    meets_at: datetime, wanted: int, expected: datetime
) -> None:
    hours = hours_before(wanted, meets_at, meets_at - timedelta(days=20))
    assert meets_at - timedelta(hours=hours) == expected


def test_where_no_hours_of_work_are_left_a_late_reminder_is_better_than_none() -> None:
    monday, friday_evening = at(3, 9, 9), at(3, 6, 18)
    assert [hours_before(each, monday, friday_evening) for each in (24, 4)] == [24, 4]
