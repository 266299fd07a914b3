"""Chapters and items from the marks of the running text.

第一章 and 一、 head chapters; without any of them the notice has one chapter whose number and title
are None. The items of a chapter are the widest numbering below its heading; narrower numbering
stays in the text. A chapter without items holds one item whose number and title are None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from anlan.notices.document import Chapter, Item, Responsible
from anlan.notices.structure.ending import find_ending
from anlan.notices.structure.headings import Heading, split_heading
from anlan.notices.structure.ledger import LayoutKind, Ledger
from anlan.notices.structure.marks import Mark, Rank
from anlan.notices.structure.owners import find_owners
from anlan.notices.structure.parts import compose, responsible
from anlan.notices.structure.signs import DATE
from anlan.notices.structure.text import Span, Text

# What stands between a signed letter and the paper that it encloses: a date, the word 附件.
_ENCLOSES = re.compile(
    rf"^[ \t\u3000]*(?:{DATE.pattern}[^\n]{{0,20}}"
    r"|附[ \t\u3000]?[件表录][ \t\u3000]*\d{0,2}[ \t\u3000]*)$",
    re.M,
)


@dataclass
class Body:
    """The chapters, the spans that belong to the closing, and where the front matter ends."""

    chapters: list[Chapter]
    endings: list[Span]
    front_end: int


@dataclass(frozen=True)
class _Plan:
    """One chapter: its mark (None: a chapter without heading), its items' marks, where it ends."""

    mark: Mark | None
    items: tuple[Mark, ...]
    start: int
    end: int


def build_body(text: Text, marks: Sequence[Mark], ledger: Ledger) -> Body:
    """The chapters that ``marks`` (at least one) cut ``text`` into."""
    plans = [
        plan
        for each in _plans(marks, len(text.string))
        for plan in _without_enclosed(each, text.string)
    ]
    builder = _Builder(text, ledger)
    for plan, following in zip(plans, [*plans[1:], None], strict=True):
        builder.add(plan, last=following is None or _restarts(following))
    return Body(builder.chapters, builder.endings, plans[0].start)


def lone_item(text: Text, span: Span, ledger: Ledger) -> Item:
    """An item without number and title that holds all of ``span``."""
    content = compose(text, span, find_owners(text, span), ledger)
    return Item(
        None, None, content.text, content.responsible, content.parts, lines=text.lines([span])
    )


def _restarts(plan: _Plan) -> bool:
    return plan.mark is None or plan.mark.number == 1


def _without_enclosed(plan: _Plan, words: str) -> Iterator[_Plan]:
    """``plan``, and as a plan without heading the items of an enclosed paper that has no chapters.

    Such a paper begins behind a signature's date or the word 附件, its items with the number one.
    """
    for index, item in enumerate(plan.items):
        if item.number != 1 or (index == 0 and plan.mark is None):
            continue
        before = plan.items[index - 1].end if index else plan.start
        if _ENCLOSES.search(words, before, item.start):
            yield _Plan(plan.mark, plan.items[:index], plan.start, item.start)
            rest = _Plan(None, plan.items[index:], item.start, plan.end)
            yield from _without_enclosed(rest, words)
            return
    yield plan


def _plans(marks: Sequence[Mark], length: int) -> list[_Plan]:
    rank = _chapter_rank(marks)
    heads = [index for index, mark in enumerate(marks) if mark.rank == rank]
    plans: list[_Plan] = []
    if not heads or _headless(marks[: heads[0]], marks[heads[0]]):
        stop = heads[0] if heads else len(marks)
        end = marks[stop].start if heads else length
        items = _item_marks(marks[:stop], None)
        plans.append(_Plan(None, items, items[0].start, end))
    for head, following in zip(heads, [*heads[1:], len(marks)], strict=False):
        end = marks[following].start if following < len(marks) else length
        items = _item_marks(marks[head + 1 : following], rank)
        plans.append(_Plan(marks[head], items, marks[head].start, end))
    return plans


def _chapter_rank(marks: Sequence[Mark]) -> Rank | None:
    ranks = [mark.rank for mark in marks]
    if Rank.PART in ranks:
        return Rank.PART
    if Rank.SECTION not in ranks:
        return None
    articles_first = Rank.ARTICLE in ranks and ranks.index(Rank.ARTICLE) < ranks.index(Rank.SECTION)
    return None if articles_first else Rank.SECTION


def _headless(before: Sequence[Mark], first: Mark) -> bool:
    """Items stand before the first chapter heading: the beginning was lost."""
    return first.number > 1 and any(mark.rank in (Rank.ARTICLE, Rank.HEADING) for mark in before)


