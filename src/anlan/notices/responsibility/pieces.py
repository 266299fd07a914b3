"""Cutting an expression into the words between its separators."""

from __future__ import annotations

import re
from typing import NamedTuple

from anlan.notices.responsibility.brackets import depths
from anlan.notices.responsibility.lexicon import BARE, CLOSERS, LEVEL, OPENERS, STRONG_ENDING
from anlan.notices.responsibility.names import LONGEST, is_name
from anlan.notices.responsibility.roles import cut_tail

JOINTLY = "会同"
_SEPARATOR = re.compile(rf"[、，,;；/｜|。．：:\s]+|{JOINTLY}")
_MARKS = re.compile(r"[、，,;；。：:]")
_CONJUNCTION = re.compile(r"以及|和|与|及")
# One name with a separator in it: 各县（市）、区人民政府, 各部门和单位.
_WHOLE = re.compile(
    r"县[（(〔\[]市[、,，]区(?![）)〕\]])|县[（(〔\[]市[）)〕\]]、区|市、县[（(〔\[]区|市、县、区|县、市、区"
    r"|(?<![\u4e00-\u9fff])(?:[省市县区乡镇村]、){1,3}[省市县区乡镇村](?=[两三四各]?级)|委、办、(?:厅、)?局"
    r"|[市县旗]、[区市](?=人民政府|政府|党委|管委会)"
    r"|(?<=部门)[和及、与](?:有关|相关)?单位|(?<=单位)[和及、与](?:有关|相关)?部门"
)
# A line break may stand inside a name: 市委⏎宣传部, 市公安局⏎交警支队.
_HAS_OFFICES = re.compile(r"(?:[省市县区州旗]委|党委|政府|公安局|委员会|安委会)$")
_OFFICE_WITHIN = re.compile(r"^[\u4e00-\u9fff]{0,6}(?:办|办公室|部|室|支队|大队|委|分局|工委)$")


GAP = " "


class Piece(NamedTuple):
    """Words between separators; ``before`` is the separator in front of them (``GAP``: a space)."""

    words: str
    before: str


def split(text: str) -> list[Piece]:
    """The pieces of a list; separators inside brackets, and 和 inside a name, do not separate."""
    text = _join_lines(text)
    return [part for piece in _split_marks(text) for part in _split_conjunctions(piece)]


def _split_marks(text: str) -> list[Piece]:
    depth = depths(text)
    whole = {place for match in _WHOLE.finditer(text) for place in range(*match.span())}
    found, start, before = [], 0, ""
    for match in _SEPARATOR.finditer(text):
        if depth[match.start()] or match.start() in whole:
            continue
        found.append(Piece(text[start : match.start()], before))
        start, before = match.end(), match.group().strip() or GAP
    found.append(Piece(text[start:], before))
    return [piece for piece in found if piece.words]


def _split_conjunctions(piece: Piece) -> list[Piece]:
    words, before = piece
    depth = depths(words)
    whole = {place for match in _WHOLE.finditer(words) for place in range(*match.span())}
    found, start = [], 0
    for match in _CONJUNCTION.finditer(words):
        left, right = words[start : match.start()], words[match.end() : match.end() + 40]
        outside = not depth[match.start()] and match.start() not in whole
        if outside and is_name(left) and _begins_with_name(right):
            found.append(Piece(left, before))
            start, before = match.end(), "、"
    return [*found, Piece(words[start:], before)]


def _begins_with_name(words: str) -> bool:
    if LEVEL.match(words):
        return True
    return any(is_name(words[:end]) for end in range(2, min(len(words), 30) + 1))


def _join_lines(text: str) -> str:
    """White space goes, except after a whole name, where it is as good as a mark."""
    found: list[str] = []
    for run in text.split():
        if found:
            found.append(_mark_between(found[-1][-LONGEST:], run[:LONGEST]))
        found.append(run)
    return "".join(found)


def _mark_between(left: str, right: str) -> str:
    last, first = _MARKS.split(left)[-1], cut_tail(_MARKS.split(right)[0]).name
    if not is_name(last) or right[0] in OPENERS or (last[-1] in CLOSERS and first in BARE):
        return ""
    if LEVEL.match(first):
        return "、"
    if _HAS_OFFICES.search(last) and _OFFICE_WITHIN.match(first):
        return ""
    if is_name(first):
        return "、"
    return GAP if STRONG_ENDING.search(last) else ""
