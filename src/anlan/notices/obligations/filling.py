"""The obligations of a whole notice: texts, titles that bind, and the dates beside them."""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from datetime import date

from anlan.notices.document import Notice, Obligation, ObligationKind
from anlan.notices.notes import Note, split
from anlan.notices.obligations import dates
from anlan.notices.obligations.finder import find
from anlan.notices.structure.signs import DATE

_HEADING = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[①-⑳⑴-⒛])\s*[^，,。；;：:]{2,20}(?:。(?=.)|$)"
)

_RUN_IN = re.compile(
    r"(?:(?<=[。；：])|^)[一二三四五六七八九十]是[^，,。；;：:\d]{2,12}。(?=[^一二三四五六七八九十\n]|.[^是])",
    re.M,
)
_WHOLE = re.compile(r"\S\s*月\s*\S+\s*日")  # not 2025年 月 日, which a draft leaves to be filled in
_LATE, _EARLY = 10, 6  # months: signed in October or later, due in the first half of a year
_CATEGORY = re.compile(r"[^，,。；;：:\d]{2,30}")


def fill(notice: Notice) -> None:
    """Replaces the obligations of every item, part and row by those that their words state."""
    signed = _signed_late(notice)
    for item in notice.items:
        bare = not (item.text.strip() or item.parts)
        item.obligations = _ahead(_of(item.title, item.text, notice.year, bare=bare), signed)
        for part in item.parts:
            part.obligations = _ahead(_of(None, part.text, notice.year), signed)
    for row in notice.table:
        bare = not split(row.text)[0].strip()
        found = _of(row.title, row.text, notice.year, bare=bare, table=True)
        row.obligations = _ahead(found, signed)


def _signed_late(notice: Notice) -> date | None:
    """The date of the signature where a notice is signed in the last quarter of its year."""
    found = (each.group() for each in DATE.finditer(f"{notice.preamble}\n{notice.closing}"))
    days = [day for each in found if _WHOLE.search(each) for day in dates.scan(each, None)]
    late = [day.deadline for day in days if day.deadline and day.deadline.month >= _LATE]
    signed = late[-1] if late else None
    return signed if signed and signed.year == notice.year else None


def _ahead(found: list[Obligation], signed: date | None) -> list[Obligation]:
    """1月15日前 in a notice signed on 25 December means the next January."""
    return [_next_year(each, signed) if signed else each for each in found]


def _next_year(each: Obligation, signed: date) -> Obligation:
    day = each.deadline
    if day is None or day >= signed or day.year != signed.year or day.month > _EARLY:
        return each
    if f"{signed.year}年" in each.text:
        return each
    last = calendar.monthrange(day.year + 1, day.month)[1]
    return replace(each, deadline=day.replace(year=day.year + 1, day=min(day.day, last)))


def _of(
    title: str | None,
    text: str,
    year: int | None,
    *,
    bare: bool = False,
    table: bool = False,
) -> list[Obligation]:
    """``bare``: nothing but a title, which then says what is to be done.

    A title above a text binds only where it sets a number or a date: 建成消防站50个. In a table the
    columns of progress and remarks bind nobody; in running text only dates are taken apart.
    """
    own, notes = split(text)
    if not table:
        own = "\n".join(line for line in text.split("\n") if not _is_term(line, notes))
    found = [
        each
        for each in find(title or "", year=year)
        if bare or each.value is not None or each.op or each.deadline
    ]
    if table:
        own = _without_category(own)
    found += find(_without_headings(own, year), year=year, paragraphs=True)
    terms = [each for note in notes if note.term for each in _term(note, year)]
    return [*_dated(found, terms), *terms]


def _without_headings(text: str, year: int | None) -> str:
    """The text without the names of its points (1.压实责任。各单位…), unless they set a number.

    Run-in points too: 一是道路交通。对… names its point, 一是加强检查。二是… says it all.
    """
    lines = _RUN_IN.sub("", text).split("\n")
    last = len(lines) - 1
    return "\n".join(_below(line, year, more=index < last) for index, line in enumerate(lines))


def _without_category(text: str) -> str:
    """A row's text without the words of the heading row or column above it (责任体系建设)."""
    first, _, rest = text.partition("\n")
    return rest if rest.strip() and _CATEGORY.fullmatch(first.strip()) else text


def _below(line: str, year: int | None, *, more: bool) -> str:
    heading = _HEADING.match(line)
    if heading is None or (heading.end() == len(line) and not more):
        return line
    binding = any(each.kind is not ObligationKind.DUTY for each in find(heading[0], year=year))
    return line if binding else line[heading.end() :]


def _is_term(line: str, notes: list[Note]) -> bool:
    return any(note.term and note.line == line for note in notes)


def _term(note: Note, year: int | None) -> list[Obligation]:
    """What a note on time asks: a last day each, or how often; 持续推进 asks nothing countable."""
    days = [day.deadline for day in dates.scan(note.value, year)]
    if days:
        kind = ObligationKind.DEADLINE
        return [Obligation(note.line.strip(), kind=kind, deadline=day) for day in days]
    found = find(note.value, year=year)
    return [
        replace(each, text=note.line.strip())
        for each in found
        if each.kind is ObligationKind.FREQUENCY
    ]


def _dated(found: list[Obligation], terms: list[Obligation]) -> list[Obligation]:
    """The one last day beside the units holds for every number that has neither date nor period."""
    days = {each.deadline for each in terms if each.deadline}
    if len(days) != 1:
        return found
    return [_due(each, *days) for each in found]


def _due(each: Obligation, day: date) -> Obligation:
    open_ended = each.deadline is None and each.period is None
    if each.kind is ObligationKind.QUOTA and open_ended and "/" not in (each.unit or ""):
        return replace(each, deadline=day)
    return each
