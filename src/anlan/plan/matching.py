"""Finding in a published plan what a later version of the notice calls the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from anlan.plan.drafts import ClauseDraft, KeyDutyDraft
from anlan.plan.models import Clause, KeyDuty

SAME = 0.6  # at least so alike to be taken for the same
SAME_NUMBER = 0.7  # what an equal number is worth, whatever the words

New = TypeVar("New")
Old = TypeVar("Old")


def likeness(a: str, b: str) -> float:
    """How alike two texts are, 0 to 1."""
    return 1.0 if a == b else SequenceMatcher(None, a, b, autojunk=False).ratio()


def match_key_duties(
    existing: Sequence[KeyDuty], drafts: Sequence[KeyDutyDraft]
) -> dict[int, KeyDuty]:
    """Index of draft → published key duty: the same title first, then the most alike."""

    def score(draft: KeyDutyDraft, old: KeyDuty) -> float:
        return likeness(draft.title, old.title)

    return _match(drafts, existing, score)


def match_clauses(existing: Sequence[Clause], drafts: Sequence[ClauseDraft]) -> dict[int, Clause]:
    """Index of draft → published clause of the same part: the same words first, then the most
    alike; the same number, unit, period and date make a clause the same whatever its words."""

    def score(draft: ClauseDraft, old: Clause) -> float:
        if draft.part != old.part:
            return 0.0
        alike = likeness(draft.text, old.text)
        return max(alike, SAME_NUMBER + alike / 10) if _same_number(draft, old) else alike

    return _match(drafts, existing, score)


def _same_number(draft: ClauseDraft, old: Clause) -> bool:
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
