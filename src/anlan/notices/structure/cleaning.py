"""Repairs inside one line: markup, invisible characters, half-width marks, folded paragraphs."""

from __future__ import annotations

import re

from anlan.notices.structure import traditional
from anlan.notices.structure.ledger import LayoutKind, Ledger, RepairKind
from anlan.notices.structure.marks import leading_mark
from anlan.notices.structure.signs import CLOSERS, IDEOGRAPH, OPENERS, WIDE

_TAG = re.compile(
    r"</?[A-Za-z][A-Za-z0-9]{0,10}(?:\s[^<>\n]{0,200})?/?>|&(?:nbsp|ensp|emsp|#160|#12288);"
)
_BREAKING_TAG = re.compile(r"</?(?:p|br|div|td|tr|li|h\d)\b", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+")
_WIDTH = dict(zip(",;:!?()", "，；：！？（）", strict=True))
_HALF = re.compile(r"[,;:!?()]")
_CHINESE = re.compile(f"[{WIDE}]")
_FLAT = 60  # characters from which a line may hold several paragraphs
_AFTER_STOP = re.compile(r"(?<=[。！？；：”）)\]〕])[ \t\u3000\xa0]+(?=\S)")
_BETWEEN_WORDS = re.compile(
    rf"(?<=[{IDEOGRAPH}》）〕\]号])[ \t\u3000\xa0]+(?=[{IDEOGRAPH}]|(?<![将据照按对称和与于]\s)《"
    r"|（(?:此件|公开|征求|送审|讨论|草案|初稿)|20\d\d\s?年)"
)
_SHORTEST_PIECE = 4
_FLOOD = 200  # characters of a line that may be a whole notice without breaks
_DAY = r"20\d\d年\d{1,2}月\d{1,2}日"
_SIGNS = r"(?:政府|委员会|办公室|办公厅|[委局厅])"
# Where a break must have stood: each pattern ends there. The last two: title and first chapter,
# chapter and first item.
_GLUED = (
    re.compile(r"的通知(?=各)"),  # title, addressees
    re.compile(r"(?:^|通知)各[^。：:]{2,80}[：:]"),  # addressees, letter
    re.compile(rf"[。）)](?=[{IDEOGRAPH}]{{2,30}}{_SIGNS}{_DAY})"),  # letter, signature
    re.compile(rf"。[{IDEOGRAPH}]{{2,30}}{_SIGNS}(?={_DAY})"),  # signature, date
    re.compile(rf"{_SIGNS}{_DAY}"),  # date, what follows
    re.compile(r"[（(]此件[^（）()]{2,8}[）)]"),
    re.compile(
        r"(?:方案|要点|措施|计划|分工|清单|任务|意见|如下[：:])(?=一、)"
    ),  # title, first chapter
    re.compile(
        r"[一二三四五六七八九十]{1,3}、[^，。；：:（）()]{2,20}"
        r"(?=[（(][一二三四五六七八九十]{1,3}[）)])"
    ),  # chapter, item (numbers may run on across chapters)
)
_WIDE_GAP = re.compile(r"[ \t\u3000\xa0]{3,}(?=\S)")


def strip_markup(text: str, ledger: Ledger) -> str:
    """``text`` without tags; a tag that ends a paragraph becomes a line break."""

    def replace(found: re.Match[str]) -> str:
        ledger.lay(LayoutKind.MARKUP, found.group())
        if found.group().startswith("&"):
            return " "
        return "\n" if _BREAKING_TAG.match(found.group()) else ""

    if "<" in text or "&" in text:
        text = _TAG.sub(replace, text)
    return _INVISIBLE.sub("", text)


def simplify(text: str, number: int, ledger: Ledger) -> str:
    """``text`` in simplified characters; one repair for the line, with each sign's neighbours."""
    changed = [found.start() for found in traditional.FOUND.finditer(text)]
    if not changed:
        return text
    simple = text.translate(traditional.TABLE)
    before, after = _around(text, changed), _around(simple, changed)
    ledger.repair(number, RepairKind.TRADITIONAL, before, after)
    return simple


def widen(text: str, number: int, ledger: Ledger) -> str:
    """``text`` with full-width marks beside Chinese characters; one repair for the line."""
    signs = list(text)
    changed: list[int] = []
    for found in _HALF.finditer(text):
        place = found.start()
        before = signs[place - 1] if place else ""
        after = text[place + 1 : place + 2]
        if _CHINESE.match(before) or _CHINESE.match(after):
            signs[place] = _WIDTH[text[place]]
            changed.append(place)
    for place in _partners(text, set(changed)):
        signs[place] = _WIDTH[text[place]]
        changed.append(place)
    changed.sort()
    wide = "".join(signs)
    if changed:
        ledger.repair(number, RepairKind.HALF_WIDTH, _around(text, changed), _around(wide, changed))
    return wide


def _partners(text: str, changed: set[int]) -> list[int]:
    """The half-width brackets whose other half is ``changed``: (1)推进 must not become (1）."""
    found: list[int] = []
    opened: list[int] = []
    for bracket in re.finditer(r"[()]", text):
        if bracket.group() == "(":
            opened.append(bracket.start())
        elif opened:
            pair = (opened.pop(), bracket.start())
            found += [place for place in pair if place not in changed and changed & {*pair}]
    return found


def _around(text: str, places: list[int]) -> str:
    return "…".join(text[max(0, place - 1) : place + 2] for place in places)


def unfold(text: str, *, front: bool) -> list[str]:
    """The paragraphs that a long line holds, where a space stands in place of a line break.

    ``front``: the line stands before the first numbered heading, where title, addressees and date
    have no stops, so that a space between words is enough.
    """
    if len(text) < (_FLAT if not front else _FLAT // 2):
        return [text]
    glued = _unglued(text) if front and len(text) >= _FLOOD else [text]
    wide = [part for piece in glued for part in _cut(piece, _WIDE_GAP)]
    pieces = [part for piece in wide for part in _cut(piece, _AFTER_STOP)]
    return [part for piece in pieces for part in _words(piece)] if front else pieces


def _unglued(text: str) -> list[str]:
    """The paragraphs of a text whose line breaks went without leaving even a space."""
    places = sorted({found.end() for pattern in _GLUED for found in pattern.finditer(text)})
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True) if b > a]


def _cut(text: str, pattern: re.Pattern[str]) -> list[str]:
    pieces: list[str] = []
    start = 0
    depth, seen = 0, 0
    for found in pattern.finditer(text):
        depth = _depth(text, seen, found.start(), depth)
        seen = found.start()
        if depth == 0 and not _is_bare_mark(text[start : found.start()]):
            pieces.append(text[start : found.start()])
            start = found.end()
    return [*pieces, text[start:]]


def _is_bare_mark(text: str) -> bool:
    mark = leading_mark(text)
    return mark is not None and not text[mark.end :].strip()


def _depth(text: str, start: int, end: int, depth: int) -> int:
    for sign in text[start:end]:
        if sign in OPENERS + "《":
            depth += 1
        elif sign in CLOSERS + "》":
            depth = max(0, depth - 1)
    return depth


def _words(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _cut(text, _BETWEEN_WORDS):
        short = len(piece.strip()) < _SHORTEST_PIECE
        if pieces and (short or len(pieces[-1].strip()) < _SHORTEST_PIECE):
            pieces[-1] += " " + piece
        else:
            pieces.append(piece)
    return pieces
