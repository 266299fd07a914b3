"""When in the week a rule holds, as people write it: a line for each stretch of the day.

``spans`` are ``[weekday, first minute, minute after the last]``, Monday 0; a stretch whose end is
not after its beginning goes on into the next day (``engine.rules.calendar``). None: always.
"""

from __future__ import annotations

import re

DAYS = "一二三四五六日"
DAY_MINUTES = 24 * 60
EXAMPLE = "周一至周五 08:00-18:00"
Spans = list[list[int]]
_LINE = re.compile(r"(?P<days>\S+?)\s*(?P<begin>\d{1,2}:\d{2})-(?P<end>\d{1,2}:\d{2})")
_PART = re.compile(r"周?([一二三四五六日天])(?:至周?([一二三四五六日天]))?")


def read(text: str) -> Spans:
    """The spans of all lines; ValueError, in Chinese, with the line that says nothing."""
    found: set[tuple[int, int, int]] = set()
    for line in filter(None, (each.strip() for each in text.splitlines())):
        plain = line.replace("：", ":").replace("－", "-").replace("—", "-").replace("～", "-")
        match = _LINE.fullmatch(plain)
        if match is None:
            raise ValueError(f"“{line}”看不懂，请写成“{EXAMPLE}”。")
        begin, end = _minute(match["begin"], line), _minute(match["end"], line)
        found |= {(day, begin % DAY_MINUTES, end) for day in _days(match["days"], line)}
    return [list(each) for each in sorted(found)]


def written(spans: Spans) -> str:
    """The same as lines: days of the same hours together; empty for always."""
    hours: dict[tuple[int, int], set[int]] = {}
    for day, begin, end in spans:
        hours.setdefault((begin, end), set()).add(day)
    return "\n".join(
        f"{_named(sorted(days))} {_clock(begin)}-{_clock(end)}"
        for (begin, end), days in sorted(hours.items())
    )


def _minute(clock: str, line: str) -> int:
    hour, minute = (int(each) for each in clock.split(":"))
    if minute > 59 or hour * 60 + minute > DAY_MINUTES:
        raise ValueError(f"“{line}”中的 {clock} 不是一天中的时刻。")
    return hour * 60 + minute


def _days(text: str, line: str) -> list[int]:
    if text in ("每天", "每日"):
        return list(range(7))
    days: list[int] = []
    for part in re.split("[、,，]", text):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"“{line}”中的“{part}”不是星期，请写成“{EXAMPLE}”。")
        first, last = _day(match[1]), _day(match[2] or match[1])
        days += [each % 7 for each in range(first, last + 1 if last >= first else last + 8)]
    return days


def _day(character: str) -> int:
    return DAYS.index("日" if character == "天" else character)


def _named(days: list[int]) -> str:
    if len(days) == 7:
        return "每天"
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"周{DAYS[days[0]]}至周{DAYS[days[-1]]}"
    return "、".join(f"周{DAYS[day]}" for day in days)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
