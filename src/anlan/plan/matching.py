"""Finding in an earlier version of the notice what a later one calls the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Any, Protocol, TypeVar

SAME = 0.6  # at least so alike to be taken for the same
SAME_NUMBER = 0.7  # what an equal number is worth, whatever the words

New = TypeVar("New")
Old = TypeVar("Old")


class Titled(Protocol):
    """An item: as read, as a draft, or published."""

    @property
    def title(self) -> Any: ...


class Worded(Protocol):
    """A clause: as read, as a draft, or published; see ``plan.models.ClauseWords``."""

    @property
    def part(self) -> Any: ...
    @property
    def text(self) -> Any: ...
    @property
    def value(self) -> Any: ...
    @property
    def deadline(self) -> Any: ...


OldItem = TypeVar("OldItem", bound=Titled)
OldClause = TypeVar("OldClause", bound=Worded)


def likeness(a: str, b: str) -> float:
    """How alike two texts are, 0 to 1."""
    return 1.0 if a == b else SequenceMatcher(None, a, b, autojunk=False).ratio()


def match_key_duties(existing: Sequence[OldItem], drafts: Sequence[Titled]) -> dict[int, OldItem]:
    """Index of draft → existing key duty: the same title first, then the most alike."""

    def score(draft: Titled, old: OldItem) -> float:
        return likeness(draft.title, old.title)

    return _match(drafts, existing, score)


def match_clauses(existing: Sequence[OldClause], drafts: Sequence[Worded]) -> dict[int, OldClause]:
    """Index of draft → existing clause of the same part: the same words first, then the most
    alike; the same number, unit, period and date make a clause the same whatever its words."""

    def score(draft: Worded, old: OldClause) -> float:
        if draft.part != old.part:
            return 0.0
        alike = likeness(draft.text, old.text)
        return max(alike, SAME_NUMBER + alike / 10) if _same_number(draft, old) else alike

    return _match(drafts, existing, score)


def _same_number(draft: Worded, old: Worded) -> bool:
    names = ("kind", "value", "value_max", "unit", "op", "period", "deadline", "window_months")
    counted = draft.value is not None or draft.deadline is not None
    return counted and all(getattr(draft, name) == getattr(old, name) for name in names)


def _match(
    new: Sequence[New], old: Sequence[Old], score: Callable[[New, Old], float]
) -> dict[int, Old]:
    """Greedily the best pairs that reach ``SAME``, each side once; earlier pairs win ties."""
    scores = sorted(
        (
            (-found, index, place)
            for index, draft in enumerate(new)
            for place, each in enumerate(old)
            if (found := score(draft, each)) >= SAME
        ),
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, index, place in scores:
        if index not in pairs and place not in taken:
            pairs[index] = place
            taken.add(place)
    return {index: old[place] for index, place in pairs.items()}
