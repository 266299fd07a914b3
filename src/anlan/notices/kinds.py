"""The kinds of difference and of remark, each in order of weight, the heaviest first."""

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


class RemarkKind(StrEnum):
    """In order of weight: who must do it, how much, by when; then what is merely untidy."""

    NO_OWNER = "no_owner"  # nobody answers for it
    CONFLICTING_FIGURES = "conflicting_figures"  # the same asked twice with different figures
    OPEN_UNITS = "open_units"  # 等部门: the list of units is not closed
    UNCLEAR_UNIT = "unclear_unit"  # a quota that does not say per what, or of what
    NO_DATE = "no_date"  # a number to reach without a date or a period
    UNKNOWN_UNIT = "unknown_unit"  # not in the organisation tree
    DUPLICATE_DUTY = "duplicate_duty"  # the same words in two items
    DANGLING_REFERENCE = "dangling_reference"  # 见第三十项, of twenty-one
    MISSING_ATTACHMENT = "missing_attachment"
    MISSING_DATE_IN_SIGNATURE = "missing_date_in_signature"
    BLANK = "blank"  # a place left open: ＿＿, ××
    VAGUE = "vague"  # 适时 and the like, in an item without any measure
