"""The attached table of assignments: its rows as items and parts, each with its own units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from anlan.notices.document import Chapter, Row, TableRow
from anlan.notices.structure.columns import (
    Cells,
    Head,
    enter_head,
    head_of,
    joined_head,
    sort_cells,
)
from anlan.notices.structure.entries import Entry, entries_of, title_and_text
from anlan.notices.structure.ledger import LayoutKind, Ledger, RepairKind
from anlan.notices.structure.likeness import closest
from anlan.notices.structure.marks import Rank, leading_mark
from anlan.notices.structure.row_items import RowItems, contents_are_numbered
from anlan.notices.structure.signs import is_complete, render, squeeze
from anlan.notices.structure.unit_cells import UnitCells

_QUOTED = 20  # characters that a repair quotes
_HEADING = 30  # characters of a row that heads others
_STOP = re.compile(r"[，。；：]")


@dataclass
class Table:
    """Rows under one head."""

    head: Head
    rows: list[Row] = field(default_factory=list)


def read_tables(
    tables: Sequence[Table], chapters: Sequence[Chapter], ledger: Ledger
) -> list[TableRow]:
    """All rows of all tables in order."""
    found: list[TableRow] = []
    for table in tables:
        enter_head(table.head, ledger)
        rows = []
        again: Head | None = None
        for row in table.rows:
            above, again = again, head_of(row)
            below = joined_head(above, row) if above else None
            if again or below:
                names = again.names if again else tuple(map(squeeze, row.cells))
                enter_head(Head((), names), ledger)
            else:
                rows.append(sort_cells(row, table.head, ledger))
        found += _Reader(rows, chapters, ledger).read()
    return found


class _Reader:
    def __init__(self, rows: Sequence[Cells], chapters: Sequence[Chapter], ledger: Ledger) -> None:
        self.ledger = ledger
        self.chapter_titles = {squeeze(each.title) for each in chapters if each.title}
        self.items = RowItems(chapters)
        self.rows = [(row, self._entries(row)) for row in rows]
        self.numbered = contents_are_numbered(self.rows)
        self.unmatched = self.items.unnamed(self.rows)
        self.found: list[TableRow] = []
        self.number = self.category = self.group = self.heading = ""
        self.item: int | None = None
        self.title: str | None = None  # of the numbered item, or the task's column
        self.own: str | None = None  # the first sentence of a content without number
        self.waiting = ""  # the words of a heading row
        self.units = UnitCells(self.found, ledger)

    def read(self) -> list[TableRow]:
        """Walks the rows; each cell ends in a field, in layout or in a repair."""
        for cells, entries in self.rows:
            if self._is_heading(cells):
                self.waiting = self._heading(cells)
                continue
            category = "\n".join(filter(None, [self.waiting, self._category(cells)]))
            self.waiting = ""
            loose = self._group(cells)
            if not entries:
                self._without_content(cells, "\n".join(filter(None, [category, loose])))
                continue
            self.units.close()
            begun = len(self.found)
            for entry in entries:
                self._entry(entry, cells, begun, loose)
            self._loose(loose, begun)
            if category and len(self.found) > begun:
                self._head(self.found[begun], category)
            elif category:
                self._append_line(category)
            self._others(cells)
            self.units.give(cells, self.found[begun:])
        self.units.close()
        if self.waiting:
            self._append_line(self.waiting)
        return self.found

    def _is_heading(self, cells: Cells) -> bool:
        """A row that holds nothing but a short name above the rows that follow (merged cells)."""
        words = cells.lone
        mark = leading_mark(words)
        numbered = bool(cells.number) or (mark is not None and mark.rank <= Rank.HEADING)
        open_before = bool(self.found) and not is_complete(self.found[-1].text)
        short = 0 < len(squeeze(words)) <= _HEADING and not _STOP.search(words)
        return short and (numbered or not open_before)

    def _heading(self, cells: Cells) -> str:
        """The words of such a row, for the head of the next row's text; a chapter's are layout."""
        self.ledger.lay(LayoutKind.NUMBER, cells.number)
        self.title = self.own = None
        own = "" if self._is_chapter(cells.lone) else render(cells.lone)
        return "\n".join(filter(None, [self.waiting, own]))

    def _entries(self, row: Cells) -> list[Entry]:
        return [each for cell in row.contents for each in entries_of(cell, row.line, self.ledger)]

    # --- number and group ---------------------------------------------------------------------

    def _group(self, cells: Cells) -> str:
        """Settles the first cells; returns a group's words that still need a place."""
        number, group = squeeze(cells.number), squeeze(cells.group)
        words = f"{cells.number} {cells.group}".strip()
        if not number and not group:
            return ""
        if number in ("", self.number) and group in ("", self.group):
            self.ledger.repair(cells.line, RepairKind.REPEATED_CELL, words, "")
            return ""
        self.number, self.group = number, group
        self.ledger.lay(LayoutKind.NUMBER, cells.number)
        if self._is_chapter(cells.group):
            self.item, self.title, self.own = None, None, None
            return ""
        if self.numbered:
            return render(cells.group)
        return self._name_item(number, cells.group)

    def _category(self, cells: Cells) -> str:
        """The words of the column left of the tasks, where they are new and no chapter's title."""
        words = squeeze(cells.category)
        if words and words == self.category:
            self.ledger.repair(cells.line, RepairKind.REPEATED_CELL, cells.category.strip(), "")
            return ""
        self.category = words or self.category
        return "" if self._is_chapter(cells.category) else render(cells.category)

    def _is_chapter(self, cell: str) -> bool:
        """Whether a cell repeats a chapter's title (its number too, perhaps): then it is layout."""
        mark = leading_mark(cell)
        cut = mark.end if mark and squeeze(cell) not in self.chapter_titles else 0
        if squeeze(cell[cut:]) not in self.chapter_titles:
            return False
        self.ledger.lay(LayoutKind.NUMBER, cell[:cut])
        self.ledger.lay(LayoutKind.GROUP, cell[cut:])
        return True

    def _name_item(self, number: str, cell: str) -> str:
        """Where the contents have no numbers of their own, the first columns number the items.

        Returns the name of the task, without its own number （一）.
        """
        mark = leading_mark(cell)
        if mark and Rank.HEADING <= mark.rank <= Rank.POINT:
            self.ledger.lay(LayoutKind.NUMBER, cell[mark.start : mark.end])
            cell = cell[mark.end :]
            number = number or str(mark.number)
        self.item = self.items.meant(number, cell)
        if cell:  # else a merged cell: the task of the row above goes on
            self.title = None
        self.own = None
        return render(cell)

    def _loose(self, group: str, begun: int) -> None:
        """A group that is no chapter of the body becomes the title, or the head of the text."""
        if not group or len(self.found) == begun:
            if group:
                self._append(group)
            return
        first = self.found[begun]
        if first.title is None and not self.numbered:
            first.title = self.title = group.replace("\n", "")
            for each in self.found[begun + 1 :]:
                each.title = each.title or self.ledger.copy(self.title)
        else:
            self._head(first, group)

    def _head(self, row: TableRow, words: str) -> None:
        row.text = "\n".join(filter(None, [words, row.text]))

    # --- contents -----------------------------------------------------------------------------

    def _entry(self, entry: Entry, cells: Cells, begun: int, group: str) -> None:
        alone = len(self.found) == begun and not (cells.number or group)
        counts = self.numbered or alone
        if entry.number is not None and counts:
            self._numbered(entry, cells)
        elif entry.sector:
            self._add(
                entry.sector,
                self.ledger.copy(self.title or self.own or "") or None,
                entry.whole,
                cells,
            )
        elif len(self.found) > begun:
            self.found[-1].text += "\n" + entry.whole
        elif self._goes_on(cells, group):
            self._append(entry.whole, cells.line)
        elif self.numbered:
            self._unnumbered(entry, cells)
        else:
            self._plain(entry, cells, group)

    def _numbered(self, entry: Entry, cells: Cells) -> None:
        if self.item == entry.number and squeeze(entry.whole) == self.heading:
            self.ledger.repair(cells.line, RepairKind.REPEATED_CELL, entry.whole, "")
            return
        if entry.ledger:
            self.ledger.layout += entry.ledger.layout
            self.ledger.repairs += entry.ledger.repairs
        self.item, self.title, self.heading = entry.number, entry.title, squeeze(entry.whole)
        self._add(None, entry.title, entry.text, cells)

    def _unnumbered(self, entry: Entry, cells: Cells) -> None:
        """A row whose heading was lost: the item of the body that says the same."""
        item = closest(entry.whole, self.unmatched)
        if item:
            self.unmatched.remove(item)
            before = entry.whole[:_QUOTED]
            self.ledger.repair(
                cells.line, RepairKind.MISSING_NUMBER, before, f"{item.number}. {before}"
            )
            self.item = item.number
        self.title = None
        self._add(None, None, entry.whole, cells)

    def _plain(self, entry: Entry, cells: Cells, group: str) -> None:
        """A content without number: the task's column names it, or its own first sentence."""
        if group:
            self._add(None, None, entry.whole, cells)
        elif self.title:
            self._add(None, self.ledger.copy(self.title), entry.whole, cells)
        else:
            title, text = title_and_text(entry.whole, cells.line, self.ledger)
            known = self.items.titled(title or "")
            self.item = known.number if known else self.item
            self.own = title
            self._add(None, title, text, cells)

    def _goes_on(self, cells: Cells, group: str) -> bool:
        """A row that a page has cut: no group, no units of its own, the text before still open."""
        if group or not self.found or cells.owners:
            return False
        return not is_complete(self.found[-1].text) or (self.numbered and not cells.number)

    def _append(self, words: str, line: int = 0) -> None:
        """Adds words of a continued row to the row before."""
        last = self.found[-1].text if self.found else ""
        if not self.found:
            self.found.append(TableRow(self.item, None, None, words))
            return
        glue = "\n" if is_complete(last) or not last else ""
        self.found[-1].text = last + glue + words
        if line:
            before, after = last[-10:], words[:10]
            self.ledger.repair(line, RepairKind.SPLIT_ROW, f"{before}\n{after}", before + after)
            self.found[-1].lines = (self.found[-1].lines[0], line)

    def _add(self, part: str | None, title: str | None, text: str, cells: Cells) -> None:
        lines = (cells.line, cells.line)
        self.found.append(TableRow(self.item, part, title, text, lines=lines))

    def _without_content(self, cells: Cells, group: str) -> None:
        if group:
            self._append_line(group)
        self._others(cells)
        if cells.owners and not self.found:
            self._add(None, None, "", cells)
        self.units.give_alone(cells)

    def _others(self, cells: Cells) -> None:
        """Dates and remarks go into the text behind the name of their column."""
        for name, cell in cells.others:
            label = self.ledger.copy(f"{name}：") if name else ""
            self._append_line(label + render(cell))

    def _append_line(self, words: str) -> None:
        if not self.found:
            self.found.append(TableRow(self.item, None, None, words))
        else:
            self.found[-1].text = f"{self.found[-1].text}\n{words}".strip()
