"""The unit cells of a table: merged over rows, holding several lists, or on a row of their own."""

from __future__ import annotations

import re

from anlan.notices.document import Responsible, TableRow
from anlan.notices.responsibility import is_unit_list
from anlan.notices.structure.columns import Cells
from anlan.notices.structure.ledger import Ledger, RepairKind
from anlan.notices.structure.signs import render

_MARKS = "、，；,;"
_ONE_ROLE = re.compile(r"(?:牵头|主办|配合|协办|协助|参与|督导|督办)(?:责任)?(?:单位|部门|机构)")


class UnitCells:
    """Gives the rows found so far their units; ``waiting`` rows share a cell with one before."""

    def __init__(self, found: list[TableRow], ledger: Ledger) -> None:
        self.found = found
        self.ledger = ledger
        self.waiting: list[TableRow] = []
        self.shared = ""

    def give(self, cells: Cells, rows: list[TableRow]) -> None:
        """Gives a row's units to its entries: one list for each part, or one list for all."""
        rows = [row for row in rows if row.part] or rows
        words = self._expression(cells)
        lists = words.split("\n") if len(cells.owners) == 1 else [words]
        if not rows:
            self._add(words)
        elif not words:
            self._cover(cells, rows)
        elif len(rows) > 1 and len(lists) == len(rows):
            self.ledger.repair(cells.line, RepairKind.TWO_UNITS, words, words)
            for row, each in zip(rows, lists, strict=True):
                row.responsible = Responsible(each)
        else:
            rows[0].responsible = Responsible(words)
            self.waiting, self.shared = rows[1:], words

    def give_alone(self, cells: Cells) -> None:
        """Units without content belong to the next waiting part; else to the last row."""
        words = self._expression(cells)
        if not words or not self.waiting:
            self._add(words)
            return
        row = self.waiting.pop(0)
        row.responsible = Responsible(words)
        row.lines = (row.lines[0], cells.line)
        after = f"{row.part or ''} {words}".strip()
        self.ledger.repair(cells.line, RepairKind.TWO_UNITS, words, after)

    def close(self) -> None:
        """Rows that still wait share the units of the row that they stand in."""
        for row in self.waiting:
            self._copy(row, self.shared, row.lines[0])
        self.waiting = []

    def _add(self, words: str) -> None:
        if words and self.found:
            last = self.found[-1].responsible
            last.text = "\n".join(filter(None, [last.text, words]))

    def _cover(self, cells: Cells, rows: list[TableRow]) -> None:
        """An empty cell beside a further part of the same item: the units above cover it."""
        above = self.found[-len(rows) - 1] if len(self.found) > len(rows) else None
        if above is None or above.item != rows[0].item or not above.responsible.text:
            return
        for row in rows:
            if row.part or above.part:
                self._copy(row, above.responsible.text, cells.line)

    def _copy(self, row: TableRow, words: str, line: int) -> None:
        row.responsible = Responsible(self.ledger.copy(words))
        self.ledger.repair(line, RepairKind.MERGED_CELL, "", words)

    def _expression(self, cells: Cells) -> str:
        """The words of all unit columns, behind the column's name where it gives the role."""
        several = len(cells.owners) > 1
        found = []
        for name, cell in cells.owners:
            says_role = several or _ONE_ROLE.fullmatch(name)
            label = self.ledger.copy(f"{name}：") if says_role and name else ""
            found.append(label + _unit_lines(cell))
        return "\n".join(found)


def _unit_lines(cell: str) -> str:
    lines = [render(line) for line in cell.split("\n") if line.strip()]
    words = ""
    for line in lines:
        glue = "" if not words or not _stand_apart(words, line) else "\n"
        words += glue + line
    return words


def _stand_apart(before: str, after: str) -> bool:
    """Whether a line break stands between two units, not inside a name that was wrapped."""
    if before[-1] in _MARKS or after[0] in _MARKS:
        return False
    last, first = re.split(f"[{_MARKS}]", before)[-1], re.split(f"[{_MARKS}]", after)[0]
    return is_unit_list(last) and is_unit_list(first)
