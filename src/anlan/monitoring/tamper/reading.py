"""Files of readings as series: csv (long or wide) and arff; nothing is dropped in silence."""

from __future__ import annotations

import math
import os
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import numpy as np

from anlan.monitoring.tamper import tables
from anlan.monitoring.tamper.moments import NotAMoment, milliseconds
from anlan.monitoring.tamper.series import Series
from anlan.monitoring.tamper.tables import Table, Unreadable

MOST_BYTES = 512 * 2**20
MOST_READINGS = 5_000_000
"""With these the detector needs about 2 GB; a point that reads every 30 s has a million a year."""
MOST_POINTS = 300
"""Every point is compared with every other."""

LOOKED_AT = 200
"""Rows by which a column of numbers is told from a column of words."""

SHOWN = 20
"""Bad rows that are told one by one; all are counted."""

EMPTY = frozenset({"", "?", "-", "NaN", "nan", "NULL", "null"})

TIME = ("time", "timestamp", "datetime", "date_time", "时间", "采集时间", "数据时间", "监测时间")
POINT = ("point", "point_id", "测点", "测点编码", "测点编号", "点号")
VALUE = ("value", "值", "测点值", "数值", "读数", "监测值")


@dataclass
class Read:
    """What was read: series, and all that a reader of the findings must know about the file."""

    series: list[Series] = field(default_factory=list)
    rows: int = 0
    readings: int = 0
    empty: int = 0
    bad: int = 0
    bad_rows: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refuse(self, line: int, why: str) -> None:
        """This row, or this cell of it, is not used."""
        self.bad += 1
        if len(self.bad_rows) < SHOWN:
            self.bad_rows.append((line, why))


@dataclass(frozen=True)
class Wanted:
    """What the caller said about the file: one column only; seconds from row to row."""

    column: str | None = None
    every: float | None = None


def read(path: Path, wanted: Wanted) -> Read:
    """The series of a file. Raises ``Unreadable`` with a Chinese message for a person."""
    _check(path)
    try:
        return _read(path, wanted)
    except UnicodeDecodeError as error:
        raise Unreadable("文件中间有读不出的字节，不是UTF-8也不是GB18030编码的文本") from error
    except OSError as error:
        raise Unreadable(f"读不了文件“{path}”：{os.strerror(error.errno or 5)}") from error


def _check(path: Path) -> None:
    if not path.exists():
        raise Unreadable(f"没有文件“{path}”")
    if not path.is_file():
        raise Unreadable(f"“{path}”不是文件")
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(f"文件“{path}”是空的")
    if size > MOST_BYTES:
        raise Unreadable(
            f"文件有{size / 2**20:.0f}兆字节，最多{MOST_BYTES // 2**20}兆；请按测点或按月分开再查"
        )


def _read(path: Path, wanted: Wanted) -> Read:
    with tables.opened(path) as table:
        head = list(islice(table.rows, LOOKED_AT))
        columns = _Columns.of(table.names, wanted, [cells for _, cells in head])
        found = Read()
        times: dict[str, array[int]] = {}
        values: dict[str, array[float]] = {}
        naive = False
        for line, cells in chain(head, table.rows):
            found.rows += 1
            try:
                at, known = columns.moment(cells, found.rows - 1)
            except NotAMoment as error:
                found.refuse(line, str(error))
                continue
            naive |= not known
            for point, text in columns.readings(cells, line, found):
                value = _value(point, text, line, found)
                if value is None:
                    continue
                if point not in times:
                    _room(len(times))
                    times[point], values[point] = array("q"), array("d")
                times[point].append(at)
                values[point].append(value)
                found.readings += 1
            if found.readings > MOST_READINGS:
                raise Unreadable(f"读数超过{MOST_READINGS // 10_000}万个，请按测点或按月分开再查")
    _tell(found, columns, table, naive=naive)
    found.series = [
        Series(point, np.array(times[point], np.int64), np.array(values[point])) for point in times
    ]
    if not any(np.any(np.isfinite(one.values)) for one in found.series):
        first = f"，例如第{found.bad_rows[0][0]}行：{found.bad_rows[0][1]}" if found.bad else ""
        raise Unreadable(f"{found.rows}行里没有一个可用的读数{first}")
    return found


