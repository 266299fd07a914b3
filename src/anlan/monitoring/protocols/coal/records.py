"""One record of a file: its bytes, checked against the layout of its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from anlan.monitoring.protocols.coal.dialect import USUAL, Dialect
from anlan.monitoring.protocols.coal.layouts import LAYOUTS, Field, Form
from anlan.monitoring.protocols.framing import Malformed

CHINA = ZoneInfo("Asia/Shanghai")
NO_TIME = "xxxx-xx-xx xx:xx:xx"  # written where something has not happened yet
NOT_UTF8 = "文字是 GB 18030 编码，不是 UTF-8"
EXTRA_SEPARATOR = "记录末尾多一个分隔符"

_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})", re.ASCII)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)
_BLANK = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Record:
    """A record, or the head, of a file of this kind; values are texts as they stand."""

    kind: str
    values: tuple[str, ...]
    head: bool = False
    remarks: tuple[str, ...] = field(default=(), compare=False)

    def named(self) -> dict[str, str]:
        """Values under the names of the layout; fields that no layout names are ``field_3`` …"""
        names = _names(self.kind, len(self.values), head=self.head)
        return dict(zip(names, self.values, strict=True))

    def text(self, name: str) -> str:
        """Raises ``KeyError`` where the layout has no such field."""
        return self.named()[name]

    def number(self, name: str) -> float | None:
        """None where the field is empty or holds a word."""
        text = self.text(name)
        return float(text) if _NUMBER.fullmatch(text) else None

    def time(self, name: str) -> datetime | None:
        """Beijing time, aware; None where there is none yet."""
        text = self.text(name)
        return None if text in ("", NO_TIME) else _time(text)


def parse_record(
    data: bytes,
    kind: str,
    *,
    head: bool = False,
    dialect: Dialect = USUAL,
    encoding: str | None = None,
) -> Record:
    """Reads a record without its terminator; raises ``Malformed`` with the offset of the field.

    ``encoding`` None: UTF-8, else GB 18030.
    """
    text, remarks = _decoded(data, encoding)
    inner = text.strip(_BLANK)
    values = tuple([value.strip(_BLANK) for value in inner.split(dialect.field)])
    layout = LAYOUTS.get(kind)
    if layout is None:
        return Record(kind, values, head, remarks)
    fields = layout.head if head else layout.fields
    gap = None if head else layout.gap
    if len(values) == len(fields) + 1 and not values[-1] and gap is None:
        values, remarks = values[:-1], (*remarks, EXTRA_SEPARATOR)
    if len(values) != len(fields) and (gap is None or len(values) < len(fields)):
        raise Malformed(_wrong_count(inner, values, fields), _blank(text))
    more = len(values) - len(fields)
    for number, each in layout.checked_head if head else layout.checked:
        index = number if gap is None or number < gap else number + more
        fault = _fault(values[index], each) if values[index] else None
        if fault:
            raise Malformed(fault, _offset(text, index, dialect, encoding or _found(remarks)))
    return Record(kind, values, head, remarks)


def write_record(record: Record, dialect: Dialect = USUAL) -> bytes:
    """The record in UTF-8 with its terminator; ``ValueError`` where it would not be read back."""
    data = dialect.field.join(record.values).encode()
    try:
        again = parse_record(data, record.kind, head=record.head, dialect=dialect)
    except Malformed as malformed:
        raise ValueError(f"这条记录不合格式：{malformed.reason}") from malformed
    whole = dialect.record.encode()
    if again != record or not data.strip(_BLANK.encode()) or _ends_early(data, dialect):
        raise ValueError("字段里有分隔符、首尾空格或只有空白，写出后读不回来")
    return data + whole


def _ends_early(data: bytes, dialect: Dialect) -> bool:
    """A mark stands within, or begins within and is made whole by the terminator."""
    record, end = dialect.record.encode(), dialect.end.encode()
    return (data + record).find(record) < len(data) or end in data + record


def _decoded(data: bytes, encoding: str | None) -> tuple[str, tuple[str, ...]]:
    for name in [encoding] if encoding else ["utf-8", "gb18030"]:
        try:
            return data.decode(name), (NOT_UTF8,) if name != "utf-8" else ()
        except UnicodeDecodeError as error:
            at = error.start
    raise Malformed("文字既不是 UTF-8 也不是 GB 18030", at)


def _found(remarks: tuple[str, ...]) -> str:
    return "gb18030" if NOT_UTF8 in remarks else "utf-8"


def _names(kind: str, count: int, *, head: bool) -> list[str]:
    layout = LAYOUTS.get(kind)
    if layout is None:
        return [f"field_{number}" for number in range(1, count + 1)]
    fields = [each.name for each in (layout.head if head else layout.fields)]
    if head or layout.gap is None:
        return fields
    others = [f"field_{layout.gap + 1 + number}" for number in range(count - len(fields))]
    return fields[: layout.gap] + others + fields[layout.gap :]


def _wrong_count(inner: str, values: tuple[str, ...], fields: tuple[Field, ...]) -> str:
    hint = "；有全角分号“；”，应为半角" if "；" in inner else ""
    return f"字段数是 {len(values)}，应为 {len(fields)}{hint}"


def _fault(value: str, field: Field) -> str | None:
    if field.form is Form.NUMBER:
        good = bool(_NUMBER.fullmatch(value))
    else:
        good = value == NO_TIME or _is_time(value)
    return None if good else f"{field.words}“{value[:30]}”不是{field.form.value}"


@lru_cache(maxsize=1024)  # most records of a file have the same
def _is_time(value: str) -> bool:
    try:
        _time(value)
    except ValueError:
        return False
    return True


def _time(value: str) -> datetime:
    if not _TIME.fullmatch(value):
        raise ValueError(value)
    return datetime.fromisoformat(value).replace(tzinfo=CHINA)


def _blank(text: str) -> int:
    return len(text) - len(text.lstrip(_BLANK))


def _offset(text: str, index: int, dialect: Dialect, encoding: str) -> int:
    """The first byte of the field with this index, after blanks before it."""
    parts = text.split(dialect.field)
    before = dialect.field.join(parts[:index]) + (dialect.field if index else "")
    return len(before.encode(encoding)) + _blank(parts[index])
