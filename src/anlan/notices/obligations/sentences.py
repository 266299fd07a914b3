"""Cuts a text into stretches (at 。；！？) and a stretch into clauses (at commas outside brackets).

A clause that is nothing but a date or a period (2025年底前，) belongs to the clause after it; one
that is nothing but a measure (，每日不少于2次) to the clause before it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from anlan.notices.obligations.passage import OWNERS

_LONGEST = 1000  # characters of a clause: what is longer is no clause, and is read in pieces
_FULL = "。！？!?"
_STOPS = _FULL + "；;" + OWNERS
_GOES_ON = "；;：:，,、"  # a paragraph that ends so has its subject in common with the next
_COMMAS = "，,：:"
_OPEN, _CLOSE = "（(〔[【", "）)〕]】"
_MARKER = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[是、．]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|第[一二三四五六七八九十百]{1,5}条|\d{1,2}[．、.](?:(?!\d)|(?=20\d\d年|\d{1,2}月[\d底末份上中下])))"
)


@dataclass(frozen=True)
class Span:
    """A place in a passage, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True)
class Stretch:
    """Clauses up to one 。 or ；.

    ``opens``: the stretch begins a new sentence; ``marked``: it begins with a numbering mark.
    """

    clauses: tuple[Span, ...]
    opens: bool
    marked: bool = False

    @property
    def span(self) -> Span:
        return Span(self.clauses[0].start, self.clauses[-1].end)


def stretches(masked: str, breaks: Container[int] = ()) -> Iterator[Stretch]:
    """The stretches of a passage in order; one pass. ``breaks``: where its paragraphs begin."""
    cuts: list[int] = []
    start, depth, opens = 0, 0, True
    for place, char in enumerate(masked):
        if place in breaks and place > start:
            yield from _stretch(masked, start, [*cuts, place], opens)
            opens = masked[place - 1] not in _GOES_ON
            start, depth, cuts = place, 0, []
        if char in _OPEN or char in _CLOSE:
            depth = max(0, depth + (1 if char in _OPEN else -1))
        elif char in _STOPS and (depth == 0 or char in _FULL + OWNERS):
            yield from _stretch(masked, start, [*cuts, place], opens)
            opens, start, depth, cuts = char in _FULL, place + 1, 0, []
        elif char in _COMMAS and depth == 0 and not _in_number(masked, place):
            cuts.append(place)
    yield from _stretch(masked, start, [*cuts, len(masked)], opens)


def _in_number(masked: str, place: int) -> bool:
    around = masked[max(0, place - 1) : place + 2]
    return len(around) == 3 and around[0].isdecimal() and around[2].isdecimal()


def _stretch(masked: str, start: int, cuts: list[int], opens: bool) -> Iterator[Stretch]:
    marker = _MARKER.match(masked, start)
    spans, begin = [], marker.end() if marker else start
    for cut in cuts:
        for piece in range(begin, cut, _LONGEST):
            spans.append(Span(piece, min(piece + _LONGEST, cut)))
        begin = max(begin, cut + 1)
    if spans:
        yield Stretch(tuple(spans), opens, marked=marker is not None)
