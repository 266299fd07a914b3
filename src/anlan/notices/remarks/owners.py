"""Remarks on who answers: nobody, a list left open, a body that is not in the tree."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from anlan.notices.differences.pairing import is_frame, papers
from anlan.notices.document import Chapter, Item, Notice, Remark, Responsible
from anlan.notices.kinds import RemarkKind
from anlan.notices.places import Places
from anlan.notices.remarks.placing import placed
from anlan.notices.responsibility import is_open, key

_OPEN_END = re.compile(
    r"等(?:有关|相关|各|市直|县直|区直)*(?:[^、，；,;。（）()按]{0,12}?(?:单位|部门|机构))?"
)


def owners(notice: Notice, known_units: Collection[str] | None, places: Places) -> list[Remark]:
    """The remarks on owners; ``known_units`` None: no organisation tree to compare with."""
    found = [*_without_owner(notice, places), *_open_lists(notice, places)]
    if known_units is not None:
        found += _unknown(notice, known_units)
    return found


def expressions(notice: Notice) -> Iterator[tuple[int | None, str, Responsible]]:
    """Every responsibility of the notice: item number, 正文 or 附表, the responsibility."""
    for item in notice.items:
        yield item.number, "正文", item.responsible
        for part in item.parts:
            yield item.number, "正文", part.responsible
    for row in notice.table:
        yield row.item, "附表", row.responsible


def _without_owner(notice: Notice, places: Places) -> Iterator[Remark]:
    if not any(responsible.units for _, _, responsible in expressions(notice)):
        if notice.items:
            text = "全文没有写责任单位。请逐项写明由谁负责，否则无法分解落实。"
            yield Remark(None, RemarkKind.NO_OWNER, text)
        return
    rows = {row.item for row in notice.table if row.responsible.units and row.item is not None}
    for chapter in _assigning(notice):
        for item in chapter.items:
            if item.number not in rows and not is_frame(chapter):
                for remark in _item_without_owner(item):
                    yield placed(remark, places.chapter(item))


def _assigning(notice: Notice) -> Iterator[Chapter]:
    """The chapters of the papers that name owners: a covering letter with its own 一、 does not."""
    for paper in papers(notice.chapters):
        items = [item for chapter in paper for item in chapter.items]
        answering = [each for item in items for each in (item.responsible, *_of_parts(item))]
        if any(each.units for each in answering):
            yield from paper


def _of_parts(item: Item) -> list[Responsible]:
    return [part.responsible for part in item.parts]


def _item_without_owner(item: Item) -> Iterator[Remark]:
    if item.responsible.units or not (item.text or item.parts):
        return
    inherited = item.responsible.inherited
    if not any(part.responsible.units for part in item.parts):
        text = "没有写责任单位。请写明由谁牵头、由谁配合。"
        if inherited:
            text = f"只有前文统一规定的{'、'.join(inherited)}负责，没有写市级责任单位。请确认。"
        yield Remark(item.number, RemarkKind.NO_OWNER, text)
        return
    bare = [part for part in item.parts if part.sector and not part.responsible.units]
    if bare:
        names = "、".join(f"“{part.sector}方面”" for part in bare)
        text = f"{names}没有写责任单位，其他方面都写了。请补上。"
        yield Remark(item.number, RemarkKind.NO_OWNER, text)


def _open_lists(notice: Notice, places: Places) -> Iterator[Remark]:
    """One remark for each item, with its rows where their number says whose they are."""
    rows: dict[int | None, list[Responsible]] = {}
    for row in notice.table:
        rows.setdefault(row.item, []).append(row.responsible)
    for item in notice.items:
        body = [item.responsible, *(part.responsible for part in item.parts)]
        table = [] if places.restarts else rows.pop(item.number, [])
        remarks = _open_list(item.number, {"正文": body, "附表": table})
        yield from (placed(remark, places.chapter(item)) for remark in remarks)
    for number, responsibles in rows.items():
        yield from _open_list(number, {"附表": responsibles})


def _open_list(number: int | None, sides: dict[str, list[Responsible]]) -> Iterator[Remark]:
    words = {
        side: _open_words(each.text)
        for side, responsibles in sides.items()
        for each in reversed(responsibles)
        if each.text and is_open(each.text)
    }
    if words:
        where = "、".join(words)
        quote = next(iter(words.values()))
        text = (
            f"{where}的责任单位写作“{quote}”，没有列全，没写到的单位不会认领。"
            "请逐一列出，或删去“等”字。"
        )
        yield Remark(number, RemarkKind.OPEN_UNITS, text)


def _open_words(text: str) -> str:
    """The last unit named and the words that leave the list open."""
    end = text.rfind("等")
    start = max(text.rfind(mark, 0, end) for mark in "、，；,;：（(")
    following = _OPEN_END.match(text, end)
    return text[start + 1 : following.end() if following else end + 1]


def _unknown(notice: Notice, known_units: Collection[str]) -> Iterator[Remark]:
    known = {key(name) for name in known_units}
    places: dict[str, list[int | None]] = {}
    for number, _, responsible in expressions(notice):
        for name in [*(unit.name for unit in responsible.units), *responsible.inherited]:
            if key(name) not in known and number not in places.setdefault(name, []):
                places[name].append(number)
    for name, numbers in places.items():
        where = "、".join(f"第{number}项" for number in numbers if number is not None)
        text = (
            f"责任单位“{name}”不在组织机构里（{where or '正文'}）。请改用规范名称，或先建这个机构。"
        )
        yield Remark(numbers[0], RemarkKind.UNKNOWN_UNIT, text)
