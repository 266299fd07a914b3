"""What becomes of the characters that no field of the notice carries: layout, repairs, copies."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from anlan.notices.document import Repair


class LayoutKind(StrEnum):
    """Why characters carry no content of their own."""

    NUMBER = "number"  # 一、 （一） 1. 第三条: kept as an int
    BRACKET = "bracket"  # brackets, dashes and full stops around a responsibility
    MARKUP = "markup"  # <p>, &nbsp;
    HEADER = "header"  # the words that head a table's columns
    GROUP = "group"  # a table cell that repeats the number and title of a chapter
    DRAFT = "draft"  # 征求意见稿: kept as ``draft``
    STOP = "stop"  # the full stop or colon between a title and its text


class RepairKind(StrEnum):
    """The kinds of repair; their Chinese names are in ``docs/notices.md``."""

    JOINED_LINES = "joined_lines"
    HALF_WIDTH = "half_width"
    TRADITIONAL = "traditional"
    STRAY_LINE = "stray_line"
    PAGE_NUMBER = "page_number"
    RUNNING_HEADER = "running_header"
    WEB_DEBRIS = "web_debris"
    REPEATED_TITLE = "repeated_title"
    REPEATED_CELL = "repeated_cell"
    MERGED_CELL = "merged_cell"
    SPLIT_ROW = "split_row"
    TWO_UNITS = "two_units"
    MISSING_NUMBER = "missing_number"
    UNBALANCED_BRACKET = "unbalanced_bracket"


@dataclass(frozen=True)
class Layout:
    """Characters of the input that are layout."""

    kind: LayoutKind
    text: str


@dataclass
class Ledger:
    """The account kept while a notice is built.

    ``copies`` are words that the notice carries more often than the source: an issuer known only
    from the signature, a merged unit cell given to each of its rows, a column's name before a date.
    """

    layout: list[Layout] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)

    def lay(self, kind: LayoutKind, text: str) -> None:
        """Enters ``text`` as layout; white space needs no entry."""
        if text.strip():
            self.layout.append(Layout(kind, text))

    def repair(self, line: int, kind: RepairKind, before: str, after: str) -> None:
        """Enters a repair; what ``before`` has more than ``after`` has been removed."""
        self.repairs.append(Repair(line, str(kind), before, after))

    def copy(self, text: str) -> str:
        """Enters ``text`` as a copy and returns it."""
        if text.strip():
            self.copies.append(text)
        return text
