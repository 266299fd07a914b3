"""The title in front of an item's or chapter's text: （一）树牢安全发展理念。把…

The first sentence is the title when it is short and more text follows; an item that is one sentence
with a stop, or that names its owner at once, is text without a title, because it binds by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.notices.responsibility.brackets import pairs
from anlan.notices.structure.ledger import LayoutKind, Ledger
from anlan.notices.structure.signs import CLOSERS, IDEOGRAPH, OPENERS, STOPS, WHITE
from anlan.notices.structure.text import Span, Text

_LONGEST = 40  # characters of a title on a line of its own
_SENTENCE = 30  # of a title that is a sentence in front of others
_WITH_COMMA = 24
_BEFORE_COLON = 16
_GAP = re.compile(rf"(?<=[{IDEOGRAPH}）])[ \t\u3000\xa0]+(?=[{IDEOGRAPH}])")
_CLAUSES = re.compile(r"[，、：。；\d]")
_NO_TITLE = re.compile(r"如下|下列|包括|以下$")
_STATUTE = re.compile(r"应当|适用|是指|本[办规细]|为了|^为|根据|制定|所称|不得|可以|负责")
_SPACE_BETWEEN = re.compile(rf"(?<=[{IDEOGRAPH}，、]) (?=[{IDEOGRAPH}])")


@dataclass(frozen=True)
class Heading:
    """``title`` or None, and where the text behind it begins."""

    title: str | None
    rest: int


def split_heading(
    text: Text,
    span: Span,
    ledger: Ledger,
    *,
    owner: int,
    article: bool = False,
    chapter: bool = False,
    listed: bool = False,
) -> Heading:
    """The heading of ``span``; ``owner`` is where its first responsibility begins (or the end).

    ``article``: 第X条, whose first sentence mostly binds; ``chapter``: a heading above items;
    ``listed``: the item before ended with a semicolon, so that this is one more line of a list.
    """
    start, end = text.trim(span)
    line_end = text.string.find("\n", start, end)
    line_end = end if line_end < 0 else line_end
    limit = max(start, min(line_end, owner))
    head = text.string[start:limit]
    stop = _first_stop(head)
    length = 0 if listed and stop >= 0 else _title_length(head, stop, article)
    alone = not text.string[start + length + 1 : end].strip()
    if length and stop == length and (alone or _only_owner(text, start + length + 1, owner)):
        length = length if chapter else 0
    elif length and not chapter and limit == owner < end and stop < 0 and length == len(head):
        length = (
            length if text.string[owner:end].count("\n") or _goes_on(text, owner, line_end) else 0
        )
    if not length:
        return Heading(None, start)
    rest = start + length
    if stop == length:
        ledger.lay(LayoutKind.STOP, text.string[rest])
        rest += 1
    return Heading(tidy_title(text.string[start : start + length]), rest)


def tidy_title(words: str) -> str:
    """A title on one line, without the spaces that spread it."""
    return _SPACE_BETWEEN.sub("", Text(words, [0], [0]).show((0, len(words))).replace("\n", ""))


def _goes_on(text: Text, owner: int, end: int) -> bool:
    """全面排查（责任单位：县应急局）。各乡镇要…: more stands behind the bracket of the owner."""
    words = text.string[owner:end]
    return bool(words[pairs(words).get(0, len(words)) + 1 :].strip("。；; "))


def _only_owner(text: Text, place: int, owner: int) -> bool:
    return not text.string[place:owner].strip()


def _title_length(head: str, stop: int, article: bool) -> int:
    """How many characters of ``head`` are a title; ``stop`` is the place of its first stop."""
    words = head if stop < 0 else head[:stop]
    gap = next((found for found in _GAP.finditer(words) if _is_cut(words, found)), None)
    if gap:
        words, stop = words[: gap.start()], -1
    size = len(WHITE.sub("", words))
    if not words or (article and _STATUTE.search(words)) or _NO_TITLE.search(words):
        return 0
    if stop < 0:
        fits = size <= _LONGEST and ("，" not in words or size <= _SENTENCE)
    elif head[stop] in "。！!":
        fits = size <= _SENTENCE and (words.count("，") == 0 or size <= _WITH_COMMA)
    else:
        fits = head[stop] in "：:" and size <= _BEFORE_COLON and "，" not in words
    return len(words) if fits else 0


def _is_cut(words: str, gap: re.Match[str]) -> bool:
    """A space in place of a line break: a title before, a sentence behind (not a second phrase)."""
    before = words[: gap.start()]
    depth = sum(before.count(sign) for sign in OPENERS + "《“")
    depth -= sum(before.count(sign) for sign in CLOSERS + "》”")
    return depth <= 0 and len(before) >= 4 and bool(_CLAUSES.search(words[gap.end() :]))


def _first_stop(head: str) -> int:
    depth = 0
    for place, sign in enumerate(head):
        if sign in OPENERS + "《“":
            depth += 1
        elif sign in CLOSERS + "》”":
            depth = max(0, depth - 1)
        elif sign in STOPS and depth == 0:
            return place
    return -1
