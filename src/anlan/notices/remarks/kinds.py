"""The kinds of remark, the heaviest first."""

from __future__ import annotations

from enum import StrEnum


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
