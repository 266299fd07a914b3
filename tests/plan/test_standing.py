"""Where a duty stands. The cases come from the rules said in ``plan.standing``, edge by edge."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.plan.choices import DutyState, Standing
from anlan.plan.standing import PACE_SLACK, RISK_DAYS, share, standing, worst

# A period of a hundred days: each of them is one hundredth of the time.
FIRST = date(2026, 3, 1)
LAST = FIRST + timedelta(days=99)


def on(day: int) -> date:
    """The ``day``-th day of the period, its first being 1."""
    return FIRST + timedelta(days=day - 1)


def stands(today: date, progress: int | str | None = None, target: int | None = None,
           state: str = "open", assigned_on: date | None = FIRST) -> Standing:  # fmt: skip
    return standing(
        state=state,
        period_start=FIRST,
        due_on=LAST,
        progress=None if progress is None else Decimal(progress),
        target=None if target is None else Decimal(target),
        today=today,
        assigned_on=assigned_on,
    )


CASES = [
    # before the period: not due, whatever was reported
    (on(0), None, None, "not_due"),
    (on(0), 100, None, "not_due"),
    # its first day belongs to it
    (on(1), None, None, "not_measured"),
    (on(1), 0, None, "on_track"),
    # exactly RISK_DAYS left are enough, one less is not
    (LAST - timedelta(days=RISK_DAYS), None, None, "not_measured"),
    (LAST - timedelta(days=RISK_DAYS), 100, None, "on_track"),
    (LAST - timedelta(days=RISK_DAYS - 1), None, None, "at_risk"),
    (LAST - timedelta(days=RISK_DAYS - 1), 100, None, "at_risk"),
    # its last day belongs to it, the next one is late
    (LAST, None, None, "at_risk"),
    (LAST + timedelta(days=1), None, None, "overdue"),
    (LAST + timedelta(days=1), 100, None, "overdue"),
    # the pace: half of the time gone, a quarter of slack
    (on(50), 25, None, "on_track"),
    (on(50), "24.9", None, "at_risk"),
    (on(50), 0, None, "at_risk"),
    (on(25), 0, None, "on_track"),
    (on(26), 0, None, "at_risk"),
    # with a number to reach, progress counts in its unit
    (on(50), 3, 12, "on_track"),
    (on(50), 2, 12, "at_risk"),
    (on(50), 500, 12, "on_track"),
    # a target of nothing: something left is nothing reached
    (on(50), 0, 0, "on_track"),
    (on(50), 5, 0, "at_risk"),
    (on(50), None, 0, "not_measured"),
]


@pytest.mark.parametrize(("today", "progress", "target", "expected"), CASES)
def test_an_open_duty(today: date, progress: int | None, target: int | None, expected: str) -> None:
    assert stands(today, progress, target) == expected


@pytest.mark.parametrize("today", [on(0), on(1), on(50), LAST, LAST + timedelta(days=400)])
def test_what_is_met_stays_met(today: date) -> None:
    assert stands(today, state=DutyState.MET) == Standing.MET


@pytest.mark.parametrize(
    ("assigned_on", "progress", "expected"),
    [
        (LAST, None, "overdue"),  # given on its last day: it could have been kept
        (LAST + timedelta(days=1), None, "not_measured"),
        (LAST + timedelta(days=1), 0, "not_measured"),  # a ledger counts nothing of it
        (LAST + timedelta(days=1), 10, "overdue"),
        (None, None, "overdue"),
    ],
)
def test_a_duty_given_after_its_date(
    assigned_on: date | None, progress: int | None, expected: str
) -> None:
    assert stands(LAST + timedelta(days=30), progress, assigned_on=assigned_on) == expected


def test_a_period_of_one_day() -> None:
    said = standing(
        state="open", period_start=FIRST, due_on=FIRST, progress=None, target=None, today=FIRST
    )
    assert said == Standing.AT_RISK


days = st.integers(-400, 400).map(lambda n: FIRST + timedelta(days=n))
numbers = st.decimals(0, 1000, places=1)


@given(days, st.one_of(st.none(), numbers))
def test_never_green_without_a_measure(today: date, target: Decimal | None) -> None:
    said = standing(
        state="open", period_start=FIRST, due_on=LAST, progress=None, target=target, today=today
    )
    assert said not in (Standing.MET, Standing.ON_TRACK)


@given(days, numbers, st.one_of(st.none(), st.decimals(1, 1000, places=1)), numbers)
def test_more_progress_never_looks_worse(
    today: date, progress: Decimal, target: Decimal | None, more: Decimal
) -> None:
    def said(value: Decimal) -> Standing:
        return standing(
            state="open", period_start=FIRST, due_on=LAST, progress=value, target=target,
            today=today,
        )  # fmt: skip

    assert not (said(progress) == Standing.ON_TRACK and said(progress + more) == Standing.AT_RISK)


@given(st.one_of(st.none(), numbers), st.one_of(st.none(), numbers))
def test_a_share_is_a_share(progress: Decimal | None, target: Decimal | None) -> None:
    found = share(progress, target)
    assert (found is None) == (progress is None)
    assert found is None or 0 <= found <= 1


def test_the_slack_is_less_than_the_whole() -> None:
    assert 0 < PACE_SLACK < 1


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, None),
        ({"met": 0}, None),
        ({"met": 3}, "met"),
        ({"met": 3, "not_due": 1}, "on_track"),
        ({"not_due": 1}, "not_due"),
        ({"met": 3, "on_track": 1}, "on_track"),
        ({"met": 30, "not_measured": 1}, "not_measured"),
        ({"on_track": 30, "not_measured": 1}, "not_measured"),
        ({"not_measured": 30, "at_risk": 1}, "at_risk"),
        ({"at_risk": 30, "overdue": 1}, "overdue"),
    ],
)
def test_a_cell_shows_what_most_needs_attention(
    counts: dict[str, int], expected: str | None
) -> None:
    assert worst(counts) == expected
