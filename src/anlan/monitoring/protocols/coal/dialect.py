"""How a maker writes the files: separators, and the file's name.

The layouts here were read in programs that run at mines, not in MT/T 1201-2023, whose text was not
at hand: so what differs between makers is a parameter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from anlan.monitoring.protocols.coal.layouts import LAYOUTS
from anlan.monitoring.protocols.framing import Malformed

_NAME = re.compile(
    r"(?P<mine>\d{12}|[0-9A-Za-z]{20})_(?P<kind>[A-Z]{2,10})_(?P<time>\d{14})\.txt",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Separators, all ASCII: between fields, after a record (and the head), after the file."""

    field: str = ";"
    record: str = "~"
    end: str = "||"

    def __post_init__(self) -> None:
        marks = (self.field, self.record, self.end)
        if not all(mark and mark.isascii() and mark.isprintable() for mark in marks):
            raise ValueError("分隔符应为可见的 ASCII 字符")
        overlap = any(a != b and a in b for a in marks for b in marks)
        if len(set(marks)) < len(marks) or overlap:
            raise ValueError("三种分隔符应互不相同，且不互相包含")
        if any(char.isalnum() or char.isspace() for char in "".join(marks)):
            raise ValueError("分隔符不能含字母、数字或空格")


USUAL = Dialect()
CARET = Dialect(field="^", end="]]]")
"""Seen at one maker; that its records end with ``~`` is an assumption."""


def likely_dialect(begin: bytes) -> Dialect:
    """By the separator that is the more frequent in the head of a file."""
    head = begin.partition(USUAL.record.encode())[0]
    return CARET if head.count(b"^") > head.count(b";") else USUAL


@dataclass(frozen=True, slots=True)
class FileName:
    """``mine_kind_time.txt``; the mine's code has 12 digits (20 characters in older files).

    ``time`` is the clock of the mine's computer, Beijing time, as the name has it.
    """

    mine: str
    kind: str
    time: datetime

    @classmethod
    def parse(cls, name: str) -> FileName:
        """Raises ``Malformed`` with the form that is expected."""
        found = _NAME.fullmatch(name)
        try:
            if not found:
                raise ValueError(name)
            time = datetime.strptime(found["time"], "%Y%m%d%H%M%S")  # noqa: DTZ007 - as written
        except ValueError as error:
            raise Malformed(
                f"文件名“{name[:80]}”应为“煤矿编码_类型_年月日时分秒.txt”，"
                "如 140000000001_CDSS_20261126080000.txt"
            ) from error
        return cls(found["mine"], known_kind(found["kind"].upper()), time)

    def __str__(self) -> str:
        return f"{self.mine}_{self.kind}_{self.time:%Y%m%d%H%M%S}.txt"


def known_kind(kind: str) -> str:
    """The kind without the N that one maker puts before it (NRYSS)."""
    return kind[1:] if kind not in LAYOUTS and kind[1:] in LAYOUTS else kind
