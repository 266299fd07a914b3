"""What the engine remembers between messages, and how it is written down."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from anlan.monitoring.engine.plan import Bools, Floats, Ints, Plan
from anlan.monitoring.engine.rules import Key
from anlan.monitoring.engine.windows import SLICES
from anlan.monitoring.protocols.batch import Quality

Mark = tuple[int, int]  # a message's number, and when the broker took it (µs since 1970)
NEVER = np.iinfo(np.int64).min
_WATCH = ("on", "since", "came", "raised", "peak")
_RING = ("slice", "count", "total", "squares", "centre")
_POINT = ("newest", "arrived", "value", "valued", "shown", "quality")


@dataclass(eq=False)
class State:
    """``now``: the last tick, ms.

    By watch, and of combinations after them: ``on``, ``since`` (device's time), ``came`` (tick, of
    combinations), ``raised``, ``peak``. By watch of a moving window: ``slice``, ``count``,
    ``total``, ``squares`` (rings of slices), ``centre`` (subtracted from values, so that squares
    stay exact). By point: ``newest`` device time, ``arrived`` (tick), ``value`` and ``valued``: the
    last reading that counted, and its time; ``shown`` and ``quality``: the newest reading, whether
    it counted or not.
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
    shown: Floats
    quality: npt.NDArray[np.uint8]

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
            value=np.full(points, np.nan), valued=np.full(points, NEVER), **_unseen(points),
        )  # fmt: skip

    def carried(self, names: Names, plan: Plan) -> State:
        """The state for a new plan: watches that stood in the old one keep theirs, so do points."""
        made, new = State.fresh(plan, self.now), Names.of(plan)
        self._carry(made, _WATCH, names.keys, new.keys)
        self._carry(made, _RING, names.moving, new.moving)
        self._carry(made, _POINT, names.points, new.points)
        return made

    def _carry(
        self, made: State, columns: Sequence[str], old: Sequence[object], new: Sequence[object]
    ) -> None:
        place = {each: number for number, each in enumerate(old)}
        found = [(place[each], number) for number, each in enumerate(new) if each in place]
        here, there = np.array(found, np.int64).reshape(-1, 2).T
        for name in columns:
            getattr(made, name)[there] = getattr(self, name)[here]

    def dropped(self, names: Names, plan: Plan) -> list[Key]:
        """What was raised and is watched no more under the new plan."""
        stays = {*plan.keys}
        raised = [names.keys[place] for place in np.flatnonzero(self.raised)]
        return [key for key in raised if key not in stays]

    def saved(self, plan: Plan, mark: Mark) -> bytes:
        """One file; ``mark`` is the last message that the state counts."""
        into = io.BytesIO()
        columns = {each.name: getattr(self, each.name) for each in fields(self)}
        np.savez(
            into, last=mark, keys=plan.named, moved=plan.moving, points=plan.points, **columns
        )  # fmt: skip
        return into.getvalue()

    @classmethod
    def restored(cls, data: bytes, plan: Plan) -> tuple[State, Mark, list[Key]]:
        """The state for ``plan``, the last message, and what was raised and is watched no more:
        rules may have changed since it was saved."""
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            keys = [Key._make(row) for row in kept["keys"].tolist()]
            names = Names(keys, [keys[place] for place in kept["moved"]], kept["points"].tolist())
            known = {each.name for each in fields(cls)} & set(kept.files)
            columns = {name: kept[name] for name in known}
            number, at = (*np.atleast_1d(kept["last"]).tolist(), 0)[:2]
        # a state that an older program wrote down knows no newest readings, nor the mark's moment
        state = cls(**{**_unseen(len(names.points)), **columns, "now": int(columns["now"])})
        if names.keys == plan.keys and names.points == plan.points.tolist():
            return state, (number, at), []
        return state.carried(names, plan), (number, at), state.dropped(names, plan)


def _unseen(points: int) -> dict[str, Any]:
    """The columns of the newest reading where none has come."""
    quality = np.full(points, Quality.GOOD, np.uint8)
    return {"shown": np.full(points, np.nan), "quality": quality}


@dataclass(frozen=True)
class Names:
    """What the places in a state stand for."""

    keys: list[Key]
    moving: list[Key]
    points: list[int]

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Under this plan."""
        moving = [plan.watches[watch].key for watch in plan.moving]
        return cls(plan.keys, moving, plan.points.tolist())
