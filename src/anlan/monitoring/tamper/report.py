"""The findings as JSON and as a table that people read."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.monitoring.tamper.detector import Findings
from anlan.monitoring.tamper.reading import Read
from anlan.monitoring.tamper.series import Series
from anlan.monitoring.tamper.signals import KINDS, Signal
from anlan.monitoring.tamper.words import moment

THINNED = 200
"""Points of a series beside a signal at most."""

Pairs = list[list[Any]]


@dataclass(frozen=True)
class Told:
    """A file, what was read of it and what was found."""

    file: str
    read: Read
    findings: Findings
    units: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Everything, times as ISO 8601 with offset; documented in docs/tamper.md."""
        named = {one.point: one for one in self.read.series}
        return {
            "file": self.file,
            "read": {
                "rows": self.read.rows,
                "readings": self.read.readings,
                "points": {one.point: len(one.times) for one in self.read.series},
                "empty": self.read.empty,
                "bad": self.read.bad,
                "bad_rows": [{"line": line, "why": why} for line, why in self.read.bad_rows],
                "notes": self.read.notes,
            },
            "signals": [self._signal(one, named) for one in self.findings.signals],
            "unjudged": [
                {"kind": one.kind, "point": one.point, "why": one.why}
                for one in self.findings.unjudged
            ],
        }

    def _signal(self, one: Signal, named: Mapping[str, Series]) -> dict[str, Any]:
        return {
            "kind": one.kind,
            "kind_words": KINDS[one.kind],
            "point": one.point,
            "unit": self.units.get(one.point, self.units.get("", "")),
            "from": moment(one.start),
            "to": moment(one.end),
            "score": round(one.score, 2),
            "why": one.why,
            "series": around(named[one.point], one),
            "beside": [
                {"point": name, "series": around(named[name], one)} for name in one.beside[:3]
            ],
        }

    def as_text(self) -> str:
        """For a terminal."""
        read = self.read
        lines = [
            f"{self.file}：{read.rows}行，{len(read.series)}个测点，{read.readings}个读数"
            f"（空{read.empty}个，不能用{read.bad}处）"
        ]
        lines += [f"  {note}" for note in read.notes]
        lines += [f"  第{line}行：{why}" for line, why in read.bad_rows]
        if read.bad > len(read.bad_rows):
            lines.append(f"  ……另有{read.bad - len(read.bad_rows)}处")
        lines += ["", *self._table(), ""]
        if self.findings.unjudged:
            lines += ["判断不了的：", *self._unjudged()]
        return "\n".join(lines).rstrip() + "\n"

    def _unjudged(self) -> list[str]:
        """One line for all points with one reason."""
        points: dict[tuple[str, str], list[str]] = {}
        for one in self.findings.unjudged:
            points.setdefault((one.kind, one.why), []).append(one.point)
        return [
            f"  {KINDS[kind]}　{'、'.join(names)}：{why}" for (kind, why), names in points.items()
        ]

    def _table(self) -> list[str]:
        signals = self.findings.signals
        if not signals:
            return ["没有发现疑点。这不等于没有动过：判断不了的和看不出的见下面与说明。"]
        lines = [f"疑点{len(signals)}处（分数：3表示没动过的测点一千年才会出现一次，要由人核实）："]
        for one in signals:
            unit = self.units.get(one.point, self.units.get("", ""))
            point = f"{one.point}（{unit}）" if unit else one.point
            lines.append(
                f"  {_wide(KINDS[one.kind], 20)}{_wide(point, 16)}"
                f"{moment(one.start)} 至 {moment(one.end)}　分数{one.score:.1f}"
            )
            lines.append(f"    {one.why}")
        return lines


def _wide(text: str, width: int) -> str:
    """Padded for a terminal, where a Chinese character takes two places."""
    taken = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(width - taken, 1)


def around(series: Series, signal: Signal) -> Pairs:
    """The readings of the stretch and half as long before and after, in order of time, thinned."""
    margin = max((signal.end - signal.start) // 2, 60_000)
    order = np.argsort(series.times, kind="stable")
    times, values = series.times[order], series.values[order]
    low = int(np.searchsorted(times, signal.start - margin))
    high = int(np.searchsorted(times, signal.end + margin, side="right"))
    stride = max(-(-(high - low) // THINNED), 1)
    return [
        [moment(int(at)), None if math.isnan(value) else float(value)]
        for at, value in zip(times[low:high:stride], values[low:high:stride], strict=True)
    ]
