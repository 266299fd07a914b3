"""One field of a type that is data: what may stand in it, and what people read of it.

    depth = Field("depth", "采深", Kind.NUMBER, unit="m", minimum=Decimal(0))
    depth.parse("６２０.5")   # "620.5", as it is stored
    depth.parse("很深")       # FieldError: 采深须填数，不带单位（填写的是“很深”）。

Forms, Excel files and the API all come through :meth:`Field.parse`: a value is judged once.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Protocol

from anlan.kernel.typed import referables

Stored = str | int | bool | list[str]  # as it lies in JSON

LONGEST = {"text": 200, "long_text": 5000}  # characters
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
MOST_DIGITS = 15  # what Excel keeps of a number, and more than any count needs

_YES = {"是", "有", "√", "✓", "1", "true", "yes", "y"}
_NO = {"否", "无", "没有", "×", "0", "false", "no", "n"}
_SEPARATORS = re.compile(r"[、，,;；\n]+")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    NUMBER = "number"  # stored as the decimal's digits: exact
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    REFERENCE = "reference"  # to a subject of another ledger: see ``referables``


class FieldError(ValueError):
    """What is wrong with a value, in Chinese, with what was given."""


class Finds(Protocol):
    """Who knows which subject is meant: ``finding.Finder``, within an actor's reach."""

    def find(self, field: Field, raw: object) -> str: ...

    def offers(self, field: Field) -> list[str]: ...

    def words(self, field: Field, reference: object) -> str: ...


@dataclass(frozen=True)
class Choice:
    """``code`` is stored, ``label`` read."""

    code: str
    label: str


