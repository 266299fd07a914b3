"""Numbers and dates as official papers write them."""

from __future__ import annotations

import calendar
from datetime import date

_DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """1 to 99 in Chinese: 七, 十, 二十一; ValueError beyond, where no paper counts chapters."""
    if not 0 < number < 100:
        raise ValueError(f"no ordinal for {number}")
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def full_date(day: date) -> str:
    """2026年3月5日: Arabic figures, without leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def by(day: date) -> str:
    """A time limit: 2026年12月底前 for the last day of a month, else 2026年3月5日前."""
    last = calendar.monthrange(day.year, day.month)[1]
    return f"{day.year}年{day.month}月底前" if day.day == last else f"{full_date(day)}前"


def item(number: int | None) -> str:
    """第9项; the notice as a whole where no item is meant."""
    return f"第{number}项" if number else "全文"


def quoted(words: str, *, most: int | None = None) -> str:
    """The words in quotation marks, those inside turned to single ones; cut after ``most``."""
    inside = words.strip().replace("“", "‘").replace("”", "’")
    return f"“{inside[:most]}…”" if most and len(inside) > most else f"“{inside}”"