def _item_marks(marks: Sequence[Mark], chapter: Rank | None) -> tuple[Mark, ...]:
    if not marks:
        return ()
    ranks = {mark.rank for mark in marks}
    if Rank.ARTICLE in ranks and chapter in (None, Rank.PART, Rank.SECTION):
        rank = Rank.ARTICLE
    else:
        rank = _outer_rank(marks)
    return tuple(mark for mark in marks if mark.rank == rank)


def _outer_rank(marks: Sequence[Mark]) -> Rank:
    """The widest rank, unless the first mark's narrower one goes on behind it: 1.（一）（二）2."""
    widest = min(mark.rank for mark in marks)
    first = marks[0].rank
    begin = next(index for index, mark in enumerate(marks) if mark.rank == widest)
    last = max((mark.number for mark in marks[:begin] if mark.rank == first), default=0)
    goes_on = any(mark.rank == first and mark.number == last + 1 for mark in marks[begin:])
    return first if goes_on and last else widest


class _Builder:
    def __init__(self, text: Text, ledger: Ledger) -> None:
        self.text = text
        self.ledger = ledger
        self.chapters: list[Chapter] = []
        self.endings: list[Span] = []

    def add(self, plan: _Plan, *, last: bool) -> None:
        """Adds the chapter of ``plan``; ``last``: a closing may follow its text."""
        first_item = plan.items[0].start if plan.items else plan.end
        number, heading = self._head(plan, first_item)
        chapter = Chapter(
            number, heading.title, "", lines=self.text.lines([(plan.start, plan.end)])
        )
        if plan.items:
            chapter.text = self.text.show((heading.rest, first_item))
        else:
            end = self._close(heading.rest, plan.end) if last else plan.end
            chapter.items = [lone_item(self.text, (heading.rest, end), self.ledger)]
            chapter.lines = self.text.lines([(plan.start, end)])
        for mark, following in zip(plan.items, (*plan.items[1:], None), strict=False):
            end = following.start if following else plan.end
            if following is None and last:
                end = self._close(mark.end, end)
                chapter.lines = self.text.lines([(plan.start, end)])
            chapter.items.append(self._item(mark, end))
        if plan.items:
            self._share_owners(chapter, (heading.rest, first_item))
        self.chapters.append(chapter)

    def _share_owners(self, chapter: Chapter, span: Span) -> None:
        """Who answers for a chapter (一、整治（县应急局）) answers for its items without own."""
        words = responsible(self.text, find_owners(self.text, span)).text
        for item in chapter.items if words else []:
            own = [item.responsible, *(part.responsible for part in item.parts)]
            if not any(each.text for each in own):
                item.responsible = Responsible(self.ledger.copy(words))

    def _head(self, plan: _Plan, first_item: int) -> tuple[int | None, Heading]:
        if plan.mark is None:
            return None, Heading(None, plan.start)
        self._number(plan.mark)
        span = (plan.mark.end, first_item)
        owners = find_owners(self.text, self._first_line(span))
        owner = owners[0].span[0] if owners else span[1]
        heading = split_heading(self.text, span, self.ledger, owner=owner, chapter=bool(plan.items))
        return plan.mark.number, heading

    def _first_line(self, span: Span) -> Span:
        stop = self.text.string.find("\n", *self.text.trim(span))
        return (span[0], span[1] if stop < 0 else stop)

    def _item(self, mark: Mark, end: int) -> Item:
        self._number(mark)
        owners = find_owners(self.text, (mark.end, end))
        listed = (
            self.text.string[max(0, mark.start - 4) : mark.start].rstrip().endswith(("；", ";"))
        )
        heading = split_heading(
            self.text,
            (mark.end, end),
            self.ledger,
            owner=owners[0].span[0] if owners else end,
            article=mark.rank == Rank.ARTICLE,
            listed=listed,
        )
        content = compose(self.text, (heading.rest, end), owners, self.ledger)
        lines = self.text.lines([(mark.start, end)])
        return Item(
            mark.number,
            heading.title,
            content.text,
            content.responsible,
            content.parts,
            lines=lines,
        )

    def _number(self, mark: Mark) -> None:
        self.ledger.lay(LayoutKind.NUMBER, self.text.raw((mark.start, mark.end)))

    def _close(self, start: int, end: int) -> int:
        """Where the closing begins in the last item; what follows is remembered as closing."""
        place = find_ending(self.text, (start, end))
        if place < end:
            self.endings.append((place, end))
        return place