@dataclass(frozen=True)
class Field:
    """``minimum`` and ``maximum`` bound numbers, both included; ``unit`` stands behind them.

    ``refers``: the key of what a reference leads to.
    """

    key: str
    label: str
    kind: Kind
    unit: str = ""
    required: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[Choice, ...] = ()
    help: str = ""
    refers: str = ""

    def parse(self, raw: object, finder: Finds | None = None) -> Stored | None:
        """The value as it is stored; None for an empty one that may be empty.

        ``finder`` knows what a reference may lead to; without one none is taken. FieldError for
        what is no such value, lies out of bounds, or is missing.
        """
        if _is_empty(raw):
            if self.required:
                raise FieldError(f"“{self.label}”没有填写。")
            return None
        match self.kind:
            case Kind.TEXT | Kind.LONG_TEXT:
                return self._text(raw)
            case Kind.INTEGER:
                return int(self._number(raw, whole=True))
            case Kind.NUMBER:
                return format(self._number(raw, whole=False), "f")
            case Kind.DATE:
                return self._date(raw).isoformat()
            case Kind.YES_NO:
                return self._yes_no(raw)
            case Kind.CHOICE:
                return self._code(raw)
            case Kind.CHOICES:
                return self._codes(raw)
            case Kind.REFERENCE:
                return self._reference(raw, finder)

    def show(self, value: Stored | None) -> str:
        """What people read of a stored value; a code that is none of its choices as it stands."""
        if value is None or value == "" or value == []:
            return ""
        match self.kind:
            case Kind.YES_NO:
                return "是" if value else "否"
            case Kind.CHOICE:
                return self._label(str(value))
            case Kind.CHOICES:
                return "、".join(self._label(str(each)) for each in _listed(value))
            case Kind.INTEGER | Kind.NUMBER:
                return f"{value} {self.unit}".strip()
            case Kind.REFERENCE:
                return referables.words(self.refers, value)
            case _:
                return str(value)

    # --- each kind ------------------------------------------------------------------------------

    def _text(self, raw: object) -> str:
        text = _plain(raw)
        if _CONTROL.search(text):
            raise FieldError(f"“{self.label}”中有不能保存的控制字符，请删去后重试。")
        longest = LONGEST[self.kind]
        if len(text) > longest:
            raise FieldError(f"“{self.label}”最多 {longest} 字（填写了 {len(text)} 字）。")
        return text

    def _number(self, raw: object, *, whole: bool) -> Decimal:
        number = _decimal(raw)
        what = "整数" if whole else "数"
        if number is None:
            raise FieldError(f"“{self.label}”须填{what}，不带单位（填写的是“{_short(raw)}”）。")
        if whole and number != number.to_integral_value():
            raise FieldError(f"“{self.label}”须填整数（填写的是 {number:f}）。")
        self._check_bounds(number)
        return number.to_integral_value() if whole else number

    def _check_bounds(self, number: Decimal) -> None:
        if self.minimum is not None and number < self.minimum:
            raise FieldError(f"“{self.label}”不能小于 {self.minimum:f}（填写的是 {number:f}）。")
        if self.maximum is not None and number > self.maximum:
            raise FieldError(f"“{self.label}”不能大于 {self.maximum:f}（填写的是 {number:f}）。")

    def _date(self, raw: object) -> date:
        day = _day(raw)
        if day is None:
            raise FieldError(f"“{self.label}”须填日期，如 2025-03-05（填写的是“{_short(raw)}”）。")
        if not FIRST_DAY <= day <= LAST_DAY:
            raise FieldError(
                f"“{self.label}”须在 {FIRST_DAY} 至 {LAST_DAY} 之间（填写的是 {day}）。"
            )
        return day

    def _yes_no(self, raw: object) -> bool:
        if isinstance(raw, bool):
            return raw
        word = _folded(raw)
        if word in _YES or word in _NO:
            return word in _YES
        raise FieldError(f"“{self.label}”须填“是”或“否”（填写的是“{_short(raw)}”）。")

    def _code(self, raw: object) -> str:
        word = _folded(raw)
        for each in self.choices:
            if word in (_folded(each.label), _folded(each.code)):
                return each.code
        allowed = "、".join(each.label for each in self.choices)
        raise FieldError(f"“{self.label}”须是以下之一：{allowed}（填写的是“{_short(raw)}”）。")

    def _codes(self, raw: object) -> list[str] | None:
        words = raw if isinstance(raw, list | tuple) else _SEPARATORS.split(_plain(raw))
        given = {self._code(word) for word in words if not _is_empty(word)}
        if not given and self.required:
            raise FieldError(f"“{self.label}”没有填写。")
        return [each.code for each in self.choices if each.code in given] or None

    def _reference(self, raw: object, finder: Finds | None) -> str:
        if finder is None or not referables.known(self.refers):
            raise FieldError(f"“{self.label}”不能在这里填写。")
        return finder.find(self, raw)

    def _label(self, code: str) -> str:
        return next((each.label for each in self.choices if each.code == code), code)


def _is_empty(raw: object) -> bool:
    return raw is None or raw == [] or raw == () or (isinstance(raw, str) and not raw.strip())


def _plain(raw: object) -> str:
    """Text as it was meant: Excel hands whole numbers over as 12.0."""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()


def _folded(raw: object) -> str:
    """Full-width forms, spaces and capitals do not tell words apart."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", _plain(raw))).lower()


def _decimal(raw: object) -> Decimal | None:
    """The number; None if it is none, is not finite, or has more digits than any count."""
    if isinstance(raw, bool):
        return None
    text = str(raw) if isinstance(raw, int | float | Decimal) else _folded(raw)
    # 1,200 groups thousands; 1,2 may be a slip for 1.2 and is refused.
    if "," in text:
        if not re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
            return None
        text = text.replace(",", "")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,2})?", text, re.ASCII | re.I):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    number = number.quantize(Decimal(1)) if number == number.to_integral_value() else number
    return number if len(number.as_tuple().digits) <= MOST_DIGITS else None


def _day(raw: object) -> date | None:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    found = _DATE.fullmatch(_folded(raw))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _listed(value: Stored) -> list[str]:
    return value if isinstance(value, list) else [str(value)]


def _short(raw: object) -> str:
    text = _plain(raw)
    return text if len(text) <= 30 else f"{text[:30]}…"
