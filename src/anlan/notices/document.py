"""The document that reading a notice yields, and the source that it was read from.

``Notice.as_dict()`` gives the public JSON form; its keys are a contract with other programs.
Line numbers (``lines``: first and last line of the source, counted from 1) serve the review page,
which links what was read with the original; they are not part of the JSON form.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Lines = tuple[int, int]
NOWHERE: Lines = (0, 0)


class NoticeError(Exception):
    """A file that cannot be read as a notice. The message is Chinese: what is wrong, what to do."""


# --- the source: what the readers hand to the structure -------------------------------------------


@dataclass(frozen=True)
class Paragraph:
    """One line of running text; ``line`` is its number in ``Source.lines``, counted from 1."""

    text: str
    line: int
    page: int | None = None


@dataclass(frozen=True)
class Row:
    """One row of a table, cells from left to right; a cell keeps its inner line breaks as ``\\n``.

    A cell that a merged cell covers is ``""`` (the reader does not repeat the text). ``table``
    tells rows of different tables apart where the file says so (docx, pdf); 0 in plain text.
    """

    cells: tuple[str, ...]
    line: int
    page: int | None = None
    table: int = 0


@dataclass(frozen=True)
class Repair:
    """A certain repair of dirty text: the words of source line ``line`` before and after it."""

    line: int
    kind: str
    before: str
    after: str


@dataclass
class Source:
    """A file as read: its lines as shown to people, and the same lines as blocks for the structure.

    ``confidence`` is the OCR engine's mean over all text lines (0..1), None for typed text.
    """

    lines: list[str]
    blocks: list[Paragraph | Row]
    kind: str = "text"
    repairs: list[Repair] = field(default_factory=list)
    confidence: float | None = None


# --- the document -----------------------------------------------------------------------------


class Role(StrEnum):
    LEAD = "lead"  # 牵头
    ASSIST = "assist"  # 配合
    RESPONSIBLE = "responsible"  # 负责、分工负责、责任单位
    OVERSEE = "oversee"  # 督促指导、指导督促企业落实


@dataclass(frozen=True)
class Unit:
    name: str
    role: Role


@dataclass
class Responsible:
    """Who answers. ``text``: the words of the notice; ``inherited``: units named once for all."""

    text: str = ""
    units: list[Unit] = field(default_factory=list)
    inherited: list[str] = field(default_factory=list)


class ObligationKind(StrEnum):
    QUOTA = "quota"  # a number to reach: 至少研究解决10项
    DEADLINE = "deadline"  # a date without a number: 2025年底前完成
    FREQUENCY = "frequency"  # times per period: 每半年召开一次
    TRIGGER = "trigger"  # what happens when events pile up: 3个月之内发生2起以上
    CONDITION = "condition"  # whom it binds: 采深大于600m
    DUTY = "duty"  # binding, neither counted nor dated


class Period(StrEnum):
    YEAR = "year"
    HALF_YEAR = "half_year"
    QUARTER = "quarter"
    MONTH = "month"


@dataclass
class Obligation:
    """One binding sentence or clause, in the words of the notice, with its arithmetic.

    ``value`` is a number, the lower bound of a range whose upper bound is ``value_max``; ``unit``
    the unit of count (次 项 座 % m 年 人…); ``op`` one of ``>= > <= < == all`` or None;
    ``deadline`` the last day; ``window_months`` the window in which a trigger's events count.
    """

    text: str
    subject: str | None = None
    kind: ObligationKind = ObligationKind.DUTY
    value: int | float | None = None
    value_max: int | float | None = None
    unit: str | None = None
    op: str | None = None
    period: Period | None = None
    deadline: date | None = None
    window_months: int | float | None = None


@dataclass
class Part:
    """A part of an item with its own subject or its own units: 煤矿方面，…（…牵头负责）.

    ``sector`` is 煤矿, or None where a paragraph or sentence merely has its own responsible units.
    """

    sector: str | None
    text: str
    responsible: Responsible = field(default_factory=Responsible)
    obligations: list[Obligation] = field(default_factory=list)
    lines: Lines = NOWHERE


@dataclass
class Item:
    """An item. ``text`` is without number, title, responsibility and the texts of its parts."""

    number: int | None
    title: str | None
    text: str
    responsible: Responsible = field(default_factory=Responsible)
    parts: list[Part] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    lines: Lines = NOWHERE


@dataclass
class Chapter:
    """A chapter; ``text`` is what stands between its heading and its first item."""

    number: int | None
    title: str | None
    text: str
    items: list[Item] = field(default_factory=list)
    lines: Lines = NOWHERE


@dataclass
class TableRow:
    """A row of the table of assignments. ``item``: number of the item; ``part``: its sector."""

    item: int | None
    part: str | None
    title: str | None
    text: str
    responsible: Responsible = field(default_factory=Responsible)
    obligations: list[Obligation] = field(default_factory=list)
    lines: Lines = NOWHERE


@dataclass
class Difference:
    """Body and table disagree. ``body``/``table`` quote both sides; an absent side is ``""``.

    ``chapter``: title of the item's chapter where numbers restart in each (not in the JSON form).
    """

    item: int | None
    kind: str
    body: str
    table: str
    chapter: str | None = None


@dataclass
class Remark:
    """A question that a careful clerk would put to the drafters, in Chinese."""

    item: int | None
    kind: str
    text: str


@dataclass
class Notice:
    title: str | None = None
    issuer: str | None = None
    year: int | None = None
    draft: bool = False
    preamble: str = ""
    closing: str = ""
    chapters: list[Chapter] = field(default_factory=list)
    table: list[TableRow] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    source: Source | None = None

    @property
    def items(self) -> list[Item]:
        """All items of all chapters, in order."""
        return [item for chapter in self.chapters for item in chapter.items]

    def as_dict(self) -> dict[str, Any]:
        """The public JSON form: plain dicts, lists, strings, numbers, None; dates in ISO form."""
        plain = {key: _plain(getattr(self, key)) for key in _public(self)}
        plain["chapters"] = plain["chapters"] or [_plain(_no_chapter())]
        return plain


def _no_chapter() -> Chapter:
    """A notice without chapters has one without number and title, even where all is in a table."""
    return Chapter(None, None, "", [Item(None, None, "")])


_PRIVATE = {"lines", "source", "chapter"}


def _public(value: DataclassInstance) -> list[str]:
    return [f.name for f in dataclasses.fields(value) if f.name not in _PRIVATE]


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(getattr(value, key)) for key in _public(value)}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return str(value)
    return value
