"""What stands before the first chapter: title, issuer, draft mark, addressees and introduction."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from anlan.notices.structure.ending import ORGANISATION, is_date, is_signature
from anlan.notices.structure.headings import tidy_title
from anlan.notices.structure.ledger import LayoutKind, Ledger, RepairKind
from anlan.notices.structure.signs import (
    DATE,
    DRAFT_END,
    DRAFT_LINE,
    chinese_year,
    squeeze,
)
from anlan.notices.structure.text import Span, Text
from anlan.notices.structure.titles import LONGEST, SENTENCE, looks_like_title

_ISSUER = re.compile(rf"^(?P<issuer>{ORGANISATION.pattern})(?=关于|關於|印发|转发|批转|20\d\d年)")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,12}[〔\[（(【]20\d\d[〕\]）)】]第?\d{1,4}号")
_ATTACHMENT = re.compile(r"附[件表录]\d{0,2}[：:]?")
_YEAR = re.compile(r"(20[12]\d|二[〇○零][〇零一二三四五六七八九]{2})(?=年)")
_MOST_LINES = 5
_SAME = 0.8


@dataclass
class Front:
    """``title`` without the issuer's name; ``year`` only where title or date say it."""

    title: str | None = None
    issuer: str | None = None
    year: int | None = None
    draft: bool = False
    preamble: list[Span] = field(default_factory=list)
    title_end: int = 0


@dataclass(frozen=True)
class _Title:
    first: int
    last: int  # index of the paragraph behind
    words: str


def read_front(text: Text, span: Span, ledger: Ledger) -> Front:
    """Takes the front matter apart; every paragraph that is not title or issuer is preamble."""
    front = Front()
    paragraphs = _without_draft_marks(text, text.paragraphs(span), front, ledger)
    lines = [squeeze(text.raw(each)) for each in paragraphs]
    titles = _titles(lines) or _enclosed_title(lines)
    used: set[int] = set()
    if titles:
        title = titles[-1]
        used = set(range(title.first, title.last))
        front.title_end = paragraphs[title.last - 1][1]
        _set_title(front, text, paragraphs[title.first : title.last], ledger)
        used |= _drop_repeats(text, paragraphs, titles, ledger)
        _set_issuer_line(front, text, paragraphs, title.first, used)
    front.preamble = [each for index, each in enumerate(paragraphs) if index not in used]
    front.year = _year_of(front.title or "")
    return front


def signature(lines: Sequence[str]) -> tuple[str | None, int | None]:
    """Issuer and year from the last signature and date among ``lines``."""
    for index in range(len(lines) - 1, -1, -1):
        if not is_date(lines[index]):
            continue
        dated = DATE.search(lines[index])
        for count in (1, 2, 3):
            signed = "".join(lines[max(0, index - count) : index])
            if signed.strip() and is_signature(signed):
                signed = _bodies(" ".join([*_co_signed(lines, index - count), signed]))
                return signed, chinese_year(dated["year"]) if dated else None
        return None, chinese_year(dated["year"]) if dated else None
    return None, None


def _co_signed(lines: Sequence[str], index: int) -> list[str]:
    """The bodies on the lines right above a signature at ``index``."""
    first = index
    while first > 0 and is_signature(lines[first - 1]):
        first -= 1
    return list(lines[first:index])


def likeliest_year(words: str) -> int | None:
    """The year named most often, the earlier of equals; the last resort."""
    counts = Counter(chinese_year(found[1]) for found in _YEAR.finditer(words))
    return min(counts, key=lambda year: (-counts[year], year)) if counts else None


def _without_draft_marks(
    text: Text, paragraphs: list[Span], front: Front, ledger: Ledger
) -> list[Span]:
    found: list[Span] = []
    for start, end in paragraphs:
        words = text.raw((start, end))
        mark = DRAFT_LINE.match(words) or (
            len(words) <= LONGEST and DRAFT_END.search(words.rstrip())
        )
        if mark:
            front.draft = True
            ledger.lay(LayoutKind.DRAFT, mark.group())
            end = start + mark.start()
        if text.raw((start, end)).strip():
            found.append((start, end))
    return found


