"""The real series beside the project that the detector of touched data is measured on.

They are not ours to copy (docs/tamper.md names their licences): read where they stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anlan.monitoring.tamper.reading import Wanted, read
from anlan.monitoring.tamper.series import Series

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "timeseries"

DERIVED = ("PD", "DMM116", "MM116_pred")
"""Of the mine: a state of machines, and two columns that were computed from MM116."""

LABELS = ("anomaly", "changepoint")


@dataclass(frozen=True)
class Group:
    """Points that were recorded together."""

    name: str
    series: list[Series]
    state: Series | None = None

    def half(self, which: int) -> tuple[int, int]:
        """From when to when, in ms: 0 the half for calibrating, 1 the half for reporting."""
        first = min(int(one.times.min()) for one in self.series)
        last = max(int(one.times.max()) for one in self.series)
        middle = (first + last) // 2
        return ((first, middle), (middle + 1, last))[which]


def groups() -> list[Group]:
    """The series on which thresholds were set (first halves) and results are reported (second)."""
    return [
        mine(),
        Group("pump", _file("skab/anomaly-free/anomaly-free.csv")),
        Group("machine", _file("nab/machine_temperature_system_failure.csv")),
        Group("room", _file("river/occupancy.csv")),
        Group("river", _file("river/water-flow.csv")),
    ]


def mine() -> Group:
    """Methane, air and pressure of a coal mine, one reading in 30 s."""
    series = _file("methane/methane-train.arff", every=30.0)
    state = next(one for one in series if one.point == "PD")
    return Group("mine", [one for one in series if one.point not in DERIVED], state)


def sealed() -> Group:
    """Sixteen runs of the pump loop in which valves were worked: looked at once, at the end."""
    runs = [_file(f"skab/valve1/{number}.csv") for number in range(16)]
    names = [one.point for one in runs[0] if one.point not in LABELS]
    joined = []
    for name in names:
        parts = [one for run in runs for one in run if one.point == name]
        parts.sort(key=lambda one: int(one.times[0]))
        times = np.concatenate([part.times for part in parts])
        values = np.concatenate([part.values for part in parts])
        joined.append(Series(name, times, values))
    return Group("valves", joined)


def _file(name: str, every: float | None = None) -> list[Series]:
    path = FOLDER / name
    if not path.exists():
        raise SystemExit(f"{path} is missing: nothing can be measured without the real series")
    return read(path, Wanted(every=every)).series
