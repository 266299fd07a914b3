"""Remarks on who answers: nobody, a list left open, a body that is not in the tree."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from anlan.notices.differences.pairing import is_frame
from anlan.notices.document import Chapter, Item, Notice, Remark, Responsible
from anlan.notices.kinds import RemarkKind
from anlan.notices.responsibility import is_open, key


def owners(notice: Notice, known_units: Collection[str] | None) -> list[Remark]:
    """The remarks on owners; ``known_units`` None: no organisation tree to compare with."""
    found = [*_without_owner(notice), *_open_lists(notice)]
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


def _without_owner(notice: Notice) -> Iterator[Remark]:
    if not any(responsible.units for _, _, responsible in expressions(notice)):
        if notice.items:
            text = "全文没有写责任单位。请逐项写明由谁负责，否则无法分解落实。"
            yield Remark(None, RemarkKind.NO_OWNER, text)
        return
    rows = {row.item for row in notice.table if row.responsible.units and row.item is not None}
    for chapter in notice.chapters:
        for item in chapter.items:
            if item.number not in rows and not is_frame(chapter):
                yield from _item_without_owner(item, chapter)


def _item_without_owner(item: Item, chapter: Chapter) -> Iterator[Remark]:
    if item.responsible.units or not (item.text or item.parts):
        return
    where = f"“{chapter.title}”部分：" if item.number is None and chapter.title else ""
    inherited = item.responsible.inherited
    if not any(part.responsible.units for part in item.parts):
        text = "没有写责任单位。请写明由谁牵头、由谁配合。"
        if inherited:
            text = f"只有前文统一规定的{'、'.join(inherited)}负责，没有写市级责任单位。请确认。"
        yield Remark(item.number, RemarkKind.NO_OWNER, where + text)
        return
    bare = [part for part in item.parts if part.sector and not part.responsible.units]
    if bare:
        names = "、".join(f"“{part.sector}方面”" for part in bare)
        text = f"{names}没有写责任单位，其他方面都写了。请补上。"
        yield Remark(item.number, RemarkKind.NO_OWNER, where + text)


def _open_lists(notice: Notice) -> Iterator[Remark]:
    places: dict[int | None, dict[str, str]] = {}
    for number, place, responsible in expressions(notice):
        if responsible.text and is_open(responsible.text):
            places.setdefault(number, {}).setdefault(place, _open_words(responsible.text))
    for number, words in places.items():
        where = "、".join(words)
        quote = next(iter(words.values()))
        text = (
            f"{where}的责任单位写作“{quote}”，没有列全，没写到的单位不会认领。"
            "请逐一列出，或删去“等”字。"
        )
        yield Remark(number, RemarkKind.OPEN_UNITS, text)


def _open_words(text: str) -> str:
    """The last unit named and the words that leave the list open."""
    end = max(text.rfind("等部门"), text.rfind("等单位"), text.rfind("等有关"), text.rfind("等"))
    start = max(text.rfind(mark, 0, end) for mark in "、，；,;：（(")
    return text[start + 1 : end + 3].strip("）)。；;，, ")


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
