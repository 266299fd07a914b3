"""What the city's process remembers of how far nodes have come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from anlan.monitoring.edge.wire import Place, Standing

BIRTHS = 4  # of a part: two machines by one name, each with a stream made anew


@dataclass(frozen=True, slots=True)
class Position:
    """How far a place of a node has come: ``last`` is the node's number, ``number`` that of the
    message in the city's stream."""

    last: int
    number: int


@dataclass(frozen=True, slots=True)
class Sure:
    """What is known of a place: its position, and of the stretch that follows up to ``until`` the
    parts of the city's stream that have theirs, with their numbers."""

    position: Position
    until: int = 0
    have: Mapping[int, int] = field(default_factory=dict)

    @property
    def standing(self) -> Standing:
        return Standing(self.position.last, self.until)


class Memory:
    """By node and place; of each part the births that were spoken of last, for a node may name as
    many as it likes."""

    def __init__(self) -> None:
        self._known = defaultdict[tuple[str, int], dict[str, Sure]](dict)

    def __len__(self) -> int:
        return sum(map(len, self._known.values()))

    def of(self, node: str, place: Place) -> Sure | None:
        """None: it must be found out."""
        return self._known[node, place.part].get(place.birth)

    def keep(self, node: str, place: Place, sure: Sure) -> None:
        """From now on this is so."""
        births = self._known[node, place.part]
        births.pop(place.birth, None)
        births[place.birth] = sure
        if len(births) > BIRTHS:
            del births[next(iter(births))]

    def forget(self, node: str, place: Place) -> None:
        """It is not known any more."""
        self._known[node, place.part].pop(place.birth, None)
