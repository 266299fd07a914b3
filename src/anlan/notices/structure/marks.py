"""Numbering marks: 第一章, 一、, 第一条, （一）, 1., （1）, wherever they head a stretch of text.

A mark counts when it stands at the beginning of a line or behind a stop, and when its number
carries on: the next of its kind, or one. A mark at the beginning of a line may also skip up to five
numbers (lost in copying) and begin anywhere (an excerpt).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from anlan.notices.structure.signs import DATE, NUMERALS, numeral


class Rank(IntEnum):
    """Kinds of numbering, the wider first."""

    PART = 0  # 第一章、第一部分
    SECTION = 1  # 一、
    ARTICLE = 2  # 第一条、第1项
    HEADING = 3  # （一）
    POINT = 4  # 1.
    SUBPOINT = 5  # （1）、1）


@dataclass(frozen=True)
class Mark:
    """A mark at ``start``; its text begins at ``end``."""

    rank: Rank
    number: int
    start: int
    end: int


_N = f"[{NUMERALS}]"
_SPACE = r"[ \t\u3000\xa0]"
# 1.2025年底前 and 4.6月底前: a date behind the mark, not a decimal
_DATED = r"(?:20\d\d年|(?:1[0-2]|[1-9])月(?:\d|[底末份上中下]))"
_MARK = re.compile(
    rf"第{_SPACE}?(?P<part>{_N}{{1,5}}|\d{{1,3}}){_SPACE}?(?:章|部分|编|篇)(?=\s|[{NUMERALS}\u4e00-\u9fff：:、])"
    rf"|第{_SPACE}?(?P<article>{_N}{{1,6}}|\d{{1,3}}){_SPACE}?(?:条(?![规之的款第、，。；和或至与及件])|项(?=[\s：:]))[：:]?"
    rf"|(?P<section>{_N}{{1,4}})(?:{_SPACE}?、|[．.](?!\d))(?!{_N}{{1,3}}(?:[级类等期批线产、]|是))"
    rf"|[（(〔]{_SPACE}?(?P<heading>{_N}{{1,4}}){_SPACE}?[）)〕](?![、，,。；;和至])[、]?"
    rf"|(?<![\d.])(?P<point>\d{{1,3}})(?:{_SPACE}?[．.、](?!\d)|[．.、](?={_DATED}))"
    r"|[（(](?P<subpoint>\d{1,3})[）)](?![、，。；])"
    r"|(?P<roundheading>[㈠-㈩])|(?P<dotpoint>[⒈-⒛])|(?P<roundpoint>[⑴-⒇])"
    r"|(?<![\d（(])(?P<halfpoint>\d{1,2})[）)](?![、，。；）)])"
)
NUMBER = re.compile(
    rf"第?[（(〔]?\s*(?:{_N}{{1,6}}|\d{{1,3}})\s*(?:章|部分|编|篇|条|项)?[)）〕]?[、.．：:]?|[㈠-㈩⒈-⒛]"
)
"""A whole mark, or the bare number in a table's first column."""
_RANKS = {
    "part": Rank.PART,
    "section": Rank.SECTION,
    "article": Rank.ARTICLE,
    "heading": Rank.HEADING,
    "point": Rank.POINT,
    "subpoint": Rank.SUBPOINT,
    "halfpoint": Rank.SUBPOINT,
    "roundheading": Rank.HEADING,
    "dotpoint": Rank.POINT,
    "roundpoint": Rank.SUBPOINT,
}
_LEAD = re.compile(r"[#*>\s]*")
_LARGEST_GAP = 5
_ATTACHMENTS = re.compile(
    r"^[ \t\u3000]*附[ \t\u3000]?(?:件|表|录)?[ \t\u3000]*\d{0,2}[ \t\u3000]*[：:]", re.M
)
_LIST_ENDS = re.compile(
    rf"^[ \t\u3000]*(?:{DATE.pattern}|附[ \t\u3000]?[件表录]?[ \t\u3000]*\d{{0,2}}[ \t\u3000]*$)",
    re.M,
)


def leading_mark(line: str) -> Mark | None:
    """The mark that a line begins with, its number unchecked."""
    begin = len(line) - len(line.lstrip())
    found = _MARK.match(line, begin)
    return _mark(found) if found else None


def find_marks(text: str) -> list[Mark]:
    """All marks of ``text`` in order that pass the rules above."""
    sieve = _Sieve(text)
    return [mark for mark in map(_mark, _MARK.finditer(text)) if sieve.accepts(mark)]


def _mark(found: re.Match[str]) -> Mark:
    name = found.lastgroup or ""
    return Mark(_RANKS[name], numeral(found[name]), found.start(), found.end())


class _Sieve:
    """Knows the last number of each kind and so which mark can come next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.last: dict[Rank, int] = {}
        lists = [(found.start(), True) for found in _ATTACHMENTS.finditer(text)]
        lists += [(found.start(), False) for found in _LIST_ENDS.finditer(text)]
        self.lists = sorted(lists, reverse=True)
        self.in_list = False

    def accepts(self, mark: Mark) -> bool:
        self._pass_lists(mark)
        begins_line, behind_stop = self._place(mark)
        if not (begins_line or behind_stop) or not self._in_turn(mark, begins_line):
            return False
        if self.in_list and mark.rank >= Rank.POINT:
            return False
        self.in_list = False
        self.last[mark.rank] = mark.number
        return True

    def _pass_lists(self, mark: Mark) -> None:
        while self.lists and self.lists[-1][0] < mark.start:
            self.in_list = self.lists.pop()[1]

    def _place(self, mark: Mark) -> tuple[bool, bool]:
        before = mark.start - 1
        spaced = False
        while before >= 0 and self.text[before] in " \t\u3000\xa0":
            before, spaced = before - 1, True
        if before < 0 or self.text[before] == "\n":
            return True, True
        stop = self.text[before]
        if stop in "。！？；;）)]〕】":
            return False, True
        if mark.rank >= Rank.POINT:
            return False, spaced and not (stop.isascii() and stop.isalnum())
        return False, spaced or stop in "：:”"

    def _in_turn(self, mark: Mark, begins_line: bool) -> bool:
        last = self.last.get(mark.rank)
        if mark.number == 1 or (last is not None and mark.number == last + 1):
            return True
        if not begins_line or mark.number == 0:
            return False
        if last is None or mark.rank <= Rank.ARTICLE:
            return True
        return last <= mark.number <= last + _LARGEST_GAP
