"""The rungs of a deadline: what happens how long before and after it, and when exactly.

A ladder is a list of rungs as they are stored with the deadline when it starts, so that a later
change of the norm does not bend a running clock:

    [{"days_before": 7, "step": "remind"}, {"days_after": 1, "step": "escalate"}]
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NotRequired, TypedDict

from anlan.kernel.deadlines.calendar import CHINA, last_day_of

MORNING = time(8, 30)  # people are reminded when they come to work, not at midnight


class Rung(TypedDict):
    """``step`` happens ``days_before`` or ``days_after`` the last day, in the morning, or
    ``hours_before``, ``hours_after``, ``minutes_before`` or ``minutes_after`` the very end. Exactly
    one is given."""

    step: str
    days_before: NotRequired[int]
    days_after: NotRequired[int]
    hours_before: NotRequired[int]
    hours_after: NotRequired[int]
    minutes_before: NotRequired[int]
    minutes_after: NotRequired[int]


def ladder(*, before: Iterable[int] = (), after: Iterable[int] = ()) -> list[Rung]:
    """``remind`` that many days before, ``escalate`` that many days after."""
    rungs = [Rung(step="remind", days_before=days) for days in sorted(set(before), reverse=True)]
    return rungs + [Rung(step="escalate", days_after=days) for days in sorted(set(after))]


def moment(rung: Rung, due_at: datetime) -> datetime:
    """When the rung is due for a deadline that ends at ``due_at``; ValueError if it says not."""
    given = {key: value for key, value in rung.items() if key != "step"}
    if len(given) != 1:
        raise ValueError(f"a rung has one distance from its deadline: {rung}")
    ((key, amount),) = given.items()
    unit, _, side = key.partition("_")
    if not isinstance(amount, int) or side not in ("before", "after"):
        raise ValueError(f"not a rung: {rung}")
    distance = amount if side == "after" else -amount
    match unit:
        case "days":
            day = last_day_of(due_at) + timedelta(days=distance)
            return datetime.combine(day, MORNING, CHINA)
        case "hours":
            return due_at + timedelta(hours=distance)
        case "minutes":
            return due_at + timedelta(minutes=distance)
        case _:
            raise ValueError(f"not a rung: {rung}")


def in_order(rungs: Iterable[Rung], due_at: datetime) -> list[Rung]:
    """The rungs in the order in which they come."""
    return sorted(rungs, key=lambda rung: moment(rung, due_at))


def following(rungs: list[Rung], due_at: datetime, now: datetime) -> int:
    """The place of the first rung still to come at ``now``; the length if none is.

    A clock that starts late does not catch up on reminders whose time is over.
    """
    for place, rung in enumerate(rungs):
        if moment(rung, due_at) > now:
            return place
    return len(rungs)
