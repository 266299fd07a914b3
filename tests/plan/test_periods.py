"""The stretches of a year."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.plan.periods import name, spans


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("", [("2026-01-01", "2026-12-31")]),
        ("year", [("2026-01-01", "2026-12-31")]),
        ("half_year", [("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31")]),
        ("quarter", [("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30"),
                     ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-12-31")]),
    ],
)  # fmt: skip
def test_periods_of_a_year(period: str, expected: list[tuple[str, str]]) -> None:
    assert spans(2026, period=period) == [(d(a), d(b)) for a, b in expected]


@pytest.mark.parametrize(("year", "last"), [(2024, 29), (2026, 28), (2000, 29), (2100, 28)])
def test_february(year: int, last: int) -> None:
    months = spans(year, period="month")
    assert len(months) == 12
    assert months[1] == (date(year, 2, 1), date(year, 2, last))


@pytest.mark.parametrize(
    ("deadline", "start"),
    [
        ("2026-12-31", "2026-01-01"),
        ("2026-01-01", "2026-01-01"),
        ("2024-02-29", "2024-01-01"),  # before the year: from its own year's first day
        ("2027-06-30", "2026-01-01"),  # beyond the year: the work begins this year
    ],
)
def test_a_deadline_is_one_stretch_whatever_the_period(deadline: str, start: str) -> None:
    assert spans(2026, deadline=d(deadline)) == [(d(start), d(deadline))]
    assert spans(2026, period="month", deadline=d(deadline)) == [(d(start), d(deadline))]


@given(st.integers(2000, 2100), st.sampled_from(["", "year", "half_year", "quarter", "month"]))
def test_the_stretches_cover_the_year_without_gap_or_overlap(year: int, period: str) -> None:
    found = spans(year, period=period)
    assert (found[0][0], found[-1][1]) == (date(year, 1, 1), date(year, 12, 31))
    for (_, last), (first, _) in itertools.pairwise(found):
        assert first == last + timedelta(days=1)


@pytest.mark.parametrize(
    ("period", "month", "expected"),
    [
        ("half_year", 1, "上半年"), ("half_year", 7, "下半年"),
        ("quarter", 1, "第一季度"), ("quarter", 4, "第二季度"),
        ("quarter", 7, "第三季度"), ("quarter", 10, "第四季度"),
        ("month", 3, "3 月"), ("year", 1, ""), ("", 1, ""),
    ],
)  # fmt: skip
def test_names(period: str, month: int, expected: str) -> None:
    assert name(period, date(2026, month, 1)) == expected