def _room(points: int) -> None:
    if points >= MOST_POINTS:
        raise Unreadable(f"测点超过{MOST_POINTS}个，请分开再查")


def _value(point: str, text: str, line: int, found: Read) -> float | None:
    """NaN where the cell is empty: there was a row without a reading."""
    if text.strip() in EMPTY:
        found.empty += 1
        return math.nan
    try:
        value = float(text)
    except ValueError:
        found.refuse(line, f"测点{point}的“{text[:20]}”不是数字")
        return None
    if not math.isfinite(value) or abs(value) > 1e15:
        found.refuse(line, f"测点{point}的“{text[:20]}”不是可用的数")
        return None
    return value


def _tell(found: Read, columns: _Columns, table: Table, *, naive: bool) -> None:
    if columns.every is not None:
        seconds = f"{columns.every:g}"
        found.notes.append(f"文件没有时间列，按每{seconds}秒一行、从1970-01-01T08:00:00+08:00起算")
    elif naive:
        found.notes.append("时间没有写时区，按北京时间读")
    if columns.left:
        found.notes.append(f"没有检查的列（不是数字）：{'、'.join(columns.left)}")
    found.notes += table.notes


@dataclass(frozen=True)
class _Columns:
    """Which column is what: long (time, point, value) or wide (time, a column a point)."""

    time: int | None
    point: int | None
    values: dict[int, str]
    left: tuple[str, ...]
    every: float | None
    width: int

    @classmethod
    def of(cls, table: Sequence[str], wanted: Wanted, head: list[list[str]]) -> _Columns:
        """Raises ``Unreadable`` where the columns do not say what is what."""
        names = list(table)
        time = _first(names, TIME)
        if time is None and wanted.every is None:
            raise Unreadable(
                f"没有时间列（有的列：{'、'.join(names)[:200]}）；请用 --every 秒数 说明多久一行"
            )
        point, value = _first(names, POINT), _first(names, VALUE)
        every = wanted.every if time is None else None
        if point is not None and value is not None and wanted.column in {None, names[value]}:
            return cls(time, point, {value: names[value]}, (), every, len(names))
        chosen = {at: name for at, name in enumerate(names) if at != time}
        if wanted.column is not None:
            if wanted.column not in names:
                raise Unreadable(f"没有“{wanted.column}”这一列；有的列：{'、'.join(names)[:200]}")
            chosen = {names.index(wanted.column): wanted.column}
        words = [at for at in chosen if not _numbers(head, at)]
        left = tuple(chosen.pop(at) for at in words)
        if not chosen:
            what = f"“{'、'.join(left)[:200]}”里没有数字" if left else "除了时间没有别的列"
            raise Unreadable(f"{what}，没有读数可查")
        return cls(time, None, chosen, left, every, len(names))

    def moment(self, cells: Sequence[str], row: int) -> tuple[int, bool]:
        """The row's time in ms, and whether its offset was written."""
        if self.time is None:
            return round(row * (self.every or 1.0) * 1000), True
        if self.time >= len(cells):
            raise NotAMoment(f"只有{len(cells)}列，缺时间")
        return milliseconds(cells[self.time])

    def readings(self, cells: Sequence[str], line: int, found: Read) -> Iterator[tuple[str, str]]:
        """Point and text of each reading of a row."""
        if len(cells) != self.width:
            found.refuse(line, f"有{len(cells)}列，应有{self.width}列")
            return
        for at, name in self.values.items():
            yield (cells[self.point].strip() if self.point is not None else name), cells[at]


def _numbers(head: list[list[str]], at: int) -> bool:
    """Whether a column has a number in its first rows, or nothing at all yet."""
    cells = [row[at].strip() for row in head if at < len(row)]
    written = [cell for cell in cells if cell not in EMPTY]
    return not written or any(tables.is_number(cell) for cell in written)


def _first(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((at for at, name in enumerate(names) if name.strip().lower() in known), None)
