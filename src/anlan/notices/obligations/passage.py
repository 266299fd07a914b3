"""A text made plain for reading, every place of which leads back to the words as they stand.

Spaces and line breaks are left out (3 个 月 is 3个月), full-width figures become half-width. In
``masked``, names are blotted out: what stands in quotation marks, in 《》, a document number in
〔〕 with its 号, and tags. Nothing is counted in a name (“八条硬措施”, “1+4+4”).
A bracket that names the responsible units stands there as a run of ``OWNERS``.
"""

from __future__ import annotations

import re
from bisect import bisect_left

BLOT = "\ue000"
OWNERS = "\ue001"
_PLAIN = str.maketrans(
    "０１２３４５６７８９％．－／ＡＢＣＤＥＦＭ㎡後個號開點", "0123456789%.-/ABCDEFM㎡后个号开点"
)
_NAMES = re.compile(
    r"“[^”“]{0,80}”|《[^《》]{0,120}》|「[^」「]{0,80}」|\"[^\"]{1,40}\""
    r"|[〔\[【(（](?:19|20)\d\d[〕\]】)）](?:第?\d{1,5}号)?"
    r"|<[^<>\n]{1,40}>"
    # 治理一处、销号一处: each one, as it comes
    r"|(?<![少每各])[\u4e00-\u9fff]{2}一(?P<idiom>[处起个件项户座批家次例宗])[、，,][\u4e00-\u9fff]{2}一(?P=idiom)"
    r"|(?<!\d)\d{1,2}(?:\+\d{1,2}){1,5}(?!\d)"
)
_OWNERS = re.compile(
    r".(?:责任|牵头|主办|配合)[单部][位门]|.(?:责任|牵头|主办|配合)[^，。]{0,6}[:：]"
    r"|.[^。]*(?:负责|配合|牵头|落实)。?.$"
)
_OPEN, _CLOSE = "（(〔[【", "）)〕]】"
_LONGEST = 600


class Passage:
    """``plain`` and ``masked`` have one length; ``quote`` gives the words of the original."""

    def __init__(self, text: str, *, paragraphs: bool = False) -> None:
        self.text = text
        self._places = [place for place, char in enumerate(text) if not char.isspace()]
        self.plain = "".join(text[place] for place in self._places).translate(_PLAIN)
        self.masked = _without_owners(_NAMES.sub(_blot, self.plain))
        breaks = (place for place, char in enumerate(text) if paragraphs and char == "\n")
        self.breaks = frozenset(bisect_left(self._places, place) for place in breaks)
        """Places in ``plain`` where a paragraph begins, if ``paragraphs``."""

    def quote(self, start: int, end: int) -> str:
        """The original words of ``start:end``; start must be before end."""
        return self.text[self._places[start] : self._places[end - 1] + 1]


def _blot(match: re.Match[str]) -> str:
    return BLOT * (match.end() - match.start())


def _without_owners(masked: str) -> str:
    """Replaces each bracket that says who is responsible by as many ``OWNERS`` signs."""
    pieces, done = [], 0
    for start, end in _brackets(masked):
        words = masked[start:end]
        if start >= done and _OWNERS.match(words):
            pieces += [masked[done:start], OWNERS * (end - start)]
            done = end
    return "".join([*pieces, masked[done:]])


def _brackets(text: str) -> list[tuple[int, int]]:
    """The balanced brackets of bearable length, outer ones before those that they hold."""
    opened: list[int] = []
    found: list[tuple[int, int]] = []
    for place, char in enumerate(text):
        if char in _OPEN:
            opened.append(place)
        elif char in _CLOSE and opened:
            start = opened.pop()
            if place - start < _LONGEST:
                found.append((start, place + 1))
    return sorted(found)