def _titles(lines: Sequence[str]) -> list[_Title]:
    """The titles before the first sentence or the addressees, each of up to five lines."""
    stop = next((index for index, line in enumerate(lines) if _ends_titles(line)), len(lines))
    found: list[_Title] = []
    index = 0
    while index < stop:
        title = _title_at(lines, index, stop)
        if title:
            found.append(title)
        index = title.last if title else index + 1
    return found


def _enclosed_title(lines: Sequence[str]) -> list[_Title]:
    """Where the covering letter has no title of its own: that of the paper behind the letter."""
    found = (_title_at(lines, index, len(lines)) for index in range(len(lines)))
    return [title for title in found if title][:1]


def _ends_titles(line: str) -> bool:
    return bool(SENTENCE.search(line)) or len(line) > LONGEST


def _title_at(lines: Sequence[str], first: int, stop: int) -> _Title | None:
    words = ""
    for last in range(first, min(stop, first + _MOST_LINES)):
        if _is_letterhead(lines[last]) or _ends_titles(lines[last]):
            return None
        words += lines[last]
        if words.count("《") == words.count("》") and looks_like_title(words):
            return _Title(first, last + 1, words)
    return None


def _is_letterhead(line: str) -> bool:
    """A line above or below a title that is no part of it: issuer, 文件, number, date."""
    bare = line.removesuffix("文件")
    noted = line.startswith(("（", "(")) or bool(_ATTACHMENT.fullmatch(line))
    return noted or is_signature(bare) or is_date(line) or bool(_NUMBER.fullmatch(line))


def _set_title(front: Front, text: Text, spans: list[Span], ledger: Ledger) -> None:
    words = tidy_title(" ".join(text.raw(each) for each in spans))
    words = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", words)
    found = _ISSUER.match(words)
    if found:
        front.issuer = found["issuer"]
        words = words[found.end() :]
    front.title = words


def _drop_repeats(
    text: Text, paragraphs: list[Span], titles: list[_Title], ledger: Ledger
) -> set[int]:
    """Earlier titles that say the same (a web page's heading) are removed as repairs."""
    used: set[int] = set()
    issuer = squeeze(text.raw(paragraphs[titles[-1].first - 1])) if titles[-1].first else ""
    for title in titles[:-1]:
        ratio = SequenceMatcher(None, title.words, titles[-1].words, autojunk=False).ratio()
        if ratio < _SAME:
            continue
        first = title.first
        if first and issuer and squeeze(text.raw(paragraphs[first - 1])) == issuer:
            first -= 1
        used |= set(range(first, title.last))
        for start, end in paragraphs[first : title.last]:
            before = text.raw((start, end)).strip()
            ledger.repair(text.line_at(start), RepairKind.REPEATED_TITLE, before, "")
    return used


def _set_issuer_line(
    front: Front, text: Text, paragraphs: list[Span], first: int, used: set[int]
) -> None:
    """Lines above the title that only name bodies are the issuers."""
    issuers = [front.issuer] if front.issuer else []
    inline = text.line_at(paragraphs[first][0])
    for before in range(first - 1, -1, -1):
        words = text.raw(paragraphs[before])
        # above a title that names its issuer, only a body on the same line issues it too
        apart = front.issuer and text.line_at(paragraphs[before][0]) != inline
        if before in used or apart or not is_signature(words):
            break
        issuers.insert(0, _bodies(words))
        used.add(before)
    front.issuer = " ".join(issuers) or None


def _bodies(words: str) -> str:
    """The bodies that signed: one whose name is spread by spaces, or several between spaces."""
    names = words.split()
    return " ".join(names) if all(map(is_signature, names)) else squeeze(words)


def _year_of(title: str) -> int | None:
    found = _YEAR.search(title)
    return chinese_year(found[1]) if found else None
