"""Which column of a table of assignments holds what, by the words of its head or by its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from anlan.notices.document import Row
from anlan.notices.responsibility import is_unit_list
from anlan.notices.structure import traditional
from anlan.notices.structure.cleaning import simplify, strip_markup, widen
from anlan.notices.structure.ledger import LayoutKind, Ledger
from anlan.notices.structure.signs import NUMERALS, squeeze


class Column(Enum):
    """What a column holds."""

    NUMBER = auto()
    CATEGORY = auto()  # left of the column that names the tasks
    GROUP = auto()
    CONTENT = auto()
    OWNER = auto()
    DEADLINE = auto()
    OTHER = auto()


_HEADS = [
    (Column.NUMBER, re.compile(r"序号?|编号|项号|序列")),
    (Column.DEADLINE, re.compile(r".{0,6}(?:时限|时间|期限|节点)(?:要求)?")),
    (
        Column.OWNER,
        re.compile(
            r".{0,4}(?:责任|牵头|配合|主管|主办|协办|承办|落实|参与|参加|监管|主责|负责).{0,6}|责任分工"
            r"|(?:主要)?(?:单位|部门)"
        ),
    ),
    (Column.OTHER, re.compile(r".{0,6}(?:进展|备注|情况|成果|联系|电话|状态|说明).{0,4}")),
    (
        Column.CONTENT,
        re.compile(
            r".{0,6}(?:内容|要求|措施|举措|标准|要点|事项)|.{0,4}重点工作.{0,6}"
            r"|(?:具体|工作|目标|分项|子)任务(?:及措施)?|任务(?:内容|要求|措施|分解).{0,4}"
        ),
    ),
    (
        Column.GROUP,
        re.compile(r".{0,6}(?:任务|类别|领域|项目|分类|方面|章节|目标|工程|工作)(?:名称)?"),
    ),
]
_HEAD_LENGTH = 14
_NUMERAL = re.compile(rf"[（(]?(?:[{NUMERALS}]{{1,4}}|\d{{1,3}})[)）、.．]?")
_LONG = 60


@dataclass(frozen=True)
class Head:
    """The columns of a table and the words at their head (empty without a head row).

    ``covered``: words above the names where the head has two rows (责任单位 over 牵头单位).
    """

    columns: tuple[Column, ...]
    names: tuple[str, ...]
    covered: tuple[str, ...] = ()


@dataclass
class Cells:
    """One row, its cells sorted by what they hold; ``owners`` and ``others`` with column names."""

    line: int
    number: str = ""
    category: str = ""
    group: str = ""
    contents: list[str] = field(default_factory=list)
    owners: list[tuple[str, str]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)

    @property
    def lone(self) -> str:
        """The words of a row that has nothing else but a number; "" for other rows."""
        filled = [cell for cell in (self.category, self.group, *self.contents) if cell.strip()]
        return filled[0] if len(filled) == 1 and not (self.owners or self.others) else ""


def head_of(row: Row) -> Head | None:
    """The columns that a head row announces; None for a row that is no head."""
    return _head(_names(row))


def joined_head(head: Head, row: Row) -> Head | None:
    """``head`` with the names that a second head row puts below it; None for any other row."""
    below = _names(row) + ("",) * (len(head.names) - len(row.cells))
    places = [place for place, name in enumerate(below) if name]
    if not places or len(below) != len(head.names) or not all(_kind(below[n]) for n in places):
        return None
    if any(head.names[n] and head.columns[n] != Column.OWNER for n in places):
        return None
    joined = _head(tuple(new or old for new, old in zip(below, head.names, strict=True)))
    covered = tuple(head.names[n] for n in places if head.names[n])
    return Head(joined.columns, joined.names, covered) if joined else None


def _names(row: Row) -> tuple[str, ...]:
    plain = (re.sub(r"</?p>", "", cell).translate(traditional.TABLE) for cell in row.cells)
    return tuple(map(squeeze, plain))


def _head(names: tuple[str, ...]) -> Head | None:
    kinds = [_kind(name) for name in names]
    known = [kind for kind in kinds if kind]
    if len(known) < 2 or len(known) < sum(bool(name) for name in names):
        return None
    if Column.OWNER not in known or not {Column.CONTENT, Column.GROUP} & set(known):
        return None
    columns = [kind or Column.CONTENT for kind in kinds]
    if Column.CONTENT not in columns:
        last = max(index for index, kind in enumerate(columns) if kind == Column.GROUP)
        columns[last] = Column.CONTENT
    groups = [index for index, kind in enumerate(columns) if kind == Column.GROUP]
    for index in groups[:-1]:
        columns[index] = Column.CATEGORY
    return Head(tuple(columns), names)


def guess_head(rows: Sequence[Row]) -> Head | None:
    """The columns of a table without a head row: units last, long text before, numerals first."""
    width = max((len(row.cells) for row in rows), default=0)
    if len(rows) < 2 or width < 2:
        return None
    owned = sum(is_unit_list(squeeze(row.cells[-1])) for row in rows if len(row.cells) == width)
    long = sum(any(len(cell) >= _LONG for cell in row.cells[:-1]) for row in rows)
    if owned < 0.6 * len(rows) or long < 0.6 * len(rows):
        return None
    kinds = [_guess(rows, index) for index in range(width - 1)]
    return Head((*kinds, Column.OWNER), ("",) * width)


def _guess(rows: Sequence[Row], index: int) -> Column:
    cells = [squeeze(row.cells[index]) for row in rows if index < len(row.cells)]
    filled = [cell for cell in cells if cell]
    if filled and all(_NUMERAL.fullmatch(cell) for cell in filled):
        return Column.NUMBER
    return Column.GROUP if all(len(cell) <= 20 for cell in filled) and index < 2 else Column.CONTENT


def _kind(name: str) -> Column | None:
    if not name or len(name) > _HEAD_LENGTH:
        return None
    return next((kind for kind, pattern in _HEADS if pattern.fullmatch(name)), None)


def is_head_name(name: str) -> bool:
    """Whether words are the name of a column."""
    return _kind(squeeze(name)) is not None


def enter_head(head: Head, ledger: Ledger) -> None:
    """Enters the words of a head row as layout."""
    for name in (*head.names, *head.covered):
        ledger.lay(LayoutKind.HEADER, name)


def sort_cells(row: Row, head: Head, ledger: Ledger) -> Cells:
    """The cells of ``row`` by what they hold; cells beyond the head's columns are content."""
    texts = [_clean(cell, row.line, ledger) for cell in row.cells]
    columns, names = _fit(head, len(texts))
    texts += [""] * (len(columns) - len(texts))
    found = Cells(row.line)
    for kind, name, cell in zip(columns, names, texts, strict=True):
        _put(found, kind, name, cell)
    _mend(found)
    return found


