"""When each rung of a ladder is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.deadlines.ladder import Rung, following, in_order, ladder, moment

moment_of = datetime.fromisoformat
END_OF_YEAR = moment_of("2026-01-01T00:00+08:00")  # the last day is 31 December 2025


@pytest.mark.parametrize(
    ("rung", "at"),
    [
        ({"days_before": 7}, "2025-12-24T08:30+08:00"),
        ({"days_before": 1}, "2025-12-30T08:30+08:00"),
        ({"days_before": 0}, "2025-12-31T08:30+08:00"),
        ({"days_after": 1}, "2026-01-01T08:30+08:00"),
        ({"hours_before": 2}, "2025-12-31T22:00+08:00"),
        ({"hours_after": 0}, "2026-01-01T00:00+08:00"),
    ],
)
def test_moments(rung: dict[str, int], at: str) -> None:
    assert moment({"step": "x", **rung}, END_OF_YEAR) == moment_of(at)


@pytest.mark.parametrize(
    "rung",
    [{}, {"days_before": 1, "days_after": 1}, {"weeks_before": 1}, {"days": 1},
     {"days_before": "1"}],
)  # fmt: skip
def test_what_is_no_rung_is_refused(rung: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="rung"):
        moment({"step": "x", **rung}, END_OF_YEAR)


def test_a_ladder_of_norms() -> None:
    assert ladder(before=[3, 30, 3], after=[7, 1]) == [
        {"step": "remind", "days_before": 30},
        {"step": "remind", "days_before": 3},
        {"step": "escalate", "days_after": 1},
        {"step": "escalate", "days_after": 7},
    ]


rungs = st.lists(
    st.builds(
        lambda key, amount: Rung(step="x", **{key: amount}),
        st.sampled_from(["days_before", "days_after", "hours_before", "hours_after"]),
        st.integers(0, 100),
    ),
    max_size=8,
)


@given(rungs, st.integers(-3000, 3000))
def test_the_following_rung_is_the_first_still_to_come(found: list[Rung], hours: int) -> None:
    now = END_OF_YEAR + timedelta(hours=hours)
    ordered = in_order(found, END_OF_YEAR)
    place = following(ordered, END_OF_YEAR, now)
    moments = [moment(each, END_OF_YEAR) for each in ordered]
    assert moments == sorted(moments)
    assert all(at <= now for at in moments[:place])
    assert all(at > now for at in moments[place:])
