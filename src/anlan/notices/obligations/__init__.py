"""Obligations of a notice: who must do what, how much, how often, by when.

``find`` reads a text, ``fill`` a notice whose structure is known.
"""

from __future__ import annotations

from anlan.notices.document import Notice
from anlan.notices.obligations.finder import find

__all__ = ["fill", "find"]


def fill(notice: Notice) -> None:
    """Replaces the obligations of every item, part and row by those that their texts state."""
    for item in notice.items:
        item.obligations = find(item.text, year=notice.year)
        for part in item.parts:
            part.obligations = find(part.text, year=notice.year)
    for row in notice.table:
        row.obligations = find(row.text, year=notice.year)
