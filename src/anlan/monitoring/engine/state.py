"""What the engine remembers between messages, and how it is written down."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from anlan.monitoring.engine.plan import Bools, Floats, Ints, Plan
from anlan.monitoring.engine.rules import Key
from anlan.monitoring.engine.windows import SLICES

NEVER = np.iinfo(np.int64).min
_WATCH = ("on", "since", "came", "raised", "peak")
_RING = ("slice", "count", "total", "squares", "centre")
_POINT = ("newest", "arrived", "value", "valued")


@dataclass(eq=False)
class State:
    """``now``: the last tick, ms.

    By watch, and of combinations after them: ``on``, ``since`` (device's time), ``came`` (tick, of
    combinations), ``raised``, ``peak``. By watch of a moving window: ``slice``, ``count``,
    ``total``, ``squares`` (rings of slices), ``centre`` (subtracted from values, so that squares
    stay exact). By point: ``newest`` device time, ``arrived`` (tick), ``value`` and ``valued``: the
    last reading that counted, and its time.
    """

    now: int
    on: Bools
    since: Ints
    came: Ints
    raised: Bools
    peak: Floats
    slice: Ints
    count: Floats
    total: Floats
    squares: Floats
    centre: Floats
    newest: Ints
    arrived: Ints
    value: Floats
    valued: Ints

    @classmethod
    def fresh(cls, plan: Plan, now: int) -> Self:
        """Nothing is on; every point counts as heard from at ``now``."""
        both, points = len(plan.keys), len(plan.points)
        ring = (len(plan.moving), SLICES)
        return cls(
            now=now,
            on=np.zeros(both, bool), since=np.full(both, NEVER), came=np.full(both, now),
            raised=np.zeros(both, bool), peak=np.full(both, np.nan),
            slice=np.full(ring, NEVER), count=np.zeros(ring), total=np.zeros(ring),
            squares=np.zeros(ring), centre=np.full(len(plan.moving), np.nan),
            newest=np.full(points, NEVER), arrived=np.full(points, now, np.int64),
            value=np.full(points, np.nan), valued=np.full(points, NEVER),
        )  # fmt: skip

    def carried(self, old: Plan, new: Plan) -> State:
        """The state for a new plan: watches that stand in both keep theirs, so do points."""
        made = State.fresh(new, self.now)
        self._carry(made, _WATCH, old.keys, new.keys)
        self._carry(made, _RING, _moving(old), _moving(new))
        self._carry(made, _POINT, old.points.tolist(), new.points.tolist())
        return made

    def _carry(
        self, made: State, columns: Sequence[str], old: Sequence[object], new: Sequence[object]
    ) -> None:
        place = {each: number for number, each in enumerate(old)}
        found = [(place[each], number) for number, each in enumerate(new) if each in place]
        here, there = np.array(found, np.int64).reshape(-1, 2).T
        for name in columns:
            getattr(made, name)[there] = getattr(self, name)[here]

    def saved(self, plan: Plan, last: int) -> bytes:
        """One file; ``last`` is the number of the last message that the state counts."""
        into = io.BytesIO()
        columns = {each.name: getattr(self, each.name) for each in fields(self)}
        np.savez(into, last=last, keys=plan.named, points=plan.points, **columns)
        return into.getvalue()

    @classmethod
    def restored(cls, data: bytes, plan: Plan) -> tuple[State, int]:
        """The state for ``plan`` and the number of the last message; ValueError if it is another
        plan's."""
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            same = np.array_equal(kept["keys"], plan.named)
            if not same or not np.array_equal(kept["points"], plan.points):
                raise ValueError("保存的监测状态与当前规则不一致")
            columns = {each.name: kept[each.name] for each in fields(cls)}
            return cls(**{**columns, "now": int(columns["now"])}), int(kept["last"])


def _moving(plan: Plan) -> list[Key]:
    return [plan.watches[watch].key for watch in plan.moving]
