"""From a source to a notice: clean, join, number, cut, and keep account of every character."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.notices.document import Chapter, Notice, Row, Source
from anlan.notices.structure.body import Body, build_body, lone_item
from anlan.notices.structure.columns import guess_head, head_of, joined_head
from anlan.notices.structure.ending import BYLINE, find_ending
from anlan.notices.structure.front import Front, likeliest_year, read_front, signature
from anlan.notices.structure.genre import require_notice
from anlan.notices.structure.headings import tidy_title
from anlan.notices.structure.joining import ENDING, join
from anlan.notices.structure.ledger import Ledger
from anlan.notices.structure.lines import clean_lines
from anlan.notices.structure.marks import find_marks, leading_mark
from anlan.notices.structure.signs import BETWEEN_CELLS, squeeze
from anlan.notices.structure.table import Table, read_tables
from anlan.notices.structure.text import Line, Span, Text
from anlan.notices.structure.titles import looks_like_title

_GROUP_LINES = 2  # 一、责任落实 and （一）党政责任 below it
_GROUP_LENGTH = 30
_CONTINUED = re.compile(r"[（(]?续[附上]?表\d*[）)]?")


@dataclass(frozen=True)
class Reading:
    """A notice and the account of the characters that are in none of its fields."""

    source: Source
    notice: Notice
    ledger: Ledger


def build(source: Source) -> Notice:
    """The structure of ``source``; raises NoticeError when it is no notice (see ``genre``)."""
    return read(source).notice


def read(source: Source) -> Reading:
    """As :func:`build`, with the account that ``accounting`` checks."""
    ledger = Ledger()
    lines, tables = _separate(clean_lines(source, ledger))
    text = join(lines, ledger)
    marks = find_marks(text.string)
    require_notice(text, marks, has_table=bool(tables))
    body = build_body(text, marks, ledger) if marks else None
    front = read_front(text, (0, body.front_end if body else len(text.string)), ledger)
    body = body or _unnumbered(text, front, ledger, has_table=bool(tables))
    notice = Notice(
        title=front.title,
        draft=front.draft,
        preamble=text.show(*front.preamble),
        closing=text.show(*body.endings),
        chapters=body.chapters,
        table=read_tables(tables, body.chapters, ledger),
        source=source,
    )
    if notice.title is None:
        notice.title = _title_behind(text, body, ledger)
    _date(notice, front, text, body, ledger)
    notice.repairs = sorted([*source.repairs, *ledger.repairs], key=lambda each: each.line)
    return Reading(source, notice, ledger)


def _separate(blocks: list[Line | Row]) -> tuple[list[Line], list[Table]]:
    """Running text, and the tables of assignments; rows of other tables become running text."""
    lines: list[Line] = []
    tables: list[Table] = []
    run: list[Row] = []
    between: list[Line] = []  # running text since the last table
    for block in [*blocks, None]:
        if isinstance(block, Row) and (not run or run[-1].table == block.table):
            run.append(block)
            continue
        if run:
            lines += _read_run(run, tables, between)
            run, between = [], []
        if isinstance(block, Row):
            run = [block]
        elif block is not None:
            between.append(block)
    return lines + between, tables


def _read_run(run: list[Row], tables: list[Table], between: list[Line]) -> list[Line]:
    """Adds rows that stand together to a new table, or to the one that they continue.

    ``between`` is the running text in front of them; returns what remains running text.
    """
    if _goes_on(run, tables, between):
        tables[-1].rows += [Row((line.text,), line.number) for line in between] + run
        return []
    return between + _rows_apart(run, tables, adjacent=not _without_continued(between))


def _goes_on(run: list[Row], tables: list[Table], between: list[Line]) -> bool:
    """The names of groups (一、责任落实) stand on lines of their own between a table's rows."""
    names = _without_continued(between)
    if not names or not tables or any(head_of(row) for row in run[:4]):
        return False
    numbered = len(names) <= _GROUP_LINES and all(_names_group(line.text) for line in names)
    return numbered and abs(len(run[0].cells) - len(tables[-1].head.columns)) <= 1


