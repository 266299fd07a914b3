"""The kinds of difference, the heaviest first."""

from __future__ import annotations

from enum import StrEnum


class DifferenceKind(StrEnum):
    """In order of weight: what changes who must do what stands before what changes a comma."""

    MISSING_ROW = "missing_row"  # an item of the body without a row
    MISSING_ITEM = "missing_item"  # a row without an item of the body
    PART_MISSING = "part_missing"  # a sector on one side only
    UNIT_MISSING_IN_TABLE = "unit_missing_in_table"
    UNIT_MISSING_IN_BODY = "unit_missing_in_body"
    NUMBER = "number"  # a different figure, or a figure on one side only
    ROLE = "role"  # the same unit leads on one side and assists on the other
    UNIT_NAME = "unit_name"  # the same body written in two ways
    TITLE = "title"
    TEXT_ONLY_IN_BODY = "text_only_in_body"
    TEXT_ONLY_IN_TABLE = "text_only_in_table"
    WORDING = "wording"
    PUNCTUATION = "punctuation"
