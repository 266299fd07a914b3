"""Quotas at their edges: what is owed, what was reached, what will be missed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.deadlines.calendar import NoCalendar, is_working_day
from anlan.plan.quotas import Quota, Span, forecast, judge, owed

YEAR = Span(date(2025, 1, 1), date(2025, 12, 31))
FIRST_HALF = Span(date(2025, 1, 1), date(2025, 6, 30))
SECOND_HALF = Span(date(2025, 7, 1), date(2025, 12, 31))
MEETING = Quota(Decimal(1), ">=", "次", repeats=True)  # item 4: 每半年召开一次专题会议
PROBLEMS = Quota(Decimal(10), ">=", "项")  # item 4: 至少研究解决 10 项
ZERO = Quota(Decimal(0), "==", "项")  # item 12: 重大隐患动态清零
SHARE = Quota(Decimal(100), ">=", "%")  # item 18: 覆盖率达到 100%


@pytest.mark.parametrize(
    ("quota", "count", "reached"),
    [
        (PROBLEMS, 9, False), (PROBLEMS, 10, True), (PROBLEMS, 11, True), (PROBLEMS, None, False),
        (Quota(Decimal(10), ">"), 10, False), (Quota(Decimal(10), ">"), 11, True),
        (Quota(Decimal(3), "<="), 3, True), (Quota(Decimal(3), "<="), 4, False),
        (Quota(Decimal(3), "<"), 3, False), (Quota(Decimal(3), "<"), 2, True),
        (ZERO, 0, True), (ZERO, 1, False), (ZERO, None, False),
        (Quota(Decimal(1), ""), 1, True),
    ],
)  # fmt: skip
def test_the_number_itself(quota: Quota, count: int | None, reached: bool) -> None:
    assert quota.reached(None if count is None else Decimal(count)) is reached


# case, quota, span, founded, dissolved → owed (None: nothing)
OWED = [
    ("there all year", PROBLEMS, YEAR, date(2000, 1, 1), None, 10),
    ("founded on the first day", PROBLEMS, YEAR, date(2025, 1, 1), None, 10),
    ("dissolved on the last day", PROBLEMS, YEAR, date(2000, 1, 1), date(2025, 12, 31), 10),
    ("a day short: rounded up", PROBLEMS, YEAR, date(2025, 1, 2), None, 10),
    ("a county split on 1 July: the old one", PROBLEMS, YEAR, date(2000, 1, 1),
     date(2025, 6, 30), 5),  # 10 × 181 ÷ 365 = 4.96
    ("a county split on 1 July: each new one", PROBLEMS, YEAR, date(2025, 7, 1), None, 6),
    ("one day of the year", PROBLEMS, YEAR, date(2025, 12, 31), None, 1),
    ("founded the year after", PROBLEMS, YEAR, date(2026, 1, 1), None, None),
    ("gone the year before", PROBLEMS, YEAR, date(2000, 1, 1), date(2024, 12, 31), None),
    ("half of the half-year's 181 days, and one", MEETING, FIRST_HALF, date(2025, 4, 1), None, 1),
    ("90 of 181 days", MEETING, FIRST_HALF, date(2025, 4, 2), None, None),
    ("92 of 184 days are half", MEETING, SECOND_HALF, date(2025, 10, 1), None, 1),
    ("91 of 184 days", MEETING, SECOND_HALF, date(2025, 10, 2), None, None),
    ("dissolved in the middle", MEETING, SECOND_HALF, date(2000, 1, 1), date(2025, 9, 30), 1),
    ("a ceiling holds for whoever exists", ZERO, YEAR, date(2025, 12, 31), None, 0),
    ("a share is not divided", SHARE, YEAR, date(2025, 12, 1), None, 100),
    ("leap year: 183 of 366 days", PROBLEMS, Span(date(2024, 1, 1), date(2024, 12, 31)),
     date(2024, 7, 2), None, 5),
    ("founded on leap day", MEETING, Span(date(2024, 2, 1), date(2024, 2, 29)),
     date(2024, 2, 29), None, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("quota", "span", "founded", "dissolved", "value"),
    [case[1:] for case in OWED],
    ids=[case[0] for case in OWED],
)
def test_what_is_owed(
    quota: Quota, span: Span, founded: date, dissolved: date | None, value: int | None
) -> None:
    found = owed(quota, span, founded, dissolved)
    assert (found and found.value) == value


LAST = date(2025, 6, 30)
# case, quota, count, today → met
JUDGED = [
    ("reached early", MEETING, 1, date(2025, 1, 2), True),
    ("the last minute of the half-year is still in it", MEETING, 0, LAST, None),
    ("the day after", MEETING, 0, date(2025, 7, 1), False),
    ("reached, looked at later", MEETING, 1, date(2026, 1, 1), True),
    ("a record withdrawn after counting", PROBLEMS, 9, date(2025, 7, 1), False),
    ("never counted, time is up", PROBLEMS, None, date(2025, 7, 1), False),
    ("never counted, time is left", PROBLEMS, None, LAST, None),
    ("zero holds so far", ZERO, 0, LAST, None),
    ("zero held to the end", ZERO, 0, date(2025, 7, 1), True),
    ("one is left, time is left", ZERO, 1, LAST, None),
    ("one is left, time is up", ZERO, 1, date(2025, 7, 1), False),
    ("a ceiling never counted", ZERO, None, date(2025, 7, 1), None),
]


@pytest.mark.parametrize(
    ("quota", "count", "today", "met"),
    [case[1:] for case in JUDGED],
    ids=[case[0] for case in JUDGED],
)
def test_whether_it_is_met(quota: Quota, count: int | None, today: date, met: bool | None) -> None:
    verdict = judge(quota, None if count is None else Decimal(count), FIRST_HALF, today)
    assert verdict.met is met


@pytest.mark.parametrize(
    ("quota", "words"),
    [(PROBLEMS, "不少于 10 项"), (ZERO, "等于 0 项"), (SHARE, "不少于 100%"),
     (Quota(Decimal(0), "=="), "等于 0"), (Quota(Decimal("2.50"), ">", "万元"), "多于 2.5 万元")],
)  # fmt: skip
def test_the_number_in_words(quota: Quota, words: str) -> None:
    assert quota.words == words


def test_the_working_is_told() -> None:
    nine = judge(PROBLEMS, Decimal("9.000"), YEAR, date(2025, 11, 1))
    assert nine.working == "已计 9 项，要求不少于 10 项，还差 1 项"
    assert judge(ZERO, Decimal(2), YEAR, YEAR.last).working == "已计 2 项，要求等于 0 项，超出要求"


# The State Council's arrangement for 2025 (国办发明电〔2024〕12号): Spring Festival from 28 January
# to 4 February, made up for on Sunday 26 January and Saturday 8 February.
@pytest.mark.parametrize(
    ("first", "last", "working_last"),
    [
        (date(2025, 1, 1), date(2025, 6, 30), date(2025, 6, 30)),  # a Monday
        (date(2025, 1, 1), date(2025, 1, 26), date(2025, 1, 26)),  # a Sunday that is worked
        (date(2025, 2, 1), date(2025, 2, 9), date(2025, 2, 8)),  # the Saturday before is worked
        (date(2025, 1, 1), date(2025, 2, 4), date(2025, 1, 27)),  # before the festival
        (date(2025, 5, 1), date(2025, 5, 31), date(2025, 5, 30)),  # 31 May begins Dragon Boat
        (date(2025, 1, 29), date(2025, 2, 3), date(2025, 2, 3)),  # nothing but holidays: stays
        (date(2024, 2, 1), date(2024, 2, 29), date(2024, 2, 29)),  # leap day, a Thursday
    ],
)
def test_an_end_on_a_working_day(first: date, last: date, working_last: date) -> None:
    assert Span(first, last).ending_on_working_day().last == working_last


def test_a_year_without_a_calendar_is_not_guessed() -> None:
    with pytest.raises(NoCalendar):
        Span(date(2090, 1, 1), date(2090, 6, 30)).ending_on_working_day()


# case, count, today → expected, missed (of 10 in 365 days)
FORECASTS = [
    ("before a third: nothing is said", 1, date(2025, 5, 1), None),  # day 121
    ("a third is over", 1, date(2025, 5, 2), (2, True)),  # day 122
    ("on pace, rounded down", 5, date(2025, 7, 2), (9, True)),  # day 183: 9.97
    ("on pace", 5, date(2025, 7, 1), (10, False)),  # day 182: 10.03
    ("nothing done", 0, date(2025, 12, 30), (0, True)),
    ("reached", 10, date(2025, 7, 1), None),
    ("over", 3, date(2026, 1, 1), None),
    ("never counted", None, date(2025, 7, 1), None),
]


@pytest.mark.parametrize(
    ("count", "today", "expected"),
    [case[1:] for case in FORECASTS],
    ids=[case[0] for case in FORECASTS],
)
def test_the_forecast(count: int | None, today: date, expected: tuple[int, bool] | None) -> None:
    found = forecast(PROBLEMS, None if count is None else Decimal(count), YEAR, today)
    assert (found and (found.expected, found.missed)) == expected


def test_a_forecast_shows_its_working_and_a_ceiling_has_none() -> None:
    found = forecast(PROBLEMS, Decimal(4), YEAR, date(2025, 7, 1))
    assert found is not None
    assert found.working == "182 天完成 4，按此进度全期 365 天约 8 项，要求不少于 10 项"
    assert forecast(ZERO, Decimal(3), YEAR, date(2025, 7, 1)) is None


@given(
    st.integers(1, 1000),
    st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    st.integers(2, 400),
    st.integers(0, 398),
)
def test_parts_of_a_split_never_owe_less_than_the_whole(
    value: int, first: date, days: int, split: int
) -> None:
    """Whoever splits owes at least as much together, and no more than one beyond it."""
    span = Span(first, first + timedelta(days=days - 1))
    cut = first + timedelta(days=split % (days - 1))
    quota = Quota(Decimal(value), ">=", "项")
    old = owed(quota, span, date(2000, 1, 1), cut)
    new = owed(quota, span, cut + timedelta(days=1))
    assert old is not None
    assert new is not None
    assert value <= old.value + new.value <= value + 1


@given(st.dates(date(2020, 1, 1), date(2025, 12, 1)), st.integers(1, 40))
def test_a_working_end_is_the_last_working_day(first: date, days: int) -> None:
    span = Span(first, first + timedelta(days=days - 1))
    found = span.ending_on_working_day()
    rest = [span.first + timedelta(days=n) for n in range(span.days)]
    worked = [day for day in rest if is_working_day(day)]
    assert found.last == (worked[-1] if worked else span.last)
