"""Finding in a published plan what a later version of the notice calls the same."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from anlan.plan.drafts import ClauseDraft, KeyDutyDraft
from anlan.plan.models import Clause, KeyDuty

SAME_TITLE = 0.6
SAME_CLAUSE = 0.6


def likeness(a: str, b: str) -> float:
    """How alike two texts are, 0 to 1."""
    return 1.0 if a == b else SequenceMatcher(None, a, b, autojunk=False).ratio()


def match_key_duties(
    existing: Sequence[KeyDuty], drafts: Sequence[KeyDutyDraft]
) -> dict[int, KeyDuty]:
    """Index of draft → published key duty: the same title first, then the most alike."""
    return {
        draft: existing[old]
        for draft, old in _match(
            [each.title for each in drafts], [each.title for each in existing], SAME_TITLE
        ).items()
    }


def match_clauses(existing: Sequence[Clause], drafts: Sequence[ClauseDraft]) -> dict[int, Clause]:
    """Index of draft → published clause of the same part: the same text, then the most alike."""
    return {
        draft: existing[old]
        for draft, old in _match(
            [f"{each.part}|{each.text}" for each in drafts],
            [f"{each.part}|{each.text}" for each in existing],
            SAME_CLAUSE,
        ).items()
    }


def _match(new: Sequence[str], old: Sequence[str], threshold: float) -> dict[int, int]:
    pairs: dict[int, int] = {}
    free = set(range(len(old)))
    places: dict[str, list[int]] = {}
    for place, text in enumerate(old):
        places.setdefault(text, []).append(place)
    for index, text in enumerate(new):
        if places.get(text):
            pairs[index] = places[text].pop(0)
            free.discard(pairs[index])
    scores = sorted(
        (
            (likeness(text, old[place]), -index, -place)
            for index, text in enumerate(new)
            if index not in pairs
            for place in free
        ),
        reverse=True,
    )
    for score, index, place in scores:
        if score >= threshold and -index not in pairs and -place in free:
            pairs[-index] = -place
            free.discard(-place)
    return pairs