def _clean(cell: str, line: int, ledger: Ledger) -> str:
    return widen(simplify(strip_markup(cell, ledger), line, ledger), line, ledger)


def _fit(head: Head, width: int) -> tuple[list[Column], list[str]]:
    extra = max(0, width - len(head.columns))
    place = head.columns.index(Column.CONTENT)
    columns = [*head.columns[:place], *[Column.CONTENT] * extra, *head.columns[place:]]
    names = [*head.names[:place], *[""] * extra, *head.names[place:]]
    return columns, names


def _put(found: Cells, kind: Column, name: str, cell: str) -> None:
    if not cell.strip():
        return
    if kind == Column.NUMBER and not found.number and _NUMERAL.fullmatch(squeeze(cell)):
        found.number = cell
    elif kind == Column.NUMBER and not found.contents:
        found.contents.append(cell)
    elif kind == Column.GROUP and not found.group and len(squeeze(cell)) < _LONG:
        found.group = cell
    elif kind == Column.CATEGORY:
        found.category = cell
    elif kind == Column.OWNER:
        found.owners.append((name, cell))
    elif kind in (Column.DEADLINE, Column.OTHER):
        found.others.append((name, cell))
    else:
        found.contents.append(cell)


def _mend(found: Cells) -> None:
    """Cells that a missing or additional cell has moved by one column."""
    if not found.contents and len(found.owners) == 1 and _is_text(found.owners[0][1]):
        found.contents.append(found.owners.pop()[1])
    elif not found.owners and len(found.contents) > 1 and _is_units(found.contents[-1]):
        found.owners.append(("", found.contents.pop()))


def _is_text(cell: str) -> bool:
    return ("。" in cell or len(cell) > _LONG) and not is_unit_list(squeeze(cell))


def _is_units(cell: str) -> bool:
    return "。" not in cell and is_unit_list(squeeze(cell))
