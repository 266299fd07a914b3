"""Where an item stands, for people: its number, and its chapter where numbers do not suffice."""

from __future__ import annotations

from anlan.notices.document import Item, Notice


class Places:
    """The chapters of a notice's items; ``restarts``: numbers begin again in each chapter."""

    def __init__(self, notice: Notice) -> None:
        self._chapters = {
            id(item): chapter for chapter in notice.chapters for item in chapter.items
        }
        numbers = [item.number for item in notice.items if item.number is not None]
        self.restarts = len(set(numbers)) < len(numbers)

    def chapter(self, item: Item) -> str | None:
        """The title of the item's chapter where the item's number does not say which is meant."""
        chapter = self._chapters.get(id(item))
        needed = self.restarts or item.number is None
        return chapter.title if chapter and needed else None
