"""The readable report of a notice: what was read, where it contradicts itself, repairs."""

from __future__ import annotations

from collections.abc import Iterator

from anlan.notices import labels
from anlan.notices.document import (
    Chapter,
    Item,
    Notice,
    Obligation,
    ObligationKind,
    Repair,
    Responsible,
    Role,
)
from anlan.notices.kinds import DifferenceKind, RemarkKind

_BOLD, _RED, _GREEN, _YELLOW, _CYAN, _GREY = "1", "31", "32", "33", "36", "90"
_QUOTED = 70  # characters of a quotation
_MARKS = {DifferenceKind.PUNCTUATION, DifferenceKind.WORDING}
_ORDER = (Role.LEAD, Role.RESPONSIBLE, Role.ASSIST, Role.OVERSEE)


def report(notice: Notice, *, colour: bool) -> str:
    """The report as text; with ANSI colours if ``colour``."""
    return "\n".join(_Report(colour).lines(notice)) + "\n"


class _Report:
    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def lines(self, notice: Notice) -> Iterator[str]:
        yield from self._head(notice)
        for chapter in notice.chapters:
            yield from self._chapter(chapter)
        yield from self._table(notice)
        yield from self._differences(notice)
        yield from self._remarks(notice)
        yield from self._repairs(notice.repairs)

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text

    def _section(self, name: str, count: int | None = None) -> Iterator[str]:
        yield ""
        yield self._paint(_BOLD, name if count is None else f"{name}（{count}）")

    def _head(self, notice: Notice) -> Iterator[str]:
        yield self._paint(_BOLD, notice.title or "（没有标题）")
        facts = [
            notice.issuer or "没有读到发文机关",
            f"{notice.year}年" if notice.year else "没有读到年份",
            "征求意见稿" if notice.draft else "正式稿",
            f"{len(notice.chapters)} 章 {len(notice.items)} 项",
            f"附表 {len(notice.table)} 行" if notice.table else "没有附表",
        ]
        yield self._paint(_GREY, " · ".join(facts))
        if notice.source is not None and notice.source.confidence is not None:
            confidence = f"{notice.source.confidence:.0%}"
            yield self._paint(
                _YELLOW, f"文字由图像识别得到，平均把握 {confidence}，请对照原件核对。"
            )

    def _chapter(self, chapter: Chapter) -> Iterator[str]:
        if chapter.title:
            yield ""
            yield self._paint(_BOLD, f"{_numbered(chapter.number)}{chapter.title}")
        for item in chapter.items:
            yield from self._item(item)

    def _item(self, item: Item) -> Iterator[str]:
        name = f"{_numbered(item.number)}{item.title or _short(item.text, 30)}"
        if name:
            yield f"  {name}"
        yield from self._owners(item.responsible, "    ")
        yield from self._measures(item.obligations, "    ")
        for part in item.parts:
            yield f"    {part.sector}方面" if part.sector else f"    {_short(part.text, 30)}"
            yield from self._owners(part.responsible, "      ")
            yield from self._measures(part.obligations, "      ")

    def _owners(self, responsible: Responsible, indent: str) -> Iterator[str]:
        for role in _ORDER:
            names = [unit.name for unit in responsible.units if unit.role is role]
            if names:
                yield self._paint(_CYAN, f"{indent}{labels.ROLES[role]}：{'、'.join(names)}")
        if responsible.inherited:
            names = responsible.inherited
            yield self._paint(_GREY, f"{indent}统一规定：{'、'.join(names)}")

    def _measures(self, obligations: list[Obligation], indent: str) -> Iterator[str]:
        for each in obligations:
            if each.kind is not ObligationKind.DUTY:
                words = f"{indent}· {labels.OBLIGATIONS[each.kind]}：{measure(each)}"
                yield self._paint(_GREEN, words) + self._paint(_GREY, f"  {_short(each.text, 40)}")

    def _table(self, notice: Notice) -> Iterator[str]:
        if not notice.table:
            return
        yield from self._section("附表", len(notice.table))
        for row in notice.table:
            name = f"{row.part}方面" if row.part else row.title or _short(row.text, 30)
            units = "、".join(unit.name for unit in row.responsible.units)
            yield f"  {_numbered(row.item)}{name}"
            if units:
                yield self._paint(_CYAN, f"    {units}")

    def _differences(self, notice: Notice) -> Iterator[str]:
        if not notice.table:
            return
        yield from self._section("正文与附表不一致", len(notice.differences))
        for each in notice.differences:
            kind = DifferenceKind(each.kind)
            label = self._paint(_GREY if kind in _MARKS else _RED, labels.DIFFERENCES[kind])
            chapter = f"“{each.chapter}”部分" if each.chapter else ""
            yield f"  {chapter}{_place(each.item) if each.item or not chapter else ' '}{label}"
            if each.body:
                yield f"    正文：{_short(each.body)}"
            if each.table:
                yield f"    附表：{_short(each.table)}"

    def _remarks(self, notice: Notice) -> Iterator[str]:
        yield from self._section("请起草单位核对", len(notice.warnings))
        for each in notice.warnings:
            label = self._paint(_YELLOW, labels.REMARKS[RemarkKind(each.kind)])
            yield f"  {_place(each.item)}{label}：{each.text}"

    def _repairs(self, repairs: list[Repair]) -> Iterator[str]:
        yield from self._section("已自动修复", len(repairs))
        for each in repairs:
            after = f" → “{_broken(each.after)}”" if each.after else "，已删去"
            kind = labels.REPAIRS[each.kind]
            yield self._paint(_GREY, f"  第{each.line}行 {kind}：“{_broken(each.before)}”{after}")


def measure(each: Obligation) -> str:
    """The arithmetic of an obligation in words: 每年 不少于1—2项，2025-12-31前."""
    value = "" if each.value is None else f"{each.value:g}"
    if each.value_max is not None:
        value += f"—{each.value_max:g}"
    words = [
        labels.PERIODS[each.period] if each.period else "",
        labels.OPERATORS.get(each.op or "", "") + value + (each.unit or ""),
        f"（{each.window_months:g}个月内）" if each.window_months else "",
        f"{each.deadline.isoformat()}前" if each.deadline else "",
    ]
    return " ".join(word for word in words if word)


def _numbered(number: int | None) -> str:
    return "" if number is None else f"{number}. "


def _place(number: int | None) -> str:
    return "全文 " if number is None else f"第{number}项 "


def _broken(text: str) -> str:
    """A quotation that shows where the line was broken."""
    return _short("⏎".join(text.split("\n")), 30)


def _short(text: str, limit: int = _QUOTED) -> str:
    line = "".join(text.split())
    return line if len(line) <= limit else f"{line[:limit]}…"
