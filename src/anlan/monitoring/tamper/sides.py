"""A stretch without events, measured by what the stretches of its length on both sides had.

Shared by the kinds in which something does not happen: no change (frozen), nothing above a value
(clipped).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anlan.monitoring.tamper.series import Floats, Ints
from anlan.monitoring.tamper.tail import a_year, far_end

NARROWEST = 20
"""The sides are at least so many readings wide: a rate from fewer is none."""

REGIMES = 2.0
"""Times as lively: a rate of events within this factor. About so many regimes are searched, too."""


@dataclass(frozen=True)
class Missed:
    """For each stretch: the events that it missed by the quieter side, and their rate there."""

    events: Floats
    rate: Floats

    def expected(self, at: int, years: float) -> float:
        """How many stretches that miss as much a year would show.

        Told by the point's other stretches in times as lively as those around this one.
        """
        rate = self.rate[at]
        alike = (self.rate >= rate / REGIMES) & (self.rate <= rate * REGIMES)
        alike[at] = False
        base, scale, top = far_end(self.events[alike])
        beyond = float(np.exp(-max(self.events[at] - base, 0.0) / scale))
        return a_year(top, years) * beyond * REGIMES


def missed(happened: Floats, first: Ints, after: Ints) -> Missed:
    """``happened``: events at each reading; each stretch is from ``first`` to before ``after``."""
    count = len(happened)
    total = np.concatenate(([0.0], np.cumsum(happened)))
    length = after - first
    wide = np.maximum(length, NARROWEST)
    low, high = np.maximum(first - wide, 0), np.minimum(after + wide, count)
    before = (total[first] - total[low]) / np.maximum(first - low, 1)
    later = (total[high] - total[after]) / np.maximum(high - after, 1)
    # At the ends of what is known one side must do.
    before = np.where(first - low < wide / 2, later, before)
    later = np.where(high - after < wide / 2, before, later)
    rate = np.minimum(before, later)
    return Missed(rate * length, rate)
