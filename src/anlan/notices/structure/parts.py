"""What stands behind an item's title: text, the responsibility, and parts with their own.

One responsibility belongs to the item. Where there are several, each ends the stretch of text
before it, and each stretch is a part. Paragraphs that begin X方面， are parts even without one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from anlan.notices.document import Part, Responsible
from anlan.notices.structure.ledger import LayoutKind, Ledger
from anlan.notices.structure.marks import leading_mark
from anlan.notices.structure.owners import Owner, enter
from anlan.notices.structure.signs import STOPS
from anlan.notices.structure.text import Span, Text

_SECTOR = re.compile(
    r"\s*(?:(?:[（(]?[\d一二三四五六七八九十]{1,2}[)）.．、]|[一二三四五六七八九十]是|[①-⑳]|—+)\s*)?(?:在|对|对于)?"
    r"(?P<name>[^，。；：、！？\s“”]{2,20}?(?:、[^，。；：、！？\s“”]{2,12}){0,4})(?:安全)?方面[，,：:、]"
)


_FIRST = re.compile(r"\s*一是")


@dataclass
class Content:
    """``text``, ``responsible`` and ``parts`` of an item."""

    text: str = ""
    responsible: Responsible = field(default_factory=Responsible)
    parts: list[Part] = field(default_factory=list)


@dataclass
class _Stretch:
    """Text with the responsibilities that end it."""

    spans: list[Span]
    owners: list[Owner] = field(default_factory=list)


def sector_of(words: str) -> str | None:
    """煤矿 for words that begin 煤矿方面，."""
    found = _SECTOR.match(words)
    return found["name"] if found else None


def compose(text: Text, span: Span, owners: list[Owner], ledger: Ledger) -> Content:
    """The content of ``span``, in which ``owners`` are the responsibilities."""
    for owner in owners:
        enter(owner, text, ledger)
    stretches, tail = _stretches(text, span, owners, ledger)
    sectors = [each for each in text.paragraphs(span) if sector_of(text.raw(each))]
    if len(stretches) < 2 and len(sectors) < 2:
        spans = [each for stretch in stretches for each in stretch.spans] + tail
        return _whole(text, spans, [owner for stretch in stretches for owner in stretch.owners])
    return _divided(text, stretches, tail)


def responsible(text: Text, owners: list[Owner]) -> Responsible:
    """The words of one or several responsibilities that stand together."""
    return Responsible("\n".join(text.show(owner.words) for owner in owners))


def _whole(text: Text, spans: list[Span], owners: list[Owner]) -> Content:
    spans = spans + [owner.deadline for owner in owners if owner.deadline]
    deadlines = len([owner for owner in owners if owner.deadline])
    plain = spans[: len(spans) - deadlines]
    words = [text.show(*plain)] + [text.show(each) for each in spans[len(plain) :]]
    return Content("\n".join(filter(None, words)), responsible(text, owners))


def _stretches(
    text: Text, span: Span, owners: list[Owner], ledger: Ledger
) -> tuple[list[_Stretch], list[Span]]:
    found: list[_Stretch] = []
    place = span[0]
    for owner in owners:
        before = (place, owner.span[0])
        if found and not text.raw(before).strip():
            found[-1].owners.append(owner)
        else:
            found.append(_Stretch([before], [owner]))
        place = _after_stop(text, owner, span, found[-1], ledger)
    tail = [(place, span[1])] if text.raw((place, span[1])).strip() else []
    return found, tail


def _after_stop(text: Text, owner: Owner, span: Span, stretch: _Stretch, ledger: Ledger) -> int:
    """The full stop behind a bracket ends the sentence before it; a second one is layout."""
    place = owner.span[1]
    if place >= span[1] or text.string[place] not in "。；;":
        return place
    before = text.raw((stretch.spans[0][0], stretch.owners[0].span[0])).rstrip()
    if not before or before[-1] in STOPS:
        ledger.lay(LayoutKind.STOP, text.string[place])
    else:
        stretch.spans.append((place, place + 1))
    return place + 1


def _divided(text: Text, stretches: list[_Stretch], tail: list[Span]) -> Content:
    content = Content()
    plain: list[str] = []
    if tail:
        stretches = [*stretches, _Stretch(tail)]
    several = sum(bool(stretch.owners) for stretch in stretches) > 1
    for stretch in stretches:
        intro, bodies = _split_stretch(text, stretch)
        plain += [text.show(each) for each in intro]
        if not bodies:
            _add_owners(text, content, stretch.owners)
            continue
        owners = stretch.owners if several else []
        parts = [_part(text, body, owners if body is bodies[-1] else []) for body in bodies]
        content.parts += parts
        if not several:
            _add_owners(text, content, stretch.owners)
            plain += [text.show(owner.deadline) for owner in stretch.owners if owner.deadline]
    content.text = "\n".join(filter(None, plain))
    return content


def _add_owners(text: Text, content: Content, owners: list[Owner]) -> None:
    """Responsibilities without text before them are the item's own."""
    words = [content.responsible.text, responsible(text, owners).text]
    content.responsible.text = "\n".join(filter(None, words))


def _split_stretch(text: Text, stretch: _Stretch) -> tuple[list[Span], list[list[Span]]]:
    """Introductory paragraphs, and the spans of each part that the stretch holds."""
    paragraphs = text.paragraphs(stretch.spans[0])
    begins = [index for index, each in enumerate(paragraphs) if sector_of(text.raw(each))]
    if not stretch.owners and not begins:
        return paragraphs, []
    if not begins:
        first = _first_own(text, paragraphs)
        body = paragraphs[first:] + stretch.spans[1:]
        return paragraphs[:first], [body] if body else []
    bodies = [
        paragraphs[begin:end]
        for begin, end in zip(begins, [*begins[1:], len(paragraphs)], strict=True)
    ]
    rest: list[Span] = []
    if not stretch.owners:
        rest, bodies[-1] = bodies[-1][1:], bodies[-1][:1]
    bodies[-1] = bodies[-1] + stretch.spans[1:]
    return paragraphs[: begins[0]] + rest, bodies


def _first_own(text: Text, paragraphs: list[Span]) -> int:
    """Index of the paragraph that a part begins with, behind an introduction."""
    for index, paragraph in enumerate(paragraphs[1:], 1):
        before = text.raw(paragraphs[index - 1]).strip()
        if before.endswith(("：", ":")) or (index == 1 and _FIRST.match(text.raw(paragraph))):
            return index
        # 1.完善预案体系 above （1）… is the name of this part, not an introduction to all parts
        if index == 1 and leading_mark(text.raw(paragraph)) and not leading_mark(before):
            return index
    return 0


def _part(text: Text, spans: list[Span], owners: list[Owner]) -> Part:
    words = text.show(*spans)
    deadlines = [text.show(owner.deadline) for owner in owners if owner.deadline]
    lines = text.lines([*spans, *(owner.span for owner in owners)])
    return Part(
        sector_of(words),
        "\n".join([words, *deadlines]),
        responsible(text, owners),
        lines=lines,
    )
