"""Where a duty stands on a day: plain arithmetic, no database. Never green without a measure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from anlan.plan.choices import DutyState, Standing

RISK_DAYS = 15  # where the norm ``duty.at_risk_days`` is not loaded
PACE_SLACK = Decimal("0.25")  # how far verified progress may lag behind the calendar


def standing(
    *,
    state: str,
    period_start: date,
    due_on: date,
    progress: Decimal | None,
    target: Decimal | None,
    today: date,
    assigned_on: date | None = None,
    risk_days: int = RISK_DAYS,
) -> Standing:
    """The standing on ``today`` of a duty measured from ``period_start`` through ``due_on``.

    ``progress`` is the verified value, None while nothing was verified; ``target`` what it must
    reach (None: ``progress`` is in percent). Both ends of the period count as days of it.
    A duty that was given only after its date had passed (``assigned_on``: a notice of a past year
    loaded later) is not overdue until something of it is verified (a count of 0 is nothing):
    nobody here could have kept it.
    With fewer than ``risk_days`` days left an unfinished duty is at risk whatever its pace.
    """
    if state == DutyState.MET:
        return Standing.MET
    if today > due_on:
        given_late = assigned_on is not None and assigned_on > due_on
        return Standing.NOT_MEASURED if given_late and not progress else Standing.OVERDUE
    if today < period_start:
        return Standing.NOT_DUE
    if (due_on - today).days < risk_days:
        return Standing.AT_RISK
    if progress is None:
        return Standing.NOT_MEASURED
    lags = _lags(progress, target, period_start, due_on, today)
    return Standing.AT_RISK if lags else Standing.ON_TRACK


def share(progress: Decimal | None, target: Decimal | None) -> Decimal | None:
    """Verified progress as a share of the target, 0 to 1; None while nothing was verified.

    A target of 0 (重大隐患动态清零) counts what must be gone: all of it, or nothing is reached.
    """
    if progress is None:
        return None
    whole = Decimal(100) if target is None else target
    if whole <= 0:
        return Decimal(1 if progress <= whole else 0)
    return min(Decimal(1), progress / whole)


def _lags(
    progress: Decimal, target: Decimal | None, start: date, due_on: date, today: date
) -> bool:
    days = (due_on - start).days + 1
    elapsed = Decimal((today - start).days + 1) / days
    done = share(progress, target)
    return done is not None and done < elapsed - PACE_SLACK


# Worst first: a cell of the matrix shows what most needs attention; what was never measured is
# shown before what runs well, so that a cell is not green for duties nobody has reported on.
ORDER = [
    Standing.OVERDUE,
    Standing.AT_RISK,
    Standing.NOT_MEASURED,
    Standing.ON_TRACK,
    Standing.NOT_DUE,
    Standing.MET,
]


def worst(counts: Mapping[str, int]) -> Standing | None:
    """The standing of a cell whose duties are counted by standing; None where there is none.

    Met only if every duty is met; where some are met and the rest has not begun, on track.
    """
    found = next((each for each in ORDER if counts.get(each)), None)
    if found == Standing.NOT_DUE and counts.get(Standing.MET):
        return Standing.ON_TRACK
    return found
