"""The running text of a notice as one string that knows which source line each place came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from anlan.notices.document import Lines
from anlan.notices.structure.signs import render

Span = tuple[int, int]


@dataclass
class Line:
    """A line of running text. ``hard``: it never continues the sentence of the line before."""

    text: str
    number: int
    page: int | None = None
    hard: bool = False


class Text:
    """Paragraphs joined by ``\\n``; ``starts[i]`` is where source line ``numbers[i]`` begins."""

    def __init__(self, string: str, starts: list[int], numbers: list[int]) -> None:
        self.string = string
        self.starts = starts
        self.numbers = numbers

    def line_at(self, place: int) -> int:
        """Number of the source line that the character at ``place`` stands on; 0 without lines."""
        index = bisect_right(self.starts, place) - 1
        return self.numbers[max(index, 0)] if self.numbers else 0

    def lines(self, spans: Iterable[Span]) -> Lines:
        """First and last source line of the visible characters of ``spans``."""
        ends = [self.trim(span) for span in spans]
        ends = [(start, end) for start, end in ends if start < end]
        if not ends:
            return (0, 0)
        first, last = min(start for start, _ in ends), max(end for _, end in ends)
        return self.line_at(first), self.line_at(last - 1)

    def trim(self, span: Span) -> Span:
        """``span`` without white space at its ends."""
        start, end = span
        while start < end and self.string[start].isspace():
            start += 1
        while start < end and self.string[end - 1].isspace():
            end -= 1
        return start, end

    def raw(self, span: Span) -> str:
        return self.string[span[0] : span[1]]

    def show(self, *spans: Span) -> str:
        """The words of ``spans`` for people; spans that did not touch begin a new paragraph."""
        pieces: list[str] = []
        previous = -1
        for start, end in spans:
            if pieces and "\n" in self.string[previous:start]:
                pieces.append("\n")
            pieces.append(self.string[start:end])
            previous = end
        return render("".join(pieces))

    def paragraphs(self, span: Span) -> list[Span]:
        """The paragraphs of ``span``, without blank ones."""
        found: list[Span] = []
        start, end = span
        while start < end:
            stop = self.string.find("\n", start, end)
            stop = end if stop < 0 else stop
            if self.string[start:stop].strip():
                found.append((start, stop))
            start = stop + 1
        return found