def _names_group(words: str) -> bool:
    mark = leading_mark(words)
    stopped = re.search("[。；：，]", words)
    return mark is not None and len(squeeze(words)) <= _GROUP_LENGTH and not stopped


def _without_continued(lines: list[Line]) -> list[Line]:
    return [line for line in lines if not _CONTINUED.fullmatch(squeeze(line.text))]


def _rows_apart(run: list[Row], tables: list[Table], *, adjacent: bool) -> list[Line]:
    heads = [head_of(row) for row in run[:4]]
    place, head = next(((i, each) for i, each in enumerate(heads) if each), (0, None))
    if head:
        joined = joined_head(head, run[place + 1]) if place + 1 < len(run) else None
        if joined:
            run, head = [*run[: place + 1], *run[place + 2 :]], joined
        if tables and tables[-1].head.names == head.names:
            tables[-1].rows += run[place:]
        else:
            tables.append(Table(head, run[place + 1 :]))
        return [_as_line(row) for row in run[:place]]
    if adjacent and tables and abs(len(run[0].cells) - len(tables[-1].head.columns)) <= 1:
        tables[-1].rows += run
        return []
    guess = guess_head(run)
    if guess:
        tables.append(Table(guess, run))
        return []
    return [_as_line(row) for row in run]


def _as_line(row: Row) -> Line:
    return Line(
        BETWEEN_CELLS.join(cell.replace("\n", " ") for cell in row.cells),
        row.line,
        row.page,
        hard=True,
    )


def _unnumbered(text: Text, front: Front, ledger: Ledger, *, has_table: bool) -> Body:
    """A notice without any numbering: what follows the addressees is one item of one chapter."""
    spans = front.preamble
    if not spans:
        return Body([], [], len(text.string))
    first = (
        next((i for i, each in enumerate(spans) if text.raw(each).rstrip().endswith("：")), -1) + 1
    )
    first += next((i for i, each in enumerate(spans[first:]) if each[0] >= front.title_end), 0)
    first += first < len(spans) and bool(BYLINE.fullmatch(squeeze(text.raw(spans[first]))))
    whole = (spans[first][0], spans[-1][1]) if first < len(spans) else (0, 0)
    if whole[0] < front.title_end < whole[1]:
        whole = (whole[1], whole[1])
    end = find_ending(text, whole)
    endings: list[Span] = [(end, whole[1])] if end < whole[1] else []
    if has_table:
        front.preamble = [each for each in spans if each[0] < end]
        return Body([], endings, len(text.string))
    front.preamble = spans[:first]
    item = lone_item(text, (whole[0], end), ledger)
    chapter = Chapter(None, None, "", [item], lines=text.lines([(whole[0], end)]))
    return Body([chapter], endings, whole[0])


def _title_behind(text: Text, body: Body, ledger: Ledger) -> str | None:
    """The title of the paper that a numbered letter without a title encloses."""
    closing = (text.raw(each) for span in body.endings for each in text.paragraphs(span))
    papers = (words for words in closing if not ENDING.match(words))
    found = next((words for words in papers if looks_like_title(words)), None)
    return ledger.copy(tidy_title(found)) if found else None


def _date(notice: Notice, front: Front, text: Text, body: Body, ledger: Ledger) -> None:
    """Issuer and year: from the title, else the signature, else (year) the one named most."""
    closing = [text.raw(each) for span in body.endings for each in text.paragraphs(span)]
    preamble = [text.raw(each) for each in front.preamble]
    signed = [signature(closing), signature(preamble)]
    notice.issuer = front.issuer
    if notice.issuer is None:
        lines = (BYLINE.fullmatch(squeeze(each)) for each in preamble)
        bylines = [each["issuer"] for each in lines if each]
        found = next(
            (issuer for issuer in [*(name for name, _ in signed), *bylines] if issuer), None
        )
        notice.issuer = ledger.copy(found) if found else None
    words = text.string + "".join(f"{row.title or ''}{row.text}" for row in notice.table)
    years = [front.year, *(year for _, year in signed), likeliest_year(words)]
    notice.year = next((year for year in years if year), None)
