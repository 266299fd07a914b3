"""The rows of a text file with separators, as Excel and other programs save it."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from anlan.kernel.imports.sheets.cells import Cell, plain
from anlan.kernel.imports.sheets.errors import NotReadable
from anlan.kernel.imports.sheets.xlsx import MOST_COLUMNS, Row, Sheet

ENCODINGS = ("utf-8-sig", "gb18030")  # GB18030 reads all that was written as GBK
SEPARATORS = ",\t;"
NO_ENCODING = "文字编码认不出来。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
BROKEN = "第 {line} 行的格式不对（可能缺少引号），后面无法读取。请用 Excel 打开检查，另存为 .xlsx。"
_PIECE = 1024 * 1024


def sheet(path: Path) -> Sheet:
    """The file as one sheet. NotReadable if its encoding is none that is known."""
    made = Sheet("")
    made.rows = _rows(path, encoding(path))
    return made


def encoding(path: Path) -> str:
    """The first of ``ENCODINGS`` in which the whole file is text."""
    for name in ENCODINGS:
        decoder = codecs.getincrementaldecoder(name)()
        with path.open("rb") as file:
            try:
                while piece := file.read(_PIECE):
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
        return name
    raise NotReadable(NO_ENCODING)


def _rows(path: Path, encoded: str) -> Iterator[Row]:
    with path.open(encoding=encoded, newline="") as file:
        start = file.read(8192)
        file.seek(0)
        reader = csv.reader(file, delimiter=_separator(start))
        try:
            for number, cells in enumerate(reader, 1):
                yield _row(number, cells)
        except csv.Error as error:
            raise NotReadable(BROKEN.format(line=reader.line_num)) from error


def _separator(start: str) -> str:
    return max(SEPARATORS, key=start.count)


def _row(number: int, found: list[str]) -> Row:
    kept = [plain(each) for each in found[: MOST_COLUMNS + 1]]
    cells: list[Cell] = [value for value, _ in kept]
    return Row(number, cells, {place: fault for place, (_, fault) in enumerate(kept) if fault})
