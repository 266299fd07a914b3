"""Csv and arff as one thing: names of columns, then rows with their line numbers."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

SAMPLE = 65_536
SEPARATORS = ",;\t"


class Unreadable(ValueError):
    """The file cannot be read; the reason is Chinese."""


@dataclass(frozen=True)
class Table:
    """Names, then rows one at a time: the file is never in memory as a whole."""

    names: list[str]
    rows: Iterator[tuple[int, list[str]]]
    notes: list[str] = field(default_factory=list)


@contextmanager
def opened(path: Path) -> Iterator[Table]:
    """The table in a file, by its beginning csv or arff."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        notes = [] if encoding == "utf-8-sig" else ["文件按GB18030编码读"]
        if path.suffix.lower() == ".arff" or _is_arff(file):
            yield _arff(file, notes)
        else:
            yield _csv(file, notes)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    if b"\0" in sample:
        raise Unreadable("不是文本文件（含有零字节）；请导出为csv再查")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(sample)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable("读不出文件的文字，不是UTF-8也不是GB18030编码")


def _is_arff(file: TextIO) -> bool:
    head = file.read(SAMPLE)
    file.seek(0)
    lines = (line.strip().lower() for line in head.splitlines())
    first = next((line for line in lines if line and not line.startswith("%")), "")
    return first.startswith("@relation")


def _csv(file: TextIO, notes: list[str]) -> Table:
    head = file.readline()
    file.seek(0)
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(file, delimiter=separator)
    names = next(_lines(reader), (1, []))[1]
    names = [name.strip() for name in names]
    if not names or all(is_number(name) for name in names):
        raise Unreadable("第1行应是列名（如 time,point,value），没有找到")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unreadable(f"列名重复：{'、'.join(twice)}")
    return Table(names, _lines(reader), notes)


def _lines(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line: int = getattr(reader, "line_num", 0)
            raise Unreadable(f"第{line}行起不是csv：引号没有成对，或一格超过13万字") from error
        if row:
            yield getattr(reader, "line_num", 0), row


def is_number(text: str) -> bool:
    """Whether Python reads a number in it."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _arff(file: TextIO, notes: list[str]) -> Table:
    names: list[str] = []
    for count, line in enumerate(file, start=1):
        text = line.strip()
        if text.lower().startswith("@attribute"):
            names.append(_attribute(text, count))
        elif text.lower().startswith("@data"):
            if not names:
                raise Unreadable("arff里没有@attribute，不知道有哪些列")
            return Table(names, _arff_rows(file, count), notes)
    raise Unreadable("arff里没有@data，没有读数")


def _attribute(text: str, line: int) -> str:
    rest = text[len("@attribute") :].strip()
    if rest[:1] in {"'", '"'} and rest[0] in rest[1:]:
        return rest[1 : rest.index(rest[0], 1)]
    if not rest:
        raise Unreadable(f"第{line}行的@attribute没有名字")
    return rest.split()[0]


def _arff_rows(file: TextIO, before: int) -> Iterator[tuple[int, list[str]]]:
    for line, text in enumerate(file, start=before + 1):
        stripped = text.strip()
        if not stripped or stripped.startswith("%"):
            continue
        if stripped.startswith("{"):
            raise Unreadable(f"第{line}行是稀疏写法的arff，读不了；请写全每一列")
        yield line, [cell.strip().strip("'\"") for cell in stripped.split(",")]
