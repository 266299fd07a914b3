"""Which row of the table answers which item of the body, and which parts face each other.

Numbers may restart in every chapter and rows may lack numbers or titles, so items are found by
number and title together, then by number, then by title, each time in the order of the notice.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from anlan.notices.differences.columns import split
from anlan.notices.differences.texts import fold
from anlan.notices.document import Chapter, Item, Notice, Part, Responsible, TableRow
from anlan.notices.structure.likeness import shared

_MIN_MATCHED = 1 / 3
"""Share of rows that must meet an item; below it the table is no table of these assignments."""


@dataclass
class Facing:
    """What the body and the table say about the same thing."""

    body: str
    table: str


@dataclass
class Assignment:
    """Who answers according to the body and according to the table."""

    body: list[Responsible]
    table: list[Responsible]


@dataclass
class Pair:
    """An item with its rows, split into what is to be compared with what."""

    item: Item
    rows: list[TableRow]
    parts_only_body: list[str] = field(default_factory=list)
    parts_only_table: list[str] = field(default_factory=list)
    texts: list[Facing] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)

    @property
    def number(self) -> int | None:
        return self.item.number

    @property
    def title(self) -> str | None:
        return next((row.title for row in self.rows if row.title), None)


@dataclass
class Pairing:
    pairs: list[Pair]
    without_row: list[Item]
    without_item: list[list[TableRow]]


def pair_up(notice: Notice) -> Pairing:
    """Pairs the items with the table's rows; nothing at all if hardly any row meets an item."""
    groups = _groups(notice.table)
    found: dict[int, Item] = {}
    taken: set[int] = set()
    for row_key, item_key in _KEYS:
        _match(groups, notice.items, found, taken, row_key, item_key)
    if len(found) < _MIN_MATCHED * len(groups):
        return Pairing([], [], [])
    rows_of = {id(found[n]): rows for n, rows in enumerate(groups) if n in found}
    return Pairing(
        [_pair(item, rows_of[id(item)]) for item in notice.items if id(item) in rows_of],
        [item for item in _assignable(notice, rows_of) if id(item) not in rows_of],
        [rows for n, rows in enumerate(groups) if n not in found],
    )


# Chapters on how the work is to be done; tables of assignments leave them out on purpose.
_FRAME = re.compile(
    r"(?:工作|有关|相关|总体|几点|具体|组织)(?:要求|保障|领导|实施)|保障措施|指导思想|(?:工作|整治|总体|主要|行动)(?:目标|原则|步骤)|目标任务$|时间安排|(?:工作|方法|实施)?步骤|阶段安排|考核奖惩|督导考核|基本原则|附则|总则"
)


def is_frame(chapter: Chapter) -> bool:
    """Whether the chapter says how to work (工作要求, 保障措施), not what to do."""
    return bool(_FRAME.search(chapter.title or ""))


def _assignable(notice: Notice, rows_of: dict[int, list[TableRow]]) -> list[Item]:
    """The items that need a row: not those of a frame chapter that the table leaves out whole.

    Nor those of another paper: chapters that are counted from one again (a letter before the plan).
    """
    return [
        item
        for paper in papers(notice.chapters)
        if any(id(item) in rows_of for chapter in paper for item in chapter.items)
        for chapter in paper
        if not is_frame(chapter) or any(id(i) in rows_of for i in chapter.items)
        for item in chapter.items
    ]


def papers(chapters: list[Chapter]) -> list[list[Chapter]]:
    """The chapters of each paper: its numbers begin with one."""
    found: list[list[Chapter]] = []
    for chapter in chapters:
        if chapter.number in (1, None) or not found:
            found.append([])
        found[-1].append(chapter)
    return found


_ENOUGH = 0.15  # share of neighbouring character pairs in common
_RowKey = Callable[[TableRow], Hashable]
_ItemKey = Callable[[Item], Hashable]
_KEYS: tuple[tuple[_RowKey, _ItemKey], ...] = (
    (
        lambda row: (row.item, fold(row.title)) if row.item and row.title else None,
        lambda item: (item.number, fold(item.title or "")),
    ),
    (lambda row: row.item, lambda item: item.number),
    (
        lambda row: fold(row.title) if row.title and row.item is None else None,
        lambda item: fold(item.title or ""),
    ),
    (
        lambda row: fold(row.text)[:20] if row.item is None else None,
        lambda item: fold(item.text)[:20],
    ),
)


