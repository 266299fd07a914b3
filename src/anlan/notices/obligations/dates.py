"""Deadlines: 年底前, 2025年6月30日前, 3月底前, 上半年, 三季度末, 到2026年, 2月10日—2月24日.

A date without a year takes the notice's year. 以前 and 前 include the last day named (年底前 is
31 December); "6月前", which names no day, ends with the day before 1 June. A range ends with its
second date. 自…起, 以后, 以来 start something and set no deadline.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from anlan.notices.obligations.numbers import DIGITS, parse_chinese

_DATE = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d|二[〇○零][〇○零一二三四五六七八九]{2})年度?"
    r"|(?P<relative>今年|明年|次年(?=\d|[上下]半|底)|本年度?|当年)|(?=[年上下第一二三四五六七八九十\d本月]))"
    r"(?:(?P<end>(?<=[年度])[底末内终]|年[底末终内])"
    r"|(?P<part>上半年|下半年|第?[一二三四1-4]季度)[末底内]?"
    r"|(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?"
    r"(?:(?P<day>[12]\d|3[01]|0?[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
    r"(?:[至到—–－～~-]{1,2}(?P<upto>[12]\d|3[01]|0?[1-9])[日号])?|(?P<third>[上中下]旬|[底末内]))?"
    r"|(?P<vague>本?月[底末])|(?<=[年度]))"
)
_SEASON = re.compile(
    r"(?:春节|元旦|清明节?|五一|国庆节?|汛期?|入汛|入冬|供暖期?|采暖期?|防火期|高火险期|节)"
    r"(?:到来|来临)?之?前(?![后期置])"
)
_SEASON_IS = re.compile(r"[期季](?:为|是|[：:])(?:每年)?$")
_YEARLY = re.compile("考核|总结|评估|评比|奖|述职|检查|决算")  # 年终考核: a name
_BEFORE = re.compile(r"(?:之前|以前|前)(?![后期置])|为?止")
_AFTER = re.compile(r"(?:之|以)?[后後]|起|以来|以來|开始|至今|到期")
_UNTIL = re.compile(r"(?:截至|截止|延长至|延长到|展期至|不晚于|不迟于|[到至])$")
_DOES = re.compile(
    r"(?:全市|全县|全区|全省|计划|力争|确保|全部|全面|基本|再){0,2}(?:完成|实现|建成|达到|新建|改造|新增|培训|治理|淘汰|创建)(?![的了])"
)
_EACH = re.compile(r"[各份]?(?:分别|各)")
_VALID = re.compile(r"(?:有效期|有效|执行期限?|期限|自[^，。；]{1,12})(?:截止|延续)?[至到]$")
_JOINED = ("和", "、", "及", "与", "或", "以及", "，")
_TO = ("至", "到", "—", "——", "-", "－", "–", "~", "～", "─")
_NUMERALS = frozenset("0123456789.个" + "".join(DIGITS)) | {"十", "百", "半"}
_NOT_A_YEAR_END = _NUMERALS | frozenset("上去往历每近前全同")


@dataclass(frozen=True)
class Day:
    """A date at ``start:end`` of a text; ``deadline`` None where the year or day is unknown.

    ``binds``: the words make it a last day. A date that binds nobody is kept too, so that its
    figures are not read as counts.
    """

    start: int
    end: int
    deadline: date | None
    binds: bool


def scan(text: str, year: int | None) -> list[Day]:
    """All dates of ``text`` in order; ``year`` completes those that name none."""
    matches = [match for match in _DATE.finditer(text) if _is_date(text, match)]
    days = _ranges(text, [_day(text, match, year) for match in matches], matches)
    days = [replace(day, binds=day.binds and not _names_season(text, day)) for day in days]
    seasons = [Day(*match.span(), None, binds=True) for match in _SEASON.finditer(text)]
    return sorted(_lists(text, days) + seasons, key=lambda day: day.start)


def _names_season(text: str, day: Day) -> bool:
    """防火期（3月15日至6月15日）: when the season is, not by when something is due."""
    if names_season(text, day.start):
        return True
    opening = text.rfind("（", 0, day.start)
    named = text[:opening].endswith(("期", "季", "期内", "季内")) if opening > 0 else False
    return named and "）" not in text[opening : day.start]


def names_season(text: str, place: int) -> bool:
    """Whether 防火期为（每年） stands right before ``place``."""
    return bool(_SEASON_IS.search(text, max(0, place - 10), place))


def _is_date(text: str, match: re.Match[str]) -> bool:
    before = text[match.start() - 1] if match.start() else ""
    if match.end() == match.start():
        return False
    if (match["end"] or "").endswith("终") and _YEARLY.match(text, match.end()):
        return False
    if match["end"] and not (match["year"] or match["relative"]):
        return before not in _NOT_A_YEAR_END or not before
    if match["vague"]:
        return before not in _NUMERALS or not before
    return not (match["month"] or match["part"]) or before not in _NUMERALS or not before


def _day(text: str, match: re.Match[str], year: int | None) -> Day:
    named = _year(match, year)
    rest = match.end()
    before = _BEFORE.match(text, rest)
    end = before.end() if before else rest
    spans = match["end"] or match["part"] or match["third"] or match["upto"]
    bound = before or spans or _until(text, match.start()) or _whole_year(text, match, year)
    bound = bound or (match.start() == 0 and text.startswith(("：", ":"), rest))
    bound = bound or (match["month"] and not match["day"] and _EACH.match(text, rest))
    starts = _AFTER.match(text, end) or _starts(text, match.start(), end)
    binds = bool(bound) and not starts
    return Day(match.start(), end, _last_day(match, named, bool(before)), binds)


def _whole_year(text: str, match: re.Match[str], year: int | None) -> bool:
    """2025年新建3座: due by the end of a year that is named bare in front of a verb."""
    bare = match["year"] and match.end() - match.start() <= 6
    if not bare or match["month"] or match["part"] or match["end"]:
        return False
    return bool(_DOES.match(text, match.end())) and (
        year is None or (_year(match, year) or 0) >= year
    )


def _until(text: str, start: int) -> bool:
    valid = _VALID.search(text[max(0, start - 18) : start])
    return bool(_UNTIL.search(text[max(0, start - 4) : start])) and not valid


def _starts(text: str, start: int, end: int) -> bool:
    return text[max(0, start - 1) : start] in ("自", "从") and "起" in text[end : end + 3]


def _year(match: re.Match[str], year: int | None) -> int | None:
    named = match["year"]
    if named:
        return int(named) if named.isdecimal() else int("".join(str(DIGITS[c]) for c in named))
    if match["relative"] in ("明年", "次年") and year is not None:
        return year + 1
    return year


def _last_day(match: re.Match[str], year: int | None, before: bool) -> date | None:
    if year is None or match["vague"]:
        return None
    if match["part"]:
        return _end_of_month(year, _last_month(match["part"]))
    if not match["month"]:
        bare = before and not match["end"]
        return date(year - 1 if bare else year, 12, 31)
    month = _figure(match["month"])
    if match["day"]:
        return _exact(year, month, _figure(match["upto"] or match["day"]))
    if match["third"] in ("上旬", "中旬"):
        return date(year, month, 10 if match["third"] == "上旬" else 20)
    if before and not match["third"]:
        return date(year, month, 1) - timedelta(days=1)
    return _end_of_month(year, month)


def _last_month(part: str) -> int:
    if part.endswith("半年"):
        return 6 if part[0] == "上" else 12
    return 3 * _figure(part.removeprefix("第")[0])


def _figure(word: str) -> int:
    return int(word) if word.isdecimal() else parse_chinese(word) or 0


def _exact(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if day <= calendar.monthrange(year, month)[1] else None


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _ranges(text: str, days: list[Day], matches: list[re.Match[str]]) -> list[Day]:
    """Joins 2月10日—2月24日 to one last day; the first date's year serves the second."""
    joined: list[Day] = []
    for day, match in zip(days, matches, strict=True):
        if joined and text[joined[-1].end : day.start] in _TO:
            first = joined.pop()
            year = _year(match, first.deadline.year if first.deadline else None)
            last = _last_day(match, year, before=False) if match["month"] else day.deadline
            day = Day(first.start, day.end, last, binds=not _AFTER.match(text, day.end))
        joined.append(day)
    return joined


def _lists(text: str, days: list[Day]) -> list[Day]:
    """6月30日和12月20日前: the 前 of the last serves all dates joined to it."""
    done: list[Day] = []
    for day in reversed(days):
        follower = done[-1] if done else None
        if follower and follower.binds and text[day.end : follower.start] in _JOINED:
            day = replace(day, binds=True)
        done.append(day)
    return done[::-1]


def groups(text: str, days: list[Day]) -> list[list[Day]]:
    """The days, those of one list (6月30日和12月20日前) together."""
    grouped: list[list[Day]] = []
    for day in days:
        if grouped and text[grouped[-1][-1].end : day.start] in _JOINED:
            grouped[-1].append(day)
        else:
            grouped.append([day])
    return grouped
