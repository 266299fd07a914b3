"""What one content cell of a table says: items with their numbers, parts, or plain paragraphs."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.notices.structure.headings import split_heading, tidy_title
from anlan.notices.structure.joining import join
from anlan.notices.structure.ledger import LayoutKind, Ledger, RepairKind
from anlan.notices.structure.marks import Rank, leading_mark
from anlan.notices.structure.parts import sector_of
from anlan.notices.structure.signs import render, squeeze
from anlan.notices.structure.text import Line, Span, Text


@dataclass
class Entry:
    """A paragraph of a cell: an item (``number``), a part (``sector``) or neither.

    ``layout`` are the number and stop that become layout once the entry is used, ``doubled`` the
    title that stood twice.
    """

    text: str
    whole: str
    number: int | None = None
    title: str | None = None
    sector: str | None = None
    ledger: Ledger | None = None


def entries_of(cell: str, line: int, ledger: Ledger) -> list[Entry]:
    """The paragraphs of ``cell`` (on source line ``line``) in order."""
    text = join([Line(part, line) for part in cell.split("\n") if part.strip()], ledger)
    return [_entry(text, span, line) for span in text.paragraphs((0, len(text.string)))]


def title_and_text(words: str, line: int, ledger: Ledger) -> tuple[str | None, str]:
    """The heading of a content cell without number, and what follows it."""
    text = Text(words, [0], [line])
    heading = split_heading(text, (0, len(words)), ledger, owner=len(words))
    return heading.title, render(words[heading.rest :])


def _entry(text: Text, span: Span, line: int) -> Entry:
    words = text.raw(span)
    whole = render(words)
    mark = leading_mark(words)
    if mark is None or mark.rank > Rank.POINT:
        return Entry(whole, whole, sector=sector_of(whole))
    own = Ledger()
    own.lay(LayoutKind.NUMBER, words[mark.start : mark.end])
    place = span[0] + mark.end
    title, rest = _titled(text, (place, span[1]), line, own)
    return Entry(rest, whole, mark.number, title, None, own)


def _titled(text: Text, span: Span, line: int, ledger: Ledger) -> tuple[str | None, str]:
    heading = split_heading(text, span, ledger, owner=span[1])
    rest = (heading.rest, span[1])
    again = split_heading(text, rest, Ledger(), owner=span[1])
    if heading.title and again.title and squeeze(again.title) == squeeze(heading.title):
        title = heading.title
        ledger.repair(line, RepairKind.REPEATED_TITLE, f"{title}。{title}。", f"{title}。")
        rest = (again.rest, span[1])
    return (tidy_title(heading.title) if heading.title else None), text.show(rest)
