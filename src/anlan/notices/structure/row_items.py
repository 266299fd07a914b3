"""Which item of the body a row of the table means: by its number, or by the name of its task."""

from __future__ import annotations

from collections.abc import Sequence

from anlan.notices.document import Chapter, Item
from anlan.notices.structure.columns import Cells
from anlan.notices.structure.entries import Entry
from anlan.notices.structure.signs import numeral, squeeze

CutRow = tuple[Cells, list[Entry]]


class RowItems:
    """The items of the body, and which numbers of the first column the rows have used so far."""

    def __init__(self, chapters: Sequence[Chapter]) -> None:
        self._items = [item for chapter in chapters for item in chapter.items]
        self._by_title = {squeeze(item.title): item for item in self._items if item.title}
        numbers = [item.number for item in self._items if item.number is not None]
        self._restarts = len(set(numbers)) < len(numbers)
        self._given: dict[int, str] = {}  # the task that each number named first

    def titled(self, words: str) -> Item | None:
        """The item with this title."""
        return self._by_title.get(squeeze(words))

    def meant(self, number: str, task: str) -> int | None:
        """The item that a row's own ``number`` ("" for none) and the name of its task mean.

        A number that an earlier row has given to another task names no item: a second table
        counts from one again.
        """
        known, bare, task = self.titled(task), number.strip("（()）、.．"), squeeze(task)
        if bare:
            first = self._given.setdefault(numeral(bare), task)
            mine = self._restarts or not task or first == task
            return known.number if known else numeral(bare) if mine else None
        return known.number if known else None

    def unnamed(self, rows: Sequence[CutRow]) -> list[Item]:
        """Items that no row names by number."""
        named = {entry.number for _, entries in rows for entry in entries}
        return [
            item for item in self._items if item.number is not None and item.number not in named
        ]


def contents_are_numbered(rows: Sequence[CutRow]) -> bool:
    """Whether the contents number the items: most rows do, and not each from one again.

    Where the first column gives nearly each row a number of its own (1, 2, 3), that one counts.
    """
    filled = [(cells, each[0]) for cells, each in rows if each and not cells.lone]
    first = [each for _, each in filled if not each.sector]
    counted = {cells.number for cells, _ in filled if cells.number.strip().isdecimal()}
    if len(filled) > 1 and 2 * len(counted) > len(filled):
        return False
    numbers = [each.number for each in first if each.number is not None]
    restarts = sum(number == 1 for number in numbers[1:])
    grouped = all(cells.group for cells, _ in filled)  # each row names its task
    most = 2 * len(numbers) > len(first) or (not grouped and 2 * len(numbers) == len(first))
    return bool(first) and most and 2 * restarts < len(first)
