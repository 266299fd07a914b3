"""Remarks on words that stand in two items: who answers, and where is it counted?"""

from __future__ import annotations

from collections.abc import Iterator

from anlan.notices.differences.texts import clauses
from anlan.notices.document import Item, Notice, Remark, TableRow
from anlan.notices.kinds import RemarkKind
from anlan.notices.places import Places
from anlan.notices.remarks.placing import placed

_MIN_LENGTH = 14  # characters; shorter clauses are idiom (按照有关规定执行)
_QUOTED = 30


def repetition(notice: Notice, places: Places) -> list[Remark]:
    """Clauses of the body that stand in two items, and of table parts that belong elsewhere."""
    first = _first_places(notice)
    return [*_within_body(notice, first, places), *_moved(notice, first)]


def _first_places(notice: Notice) -> dict[str, Item]:
    places: dict[str, Item] = {}
    for item in notice.items:
        for words, _ in _clauses(item):
            places.setdefault(words, item)
    return places


def _within_body(notice: Notice, first: dict[str, Item], places: Places) -> Iterator[Remark]:
    for item in notice.items:
        for words, shown in _clauses(item):
            earlier = first[words]
            if earlier is not item:
                text = (
                    f"“{_short(shown)}”与{_name(earlier, places)}重复。"
                    "请只保留一处，或写明两处各由谁负责。"
                )
                remark = Remark(item.number, RemarkKind.DUPLICATE_DUTY, text)
                yield placed(remark, places.chapter(item))
                break


def _name(item: Item, places: Places) -> str:
    chapter = places.chapter(item)
    number = "" if item.number is None else f"第{item.number}项"
    return f"“{chapter}”部分{number}" if chapter else number or "上文"


def _moved(notice: Notice, first: dict[str, Item]) -> Iterator[Remark]:
    """A part of the table whose words stand in another item of the body."""
    sectors = {(item.number, part.sector) for item in notice.items for part in item.parts}
    for row in notice.table:
        if row.part is None or (row.item, row.part) in sectors:
            continue
        others = _other_items(row, first)
        if others:
            where = "、".join(f"第{number}项" for number in others)
            text = (
                f"附表把“{row.part}方面”放在第{row.item}项，同样的要求正文写在{where}。"
                "请确定归在哪一项、由谁负责。"
            )
            yield Remark(row.item, RemarkKind.DUPLICATE_DUTY, text)


def _other_items(row: TableRow, first: dict[str, Item]) -> list[int]:
    found = [first[words] for words, _ in clauses(row.text) if words in first]
    numbers = [item.number for item in found if item.number is not None]
    return sorted({number for number in numbers if number != row.item})


def _clauses(item: Item) -> list[tuple[str, str]]:
    texts = [item.text, *(part.text for part in item.parts)]
    return [each for text in texts for each in clauses(text) if len(each[0]) >= _MIN_LENGTH]


def _short(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
