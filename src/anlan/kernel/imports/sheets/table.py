"""From a file to the rows of wanted columns: which sheet, which row heads it, what is no data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from anlan.kernel.imports.sheets import guard, text, xlsx
from anlan.kernel.imports.sheets.cells import Cell
from anlan.kernel.imports.sheets.errors import NotReadable
from anlan.kernel.imports.sheets.headings import Match, Wanted, match
from anlan.kernel.imports.sheets.xlsx import MOST_COLUMNS, Row, Sheet

MOST_ROWS = 200_000
HEADING_WITHIN = 10  # rows: titles and remarks may stand above
EXAMPLE = "示例"  # a cell that holds just this marks the row of the template that shows how

NO_HEADING = (
    "前 {rows} 行里没有找到表头。表头应包括：{labels}。请下载模板，把数据粘贴到模板里再上传。"
)
TWICE = "表头“{label}”出现了两次，无法判断用哪一列。请删去或改名其中一列后再上传。"
MISSING = "表头缺少必填的列：{labels}。请补上这些列（可下载模板对照）后再上传。"
TOO_MANY_ROWS = "数据超过 {most:,} 行，没有读取。请拆成几个文件分别上传。"
TOO_MANY_COLUMNS = "表头超过 {most} 列，没有读取。请删去不导入的列后再上传。"


@dataclass(frozen=True)
class Data:
    """A row of the table; ``cells`` and ``wrong`` by the keys of the wanted columns."""

    number: int
    cells: dict[str, Cell]
    wrong: dict[str, str]


@dataclass
class Table:
    """``notes`` holds, after the last row, what people should know of the file."""

    sheet: str
    heading_row: int
    keys: list[str]
    rows: Iterator[Data] = field(default_factory=lambda: iter(()))
    notes: list[str] = field(default_factory=list)


@contextmanager
def open_table(path: Path, wanted: Sequence[Wanted]) -> Iterator[Table]:
    """The table in the file; NotReadable, here or from ``rows``, says what hinders."""
    with path.open("rb") as file:
        form = guard.form_of(file)
    if form is guard.Form.CSV:
        yield _table([text.sheet(path)], wanted)
        return
    with xlsx.sheets(path) as found:
        yield _table(found, wanted)


def _table(sheets: Iterator[Sheet] | list[Sheet], wanted: Sequence[Wanted]) -> Table:
    """The first sheet that has a heading row."""
    for sheet in sheets:
        first = list(islice(sheet.rows, HEADING_WITHIN))
        found = _heading([row for row in first if row.number <= HEADING_WITHIN], wanted)
        if found is not None:
            row, matched = found
            _check(row, matched)
            rest = chain((each for each in first if each.number > row.number), sheet.rows)
            return _made(sheet, row, matched, rest)
    labels = "、".join(each.label for each in wanted)
    raise NotReadable(NO_HEADING.format(rows=HEADING_WITHIN, labels=labels))


def _heading(rows: list[Row], wanted: Sequence[Wanted]) -> tuple[Row, Match] | None:
    """The row in which most of the wanted headings stand."""
    matched = [(row, match(wanted, row.cells)) for row in rows]
    best = max(matched, key=lambda pair: len(pair[1].places), default=None)
    return best if best and best[1].places else None


def _check(row: Row, matched: Match) -> None:
    if len(row.cells) > MOST_COLUMNS:
        raise NotReadable(TOO_MANY_COLUMNS.format(most=MOST_COLUMNS))
    if matched.twice:
        raise NotReadable(TWICE.format(label=matched.twice[0]))
    if matched.missing:
        raise NotReadable(MISSING.format(labels="、".join(matched.missing)))


def _made(sheet: Sheet, heading: Row, matched: Match, rest: Iterator[Row]) -> Table:
    table = Table(sheet.name, heading.number, list(matched.places))
    if matched.unknown:
        names = "、".join(f"“{each[:20]}”" for each in matched.unknown[:10])
        more = f"等 {len(matched.unknown)} 列" if len(matched.unknown) > 10 else ""
        table.notes.append(f"这些列不在模板里，没有导入：{names}{more}。")
    table.rows = _data(table, sheet, matched.places, rest)
    return table


def _data(
    table: Table, sheet: Sheet, places: dict[str, int], rest: Iterator[Row]
) -> Iterator[Data]:
    count, hidden, examples = 0, [], []
    for row in rest:
        data = _picked(row, places)
        if EXAMPLE in row.cells:
            examples.append(row.number)
        elif data.wrong or any(each is not None for each in data.cells.values()):
            count += 1
            if count > MOST_ROWS:
                raise NotReadable(TOO_MANY_ROWS.format(most=MOST_ROWS))
            if row.hidden:
                hidden.append(row.number)
            yield data
    table.notes += _notes(hidden, examples, _merged(sheet, table, places))


def _picked(row: Row, places: dict[str, int]) -> Data:
    cells = {k: row.cells[p] if p < len(row.cells) else None for k, p in places.items()}
    wrong = {k: row.wrong[p] for k, p in places.items() if p in row.wrong} if row.wrong else {}
    return Data(row.number, cells, wrong)


def _merged(sheet: Sheet, table: Table, places: dict[str, int]) -> list[int]:
    """The first rows of merged cells that reach into the data."""
    read = set(places.values())
    return [
        max(top, table.heading_row + 1)
        for top, bottom, left, right in sheet.merged
        if bottom > table.heading_row and any(left <= place <= right for place in read)
    ]


def _notes(hidden: list[int], examples: list[int], merged: list[int]) -> list[str]:
    said = [
        (hidden, "{count} 行在 Excel 里是隐藏的（{rows}），也读取了。不想导入请删去后重新上传。"),
        (examples, "{rows}标着“示例”，没有导入。"),
        (
            merged,
            "{count} 处合并单元格（{rows}）：只有左上角的格子有内容，其余按空白读取。"
            "请核对，必要时取消合并、逐行填写。",
        ),
    ]
    return [words.format(count=len(rows), rows=_where(rows)) for rows, words in said if rows]


def _where(rows: list[int]) -> str:
    shown = "、".join(str(row) for row in rows[:5])
    return f"第 {shown} 行{'等' if len(rows) > 5 else ''}"
