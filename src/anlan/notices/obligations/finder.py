"""Finds the obligations of a text: each measure in its clause, and duties in the words around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from anlan.notices.document import Obligation
from anlan.notices.obligations import duties, neighbours, periods, sentences, subjects, universals
from anlan.notices.obligations.measures import Measure, Reader
from anlan.notices.obligations.passage import Passage
from anlan.notices.obligations.sentences import Span, Stretch

_INTRODUCTION = 24  # characters of a date or period and the words that lead to it
_AHEAD = 8  # clauses after a condition in which the bound party is looked for
_TIME_ENDS = frozenset("前底末内年度月周季日天止旬号班次时期")
_INTRODUCTORY = frozenset("：力争取确保到在于其中原则上为前、和")
# 有下列情形之一的，…：（二）发生一次死亡3人以上事故的。
_LISTED_CASE = re.compile(r"(?:[^，]{0,12}(?:内|期间))?(?:累计|连续)?(?:发生|出现)[^，]*的$")
_LIST_FOLLOWS = re.compile(r"(?:下列|以下)[\u4e00-\u9fff]{0,6}$")
_CONTINUES = re.compile(r"^(?:并|要|应|须|必须|不得|严禁|还)")


def find(
    text: str,
    *,
    year: int | None,
    default_subject: str | None = None,
    paragraphs: bool = False,
) -> list[Obligation]:
    """The obligations of ``text`` in order; ``year`` is the notice's, for 年底前.

    Each ``text`` stands verbatim in the input. ``default_subject`` is who is bound where the words
    name nobody. ``paragraphs``: a line break ends a sentence; else it may stand anywhere, as
    copying leaves it. Nothing raises: what cannot be read is left to the notice's reader.
    """
    return _Finder(Passage(text, paragraphs=paragraphs), year, default_subject).run()


class _Finder:
    def __init__(self, passage: Passage, year: int | None, default_subject: str | None) -> None:
        self.passage = passage
        self.year = year
        self.default = default_subject
        self.subject: str | None = None
        self.listed: str | None = None  # who is bound by the list that …履行下列职责： announces

    def run(self) -> list[Obligation]:
        found: list[Obligation] = []
        for stretch in sentences.stretches(self.passage.masked, self.passage.breaks):
            if stretch.opens and not stretch.marked:
                self.listed = None
            if stretch.opens or not _CONTINUES.match(self._words(stretch.clauses[0])):
                self.subject = self.listed if stretch.marked else None
            found += self._read(stretch)
            if _LIST_FOLLOWS.search(self._words(stretch.clauses[-1])):
                self.listed = subjects.find(self._words(stretch.clauses[-1]))
        return found

    def _words(self, span: Span) -> str:
        return self.passage.masked[span.start : span.end]

    def _read(self, stretch: Stretch) -> list[Obligation]:
        if duties.reports(self._words(stretch.span)):
            return []
        clauses = list(self._clauses(stretch))
        named = [subjects.find(self._words(clause)) for clause in clauses]
        readings = self._measures(clauses)
        if not any(readings):
            return self._duty(clauses, named, alone=True)
        found: list[Obligation] = []
        waiting: list[int] = []
        for place, measures in enumerate(readings):
            if not measures:
                waiting.append(place)
                continue
            if waiting and neighbours.is_tail(self._words(clauses[place]), measures):
                clauses[place] = Span(clauses[waiting.pop()].start, clauses[place].end)
            found += self._beside(
                clauses, named, waiting, alone=neighbours.follows(readings, waiting)
            )
            waiting = []
            found += self._measured(clauses, named, place, measures)
        return found + self._beside(
            clauses, named, waiting, alone=neighbours.follows(readings, waiting)
        )

    def _clauses(self, stretch: Stretch) -> Iterator[Span]:
        """The clauses, each bare date or period joined to the clause that it introduces."""
        begin: int | None = None
        for place, span in enumerate(stretch.clauses):
            start = span.start if begin is None else begin
            last = place + 1 == len(stretch.clauses)
            if not last and span.end - start <= _INTRODUCTION and self._introduces(span):
                begin = start
                continue
            begin = None
            yield from self._by_party(Span(start, span.end))

    def _by_party(self, clause: Span) -> Iterator[Span]:
        """常委会每季度、政府每月听取1次: a clause for each body and its period."""
        words = self._words(clause)
        start = 0
        for each in periods.scan(words):
            if words.startswith("、", each.end) and subjects.find(words[each.end + 1 :]):
                yield Span(clause.start + start, clause.start + each.end)
                start = each.end + 1
        yield Span(clause.start + start, clause.end)

    def _introduces(self, span: Span) -> bool:
        words = self._words(span)
        if words[-1] not in _TIME_ENDS:
            return False
        words += "：" if self.passage.masked.startswith("：", span.end) else ""
        reader = Reader(words, self.year, conditional=False)
        spans = [(day.start, day.end) for day in reader.binding]
        spans += [(each.start, each.end) for each in reader.recurrences]
        for start, end in sorted(spans, reverse=True):
            words = words[:start] + words[end:]
        return bool(spans) and set(words) <= _INTRODUCTORY

    def _measures(self, clauses: list[Span]) -> list[list[Measure]]:
        """The measures of each clause; a date at the head of one governs those that follow."""
        found: list[list[Measure]] = []
        governing: date | None = None
        for place, clause in enumerate(clauses):
            words = self._words(clause)
            last = place + 1 == len(clauses)
            conditional = _LISTED_CASE.match(words) if last else neighbours.sets_condition(words)
            reader = Reader(words, self.year, conditional=bool(conditional))
            measures = reader.read()
            if found and words.startswith("其中"):
                measures = neighbours.of_those(measures, found[-1])
            if reader.binding:
                governing = reader.governing()
            elif governing:
                measures = neighbours.governed(words, measures, governing)
            found.append(measures)
        return self._with_shared_counts(clauses, found)

    def _with_shared_counts(
        self, clauses: list[Span], found: list[list[Measure]]
    ) -> list[list[Measure]]:
        """The count behind the last body (听取2次) holds for those before it, too."""
        for place in range(len(clauses) - 2, -1, -1):
            joined = self.passage.masked[clauses[place].end : clauses[place + 1].start] == "、"
            if joined and found[place] and found[place + 1]:
                count = found[place + 1][-1]
                shared = replace(
                    found[place][-1], value=count.value, value_max=count.value_max, op=count.op
                )
                found[place] = [*found[place][:-1], shared]
        return found

    def _measured(
        self, clauses: list[Span], named: list[str | None], place: int, measures: list[Measure]
    ) -> list[Obligation]:
        subject = named[place] or self.subject
        if named[place] is None and all(each.kind in neighbours.SCOPES for each in measures):
            ahead = (name for name in named[place : place + _AHEAD] if name)
            subject = next((name for name in ahead if not subjects.is_thing(name)), subject)
        self._carry(named[place : place + 1])
        clause = clauses[place]
        cuts = self._cuts(clause, measures)
        return [
            self._obligation(each, self._trimmed(span), self._named_in(span, clause) or subject)
            for each, span in zip(measures, cuts, strict=True)
        ]

    def _named_in(self, span: Span, clause: Span) -> str | None:
        """乡镇不少于3名、街道不少于5名: who is named behind a joint within a clause."""
        later = span.start > clause.start and self.passage.masked[span.start - 1] in "、，"
        return subjects.find(self._words(self._trimmed(span))) if later else None

    def _carry(self, named: list[str | None]) -> None:
        """Who was named last is bound by what follows, unless it is a thing and not a body."""
        bodies = [name for name in named if name and not subjects.is_thing(name)]
        self.subject = bodies[-1] if bodies else self.subject

    def _obligation(self, measure: Measure, span: Span, subject: str | None) -> Obligation:
        return Obligation(
            text=self.passage.quote(span.start, span.end),
            subject=subject or self.default,
            kind=measure.kind,
            value=measure.value,
            value_max=measure.value_max,
            unit=measure.unit,
            op=measure.op,
            period=measure.period,
            deadline=measure.deadline,
            window_months=measure.window_months,
        )

    def _cuts(self, clause: Span, measures: list[Measure]) -> list[Span]:
        """The words of each measure: the clause, cut at a joint between two measures."""
        spans, begin = [], clause.start
        words = self._words(clause)
        shared = 0
        for place, measure in enumerate(measures):
            follower = measures[place + 1] if place + 1 < len(measures) else None
            shared += 1
            cut = neighbours.joint(words, measure, follower) if follower else len(words)
            if cut is None:
                continue
            spans += [Span(begin, clause.start + cut)] * shared
            begin, shared = clause.start + cut, 0
        return spans

    def _trimmed(self, span: Span) -> Span:
        """Without the punctuation and the bracket of responsible units at either end."""
        masked, (start, end) = self.passage.masked, (span.start, span.end)
        plain = self.passage.plain
        while end - 1 > start and plain[end - 1] in "，,、；;：:":
            end -= 1
        while end - 1 > start and plain[end - 1] in "或并和及":
            end -= 1
        start += 2 if masked.startswith("或者", start) else 0
        while start < end - 1 and masked[start] in "，,、；;：:或并":
            start += 1
        if masked[start] == "（" and masked.find("）", start, end) == end - 1 > start + 1:
            start, end = start + 1, end - 1
        return Span(start, end)

    def _beside(
        self, clauses: list[Span], named: list[str | None], places: list[int], *, alone: bool
    ) -> list[Obligation]:
        if not places:
            return []
        first, last = places[0], places[-1] + 1
        return self._duty(clauses[first:last], named[first:last], alone=alone)

    def _duty(
        self, clauses: list[Span], named: list[str | None], *, alone: bool
    ) -> list[Obligation]:
        said = (place for place, clause in enumerate(clauses) if duties.binds(self._words(clause)))
        first = next(said, len(clauses))
        clauses, named = clauses[first:], named[first:]
        subject = next((name for name in named if name), self.subject)
        self._carry(named)
        if not clauses:
            return []
        span = self._trimmed(Span(clauses[0].start, clauses[-1].end))
        words = self._words(span)
        if not (duties.is_duty(words) if alone else duties.is_duty_beside(words)):
            return []
        every = "all" if universals.WITHOUT_EXCEPTION.search(words) else None
        text = self.passage.quote(span.start, span.end)
        return [Obligation(text=text, subject=subject or self.default, op=every)]
