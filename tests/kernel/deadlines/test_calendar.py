"""Time limits by the Civil Code and the State Council's arrangements of holidays.

The arrangements that the cases rest on: 国办发明电〔2024〕12号 (2025) has the Spring Festival from
28 January to 4 February with work on 26 January and 8 February, Labour Day from 1 to 5 May with
work on 27 April, National Day from 1 to 8 October with work on 28 September and 11 October.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anlan.kernel.deadlines.calendar import (
    CHINA,
    NoCalendar,
    Unit,
    add_months,
    add_working_days,
    day_of,
    due,
    end_of,
    ends_with_day,
    is_working_day,
    last_day,
    last_day_of,
)

day = date.fromisoformat


@pytest.mark.parametrize(
    ("when", "works", "_why"),
    [
        ("2025-01-26", True, "Sunday, made up for the Spring Festival"),
        ("2025-01-27", True, "Monday before it"),
        ("2025-01-28", False, "New Year's eve"),
        ("2025-02-04", False, "its last day, a Tuesday"),
        ("2025-02-08", True, "Saturday, made up"),
        ("2025-02-09", False, "Sunday"),
        ("2025-04-27", True, "Sunday, made up for Labour Day"),
        ("2025-05-05", False, "Monday within Labour Day's rest"),
        ("2025-10-11", True, "Saturday, made up for National Day"),
        ("2024-02-29", True, "Thursday, leap day"),
    ],
)
def test_working_days(when: str, works: bool, _why: str) -> None:
    assert is_working_day(day(when)) is works


@pytest.mark.parametrize(
    ("start", "count", "end", "_why"),
    [
        ("2025-01-24", 1, "2025-01-26", "art. 201: not the day itself; the make-up Sunday counts"),
        ("2025-01-27", 1, "2025-02-05", "the festival does not count"),
        ("2025-02-07", 1, "2025-02-08", "the make-up Saturday counts"),
        ("2025-09-29", 3, "2025-10-10", "30 September, 9 and 10 October"),
        ("2025-10-10", 1, "2025-10-11", "the make-up Saturday counts"),
        ("2025-01-29", 1, "2025-02-05", "starting on a day of rest"),
        ("2025-03-03", 0, "2025-03-03", "no days"),
        ("2025-02-05", -1, "2025-01-27", "backwards over the festival"),
        ("2025-03-10", -1, "2025-03-07", "backwards over a weekend"),
    ],
)
def test_adding_working_days(start: str, count: int, end: str, _why: str) -> None:
    assert add_working_days(day(start), count) == day(end)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end", "_why"),
    [
        ("2025-03-03", 1, Unit.DAYS, "2025-03-04", "art. 201: the first day does not count"),
        ("2025-03-03", 0, Unit.DAYS, "2025-03-03", "within the day"),
        ("2025-01-20", 10, Unit.DAYS, "2025-02-05", "art. 203: 30 January is a legal holiday"),
        ("2025-03-03", 5, Unit.DAYS, "2025-03-10", "art. 203: 8 March is a Saturday"),
        ("2025-01-21", 5, Unit.DAYS, "2025-01-26", "a make-up Sunday is no day of rest"),
        ("2025-03-03", 5, Unit.WORKING_DAYS, "2025-03-10", "a week of work"),
        ("2025-01-15", 1, Unit.MONTHS, "2025-02-17", "art. 202 and 203: 15 February is a Saturday"),
        ("2025-01-31", 1, Unit.MONTHS, "2025-02-28", "art. 202: no such day, so the month's last"),
        ("2024-01-31", 1, Unit.MONTHS, "2024-02-29", "art. 202: the leap day"),
        ("2024-02-29", 12, Unit.MONTHS, "2025-02-28", "art. 202: a year after a leap day"),
        ("2025-08-31", 1, Unit.MONTHS, "2025-09-30", "art. 202: 31 to 30 days"),
        ("2025-09-01", 1, Unit.MONTHS, "2025-10-09", "art. 203: after the whole National Day"),
        ("2025-11-28", 3, Unit.MONTHS, "2026-02-28", "a make-up Saturday over the year's end"),
    ],
)
def test_last_day(start: str, amount: int, unit: Unit, end: str, _why: str) -> None:
    assert last_day(day(start), amount, unit) == day(end)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end", "_why"),
    [
        ("2025-09-30T20:00+08:00", 24, Unit.HOURS, "2025-10-01T20:00+08:00", "art. 201: no roll"),
        ("2025-03-03T23:59+08:00", 1, Unit.DAYS, "2025-03-05T00:00+08:00", "art. 203: till 24:00"),
        ("2025-03-02T17:00+00:00", 1, Unit.DAYS, "2025-03-05T00:00+08:00", "the day in China"),
    ],
)
def test_due(start: str, amount: int, unit: Unit, end: str, _why: str) -> None:
    moment = datetime.fromisoformat
    assert due(moment(start), amount, unit) == moment(end)


def test_a_year_without_a_calendar_is_named() -> None:
    with pytest.raises(NoCalendar, match="没有 2099 年的节假日安排"):
        add_working_days(date(2099, 3, 2), 1)
    with pytest.raises(NoCalendar, match="2003"):
        is_working_day(date(2003, 12, 31))


@pytest.mark.parametrize("unit", Unit)
def test_a_period_is_not_negative(unit: Unit) -> None:
    with pytest.raises(ValueError, match="cannot last"):
        due(datetime(2025, 3, 3, tzinfo=UTC), -1, unit)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        due(datetime(2025, 3, 3), 1, Unit.DAYS)  # noqa: DTZ001 — that is the case


known = st.dates(date(2004, 1, 1), date(2025, 12, 31))
counts = st.integers(1, 60)


@given(known, counts)
def test_the_nth_working_day_has_n_working_days_behind_it(start: date, count: int) -> None:
    end = add_working_days(start, count)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(map(is_working_day, between)) == count
    assert is_working_day(end)


@given(known, counts, counts)
def test_working_days_add_up(start: date, first: int, second: int) -> None:
    assert add_working_days(start, first + second) == add_working_days(
        add_working_days(start, first), second
    )


@given(known, counts)
def test_there_and_back(start: date, count: int) -> None:
    assume(is_working_day(start))
    assert add_working_days(add_working_days(start, count), -count) == start


@given(known, st.integers(0, 12), st.sampled_from([Unit.DAYS, Unit.MONTHS]))
def test_no_period_ends_on_a_day_of_rest_or_early(start: date, amount: int, unit: Unit) -> None:
    end = last_day(start, amount, unit)
    plain = start + timedelta(days=amount) if unit == Unit.DAYS else add_months(start, amount)
    assert is_working_day(end)
    assert plain <= end <= plain + timedelta(days=10)  # the longest rest: nine days in 2026
    rest = [plain + timedelta(days=n) for n in range((end - plain).days)]
    assert not any(map(is_working_day, rest))


@given(st.dates(date(2004, 1, 1), date(2030, 12, 31)), st.integers(-36, 36))
def test_months_keep_the_day_or_end_the_month(start: date, count: int) -> None:
    end = add_months(start, count)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@given(st.dates(date(2004, 1, 1), date(2030, 12, 31)))
def test_the_end_of_a_day_belongs_to_it(when: date) -> None:
    end = end_of(when)
    assert ends_with_day(end)
    assert last_day_of(end) == when
    assert day_of(end) == when + timedelta(days=1)
    assert last_day_of(end.astimezone(UTC)) == when
    assert not ends_with_day(datetime(2025, 3, 3, 12, tzinfo=CHINA))
