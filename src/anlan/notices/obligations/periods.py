"""Periods: 每年, 每半年, 按月, 一年两次, 2次/季度.

The contract knows year, half_year, quarter and month. A day, a week or several years stand in the
unit instead (次/日, 次/周, 次/2年) and the period is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from anlan.notices.document import Period
from anlan.notices.obligations.numbers import parse_chinese

_PERIOD = re.compile(
    r"每(?:间?隔)?(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3})?个?"
    r"(?P<unit>半年|半个?月|工作日|年度?|月份?|季度?|周|星期|[日天](?!24小时)|[旬次班]|小时|学期)(?!前后)"
    r"|按(?P<by>月|季度?|周|[日旬](?!期))|逐(?P<each>[月日周])(?!期)"
    r"|(?<![第\d一二三四五六七八九十百])一(?P<one>年|季度?|月|周|[日天])"
    r"(?=[一两二三四\d]次?|至少|不少于|不得少于)"
    r"|(?<![每本当上下次首末个按逐年季\d一二两三四五六七八九十])(?P<short>半年|月|季|周)"
    r"(?=(?:调度|通报|督查|督导|例会|分析|研判|考核|评估|排名|会商|巡查|点评)(?![表书员]))"
    r"|/(?P<per>半年|年|季度?|月|周|[日天])|(?P<whole>全年)"
)
_PERIODS = {
    "年": Period.YEAR,
    "半年": Period.HALF_YEAR,
    "季": Period.QUARTER,
    "月": Period.MONTH,
}
_MONTHS = {1: Period.MONTH, 3: Period.QUARTER, 6: Period.HALF_YEAR, 12: Period.YEAR}
_PLAIN = {"天": "日", "星期": "周", "半个月": "半月"}


@dataclass(frozen=True)
class Recurrence:
    """``period``, or None with ``per`` (日, 周, 2年) to be joined to the unit. ``whole``: 全年."""

    start: int
    end: int
    period: Period | None
    per: str = ""
    whole: bool = False


def scan(text: str) -> list[Recurrence]:
    """All periods of ``text`` in order."""
    return [_read(match) for match in _PERIOD.finditer(text)]


def _read(match: re.Match[str]) -> Recurrence:
    if match["whole"]:
        return Recurrence(*match.span(), Period.YEAR, whole=True)
    word = (
        match["short"]
        or match["unit"]
        or match["by"]
        or match["each"]
        or match["one"]
        or match["per"]
    )
    unit = _PLAIN.get(word, word).removesuffix("度").removesuffix("份")
    count = _count(match["count"])
    period = _MONTHS.get(count) if unit == "月" else None if count > 1 else _PERIODS.get(unit)
    per = "" if period else unit if count == 1 else f"{count}{unit}"
    return Recurrence(*match.span(), period, per)


def _count(word: str | None) -> int:
    if not word:
        return 1
    return int(word) if word.isdecimal() else parse_chinese(word) or 1
