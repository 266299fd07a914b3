"""The proof that nothing of the text was dropped.

Every character of the input is in exactly one of: a text of the notice, layout, or what a repair
says it removed. White space does not count, a half-width mark equals its full-width form, and a
traditional character its simplified one. In signs:

    input + copies = texts + layout + removed

``texts`` are title, issuer, preamble, closing, and title, text and responsible text of chapters,
items, parts and rows; ``copies`` are words that the notice carries more often than the input (an
issuer known from the signature only, a merged cell given to each of its rows). Layout must look
like layout: a numbering mark, brackets, tags, column names, a chapter's title repeated in a table.
And each text is in order: it can be read in the input from left to right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from anlan.notices.document import Lines, Notice, Paragraph, Source
from anlan.notices.structure import traditional
from anlan.notices.structure.build import Reading
from anlan.notices.structure.columns import is_head_name
from anlan.notices.structure.ledger import Layout, LayoutKind
from anlan.notices.structure.marks import NUMBER
from anlan.notices.structure.signs import DRAFT_LINE, WHITE, squeeze

_FOLD = str.maketrans("，；：！？（）", ",;:!?()") | traditional.TABLE
_LAYOUT = {
    LayoutKind.NUMBER: NUMBER,
    LayoutKind.BRACKET: re.compile(r"[（(〔\[【［）)〕\]】］—\-－─。；;，,、\s]*"),
    LayoutKind.MARKUP: re.compile(r"<[^<>]*>|&[#\w]+;"),
    LayoutKind.DRAFT: DRAFT_LINE,
    LayoutKind.STOP: re.compile(r"[。！!：:；;]"),
}


@dataclass
class Account:
    """What does not balance. All empty: every character is accounted for."""

    lost: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    not_layout: list[Layout] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)

    @property
    def balances(self) -> bool:
        return not (self.lost or self.invented or self.not_layout or self.disordered)


def account(reading: Reading) -> Account:
    """The account of ``reading``; see the head of this module."""
    notice, ledger, source = reading.notice, reading.ledger, reading.source
    given = _count(*(words for _, words in _blocks(source)), *ledger.copies)
    carried = _count(*(words for words, _ in texts(notice)), *(each.text for each in ledger.layout))
    for repair in ledger.repairs:
        carried += _count(repair.before) - _count(repair.after)
    titles = {squeeze(each.title) for each in notice.chapters if each.title}
    return Account(
        lost=given - carried,
        invented=carried - given,
        not_layout=[each for each in ledger.layout if not _is_layout(each, titles)],
        disordered=list(_disordered(reading)),
    )


def texts(notice: Notice) -> Iterator[tuple[str, Lines]]:
    """All texts of a notice, each with the source lines that it came from (0, 0: not known)."""
    for words in (notice.title, notice.issuer, notice.preamble, notice.closing):
        yield words or "", (0, 0)
    for chapter in notice.chapters:
        yield from ((chapter.title or "", chapter.lines), (chapter.text, chapter.lines))
        for item in chapter.items:
            yield from ((item.title or "", item.lines), (item.text, item.lines))
            yield item.responsible.text, item.lines
            for part in item.parts:
                yield from ((part.text, part.lines), (part.responsible.text, part.lines))
    for row in notice.table:
        yield from ((row.title or "", (0, 0)), (row.text, (0, 0)), (row.responsible.text, (0, 0)))


def _blocks(source: Source) -> Iterator[tuple[int, str]]:
    for block in source.blocks:
        words = block.text if isinstance(block, Paragraph) else "\n".join(block.cells)
        yield block.line, words


def _count(*words: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for each in words:
        found.update(_plain(each))
    return found


def _plain(words: str) -> str:
    return WHITE.sub("", words).translate(_FOLD)


def _is_layout(each: Layout, chapter_titles: set[str]) -> bool:
    if each.kind == LayoutKind.HEADER:
        return is_head_name(each.text)
    if each.kind == LayoutKind.GROUP:
        return squeeze(each.text) in chapter_titles
    return bool(_LAYOUT[each.kind].fullmatch(each.text.strip()))


def _disordered(reading: Reading) -> Iterator[str]:
    """Texts that cannot be read in their lines of the input from left to right."""
    lines: dict[int, str] = {}
    for number, words in _blocks(reading.source):
        lines[number] = lines.get(number, "") + _plain(words)
    copies = {_plain(each) for each in reading.ledger.copies}
    for words, (first, last) in texts(reading.notice):
        plain = _plain(words)
        if not first or not plain or plain in copies:
            continue
        if not _reads_in(plain, "".join(lines.get(each, "") for each in range(first, last + 1))):
            yield words


def _reads_in(words: str, stream: str) -> bool:
    place = 0
    for sign in words:
        place = stream.find(sign, place) + 1
        if not place:
            return False
    return True
