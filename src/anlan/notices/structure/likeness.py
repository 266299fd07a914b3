"""Which item of the body says the same as a row of the table whose number was lost."""

from __future__ import annotations

from collections.abc import Sequence

from anlan.notices.document import Item
from anlan.notices.structure.signs import squeeze

_ENOUGH = 0.5  # share of the row's neighbouring character pairs that the item must have too


def closest(words: str, items: Sequence[Item]) -> Item | None:
    """The item with most of the pairs of ``words``; None when no item has half of them."""
    pairs = _pairs(words)
    if not pairs:
        return None
    shares = [(len(pairs & _pairs(_words(item))) / len(pairs), item) for item in items]
    share, item = max(shares, key=lambda each: each[0], default=(0.0, None))
    return item if share >= _ENOUGH else None


def shared(one: str, other: str) -> float:
    """The share (0..1) of the shorter text's character pairs that the other has, too."""
    first, second = _pairs(one), _pairs(other)
    return len(first & second) / max(1, min(len(first), len(second)))


def _words(item: Item) -> str:
    return f"{item.title or ''}{item.text}{''.join(part.text for part in item.parts)}"


def _pairs(words: str) -> set[str]:
    bare = squeeze(words)
    return {bare[place : place + 2] for place in range(len(bare) - 1)}