def _match(
    groups: list[list[TableRow]],
    items: list[Item],
    found: dict[int, Item],
    taken: set[int],
    row_key: _RowKey,
    item_key: _ItemKey,
) -> None:
    waiting: defaultdict[Hashable, deque[Item]] = defaultdict(deque)
    for item in items:
        if id(item) not in taken:
            waiting[item_key(item)].append(item)
    for n, rows in enumerate(groups):
        key = row_key(rows[0])
        if n not in found and key and waiting.get(key) and may_be(waiting[key][0], rows):
            found[n] = waiting[key].popleft()
            taken.add(id(found[n]))


def may_be(item: Item, rows: list[TableRow]) -> bool:
    """Whether rows that bear an item's number can mean it at all: some words are the same.

    A list of tasks behind a letter counts from one, too, and has nothing to do with its items.
    """
    title = rows[0].title
    if not title or not item.title or fold(title) == fold(item.title):
        return True
    words = f"{title}{''.join(_own_text(row) for row in rows)}"
    return shared(words, f"{item.title}{_join([item, *item.parts])}") >= _ENOUGH


def _groups(table: list[TableRow]) -> list[list[TableRow]]:
    """The rows of one item together: it has several rows where its parts have their own units."""
    groups: list[list[TableRow]] = []
    for row in table:
        last = groups[-1][-1] if groups else None
        if last is not None and _continues(last, row):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _continues(last: TableRow, row: TableRow) -> bool:
    if row.item is None:
        return row.title is None and row.part is not None
    if last.item != row.item:
        return False
    return not row.title or not last.title or fold(row.title) == fold(last.title)


def _pair(item: Item, rows: list[TableRow]) -> Pair:
    pair = Pair(item, rows, columns=[c for row in rows for c in split(row.text)[1]])
    body_parts = {_sector(part.sector): part for part in item.parts if part.sector}
    table_parts = {_sector(row.part): row for row in rows if row.part}
    if not body_parts or not table_parts:
        _pair_whole(pair)
        return pair
    both = [sector for sector in body_parts if sector in table_parts]
    pair.parts_only_body = [_named(p) for s, p in body_parts.items() if s not in table_parts]
    pair.parts_only_table = [_named(r) for s, r in table_parts.items() if s not in body_parts]
    rest = [part for part in item.parts if not part.sector]
    rest_rows = [row for row in rows if not row.part]
    pair.texts = [Facing(_join([item, *rest]), _join(rest_rows))]
    pair.texts += [Facing(body_parts[s].text, split(table_parts[s].text)[0]) for s in both]
    pair.assignments = [
        Assignment(
            [item.responsible, *(part.responsible for part in rest)],
            [row.responsible for row in rest_rows],
        ),
        *_part_assignments([(body_parts[s], table_parts[s]) for s in both]),
    ]
    return pair


def _pair_whole(pair: Pair) -> None:
    item, rows = pair.item, pair.rows
    pair.texts = [Facing(_join([item, *item.parts]), _join(rows))]
    responsible = [item.responsible, *(part.responsible for part in item.parts)]
    pair.assignments = [Assignment(responsible, [row.responsible for row in rows])]


def _part_assignments(facing: list[tuple[Part, TableRow]]) -> list[Assignment]:
    """Parts that one cell of the table assigns together are compared together."""
    cells: dict[str, Assignment] = {}
    for part, row in facing:
        cell = cells.setdefault(fold(row.responsible.text), Assignment([], [row.responsible]))
        cell.body.append(part.responsible)
    return list(cells.values())


def _join(pieces: Iterable[Item | Part | TableRow]) -> str:
    return "\n".join(_own_text(piece) for piece in pieces)


def _own_text(piece: Item | Part | TableRow) -> str:
    return split(piece.text)[0] if isinstance(piece, TableRow) else piece.text


def _named(piece: Part | TableRow) -> str:
    sector = (piece.sector if isinstance(piece, Part) else piece.part) or ""
    text = _own_text(piece).strip()
    return text if text.startswith(sector) else f"{sector}：{text}"


_AND = re.compile(r"[、与及和]")


def _sector(name: str | None) -> str:
    return _AND.sub("", fold(name or "")).removesuffix("方面").removesuffix("整治")
