"""Finding the words that say who answers: in brackets, after a dash or a label, on their own line.

Whether words name bodies at all is asked of :func:`anlan.notices.responsibility.is_expression`;
brackets such as （试行）, （党组） or （国办发〔2024〕54号） therefore stay in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from anlan.notices.notes import BARE
from anlan.notices.responsibility import is_expression, is_unit_list
from anlan.notices.responsibility.brackets import pairs
from anlan.notices.structure.ledger import LayoutKind, Ledger, RepairKind
from anlan.notices.structure.signs import CLOSERS, OPENERS, STOPS
from anlan.notices.structure.text import Span, Text

_LONGEST = 1500
_LABELS = (
    r"(?:责任|牵头|配合|主管|主办|协办|承办|落实|实施|参与|参加|监管|主责|协同)"
    r"(?:责任)?(?:单位|部门|处室|科室|股室|领导|人)(?:及[\u4e00-\u9fff]{2,6})?[：:]"
)
_LABELLED = re.compile(rf"\s*{_LABELS}")
_LABEL_INSIDE = re.compile(rf"(?<=[。；！;])\s*{_LABELS}[^。]*。?\s*$")
_DEADLINE = re.compile(
    r"[；;，,。、\s]*(?P<words>(?:完成|办结|整改|落实|推进|工作)?(?:时限|时间|期限|节点)(?:要求)?[：:].*)$"
    rf"|[；;，,。\s]\s*(?P<bare>{BARE})[。；;]?\s*$"
    rf"|[（(](?P<within>{BARE}[^（）()，。；]{{0,6}})[）)][。；;]?\s*$",
    re.S,
)
_DASH = re.compile(r"\s*(?:—+|-{2,}|－+|─+)\s*(?P<words>[^—。]{2,400}?)\s*[。；;]?\s*$")
_DASH_BEGINS = re.compile(r"\s*(?:—{2,}|-{2,}|－{2,}|─{2,})\s*")
_PLAIN = re.compile(r"^[^。；：！？]{4,200}(?:负责|落实|配合|牵头|实施|参加)[。；]?\s*$")
# 旗卫健委牵头，各苏木镇负责。 as the last sentence of a paragraph; 由… is what is to be done
_LAST_SENTENCE = re.compile(
    r"(?<=[。；])\s*(?P<words>(?!由)[^。；：！？]{4,200}(?:负责|落实|配合|牵头))[。；]?\s*$"
)
_ENDS_HERE = re.compile(r"\s*(?:[。；;]|[（(]?\d{1,2}[）).．、]|[①-⑳⑴-⒛]|[一二三四五六七八九十]是)")


@dataclass(frozen=True)
class Owner:
    """Where a responsibility stands: ``span`` with brackets, ``words`` without, ``deadline``."""

    span: Span
    words: Span
    deadline: Span | None = None
    unbalanced: bool = False


@lru_cache(maxsize=1024)
def is_owner(words: str) -> bool:
    """Whether these words, without a deadline behind them, say who answers."""
    if len(words) > _LONGEST:
        return False
    deadline = _DEADLINE.search(words)
    return is_expression(words[: deadline.start()] if deadline else words)


def begins_owner(line: str) -> bool:
    """Whether a line begins with a responsibility in brackets, after a dash or after a label."""
    words = line.strip()
    if _LABELLED.match(words):
        return True
    dash = _DASH_BEGINS.match(words)
    if dash:
        return is_owner(words[dash.end() :])
    if words[:1] not in OPENERS or not words:
        return False
    return is_owner(words[1 : pairs(words).get(0, len(words))])


def find_owners(text: Text, span: Span) -> list[Owner]:
    """The responsibilities in ``span``, in order."""
    return [
        owner for paragraph in text.paragraphs(span) for owner in _in_paragraph(text, paragraph)
    ]


def enter(owner: Owner, text: Text, ledger: Ledger) -> None:
    """Enters the brackets, dash and joints around a responsibility as layout, or their repair."""
    inner = [owner.words] + ([owner.deadline] if owner.deadline else [])
    place = owner.span[0]
    for start, end in [*inner, (owner.span[1], owner.span[1])]:
        ledger.lay(LayoutKind.BRACKET, text.string[place:start])
        place = end
    if owner.unbalanced:
        before = text.raw(owner.span).strip()
        opening = "" if before[0] in OPENERS else "（"
        after = f"{before}）" if not opening else opening + before
        line = text.line_at(owner.words[0])
        ledger.repair(line, RepairKind.UNBALANCED_BRACKET, before, after)


def _in_paragraph(text: Text, span: Span) -> list[Owner]:
    words = text.raw(span)
    if _LABELLED.match(words):
        return [_owner(span, span, text)]
    found = list(_open(text, span)) or list(_bracketed(text, span))
    if found and found[-1].span[1] >= span[1] - 2:
        return found
    return found + list(_unbracketed(text, (found[-1].span[1] if found else span[0], span[1])))


def _owner(span: Span, words: Span, text: Text, *, unbalanced: bool = False) -> Owner:
    found = _DEADLINE.search(text.raw(words))
    deadline = None
    if found:
        part = next(name for name in ("words", "bare", "within") if found[name])
        deadline = (words[0] + found.start(part), words[0] + found.end(part))
        words = (words[0], words[0] + found.start())
    return Owner(span, text.trim(words), deadline, unbalanced)


def _bracketed(text: Text, span: Span) -> Iterator[Owner]:
    start, _ = span
    words = text.raw(span)
    matched = pairs(words)
    reach = -1
    for opening in sorted(matched):
        closing = matched[opening]
        if opening < reach:
            continue
        reach = closing
        rest = words[closing + 1 : closing + 12]
        apart = rest[:1].isspace() and words[:opening].rstrip().endswith(tuple(STOPS))
        if rest.strip() and not apart and not _ENDS_HERE.match(rest):
            continue
        inner = words[opening + 1 : closing]
        ends = not rest.strip() and words[:opening].rstrip().endswith("。")
        if is_owner(inner) or (ends and is_unit_list(inner)):
            whole = (start + opening, start + closing + 1)
            yield _owner(whole, (whole[0] + 1, whole[1] - 1), text)


def _open(text: Text, span: Span) -> Iterator[Owner]:
    """A last bracket that is opened or closed only: one of the pair was lost in copying."""
    start, _ = span
    words = text.raw(span).rstrip()
    bare = words.rstrip("。；; ")
    matched = pairs(bare)
    closers = set(matched.values())
    tail = max(bare.rfind("。"), bare.rfind("；"), bare.rfind("\n")) + 1
    lost_opening = bare[-1:] in CLOSERS and len(bare) - 1 not in closers if bare else False
    opened = [place for place, sign in enumerate(bare) if sign in OPENERS and place not in matched]
    begin = tail if lost_opening else next((place for place in opened if place >= tail), -1)
    if begin < 0 or (lost_opening and not bare[begin:-1].strip()):
        return
    first = begin + 1 if bare[begin] in OPENERS else begin
    last = len(bare) - 1 if lost_opening else len(bare)
    if is_owner(bare[first:last]):
        whole = (start + begin, start + len(bare))
        yield _owner(whole, (start + first, start + last), text, unbalanced=True)


def _unbracketed(text: Text, span: Span) -> Iterator[Owner]:
    start, _ = span
    words = text.raw(span)
    dash = _last_dash(words)
    if dash and is_owner(dash["words"]):
        begin, end = dash.span("words")
        yield _owner((start + dash.start(), span[1]), (start + begin, start + end), text)
        return
    inside = _LABEL_INSIDE.search(words)
    if inside:
        whole = (start + inside.start(), start + inside.end())
        yield _owner(whole, text.trim(whole), text)
        return
    last = _LAST_SENTENCE.search(words)
    if last and is_owner(last["words"]):
        yield _owner((start + last.start("words"), span[1]), _span(last, start), text)
    elif _PLAIN.match(words) and _begins_paragraph(text, start) and is_owner(words):
        yield _owner(span, text.trim(span), text)


def _span(found: re.Match[str], start: int) -> Span:
    return (start + found.start("words"), start + found.end("words"))


def _last_dash(words: str) -> re.Match[str] | None:
    place = max(words.rfind(sign) for sign in ("—", "--", "－", "─"))
    if place < 0 or len(words) - place > _LONGEST:
        return None
    while place > 0 and words[place - 1] in "—-－─":
        place -= 1
    return _DASH.match(words, place)


def _begins_paragraph(text: Text, place: int) -> bool:
    return place > 0 and text.string[place - 1] == "\n"
