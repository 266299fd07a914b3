"""Last days: the day that each wording names, and the dates that bind nobody."""

from __future__ import annotations

from datetime import date

import pytest

from anlan.notices.obligations.dates import scan


def last_days(text: str, year: int | None = 2025) -> list[date | None]:
    return [day.deadline for day in scan(text, year) if day.binds]


@pytest.mark.parametrize(
    ("words", "month", "day"),
    [
        ("年底前", 12, 31),
        ("年末", 12, 31),
        ("年内", 12, 31),
        ("今年年底前", 12, 31),
        ("今年底", 12, 31),
        ("2025年底前", 12, 31),
        ("2025年年底之前", 12, 31),
        ("到2025年", 12, 31),
        ("2025年度内", 12, 31),
        ("上半年", 6, 30),
        ("下半年", 12, 31),
        ("一季度", 3, 31),
        ("第二季度末", 6, 30),
        ("三季度结束前", 9, 30),
        ("2月底前", 2, 28),
        ("6月底", 6, 30),
        ("6月末前", 6, 30),
        ("6月份内", 6, 30),
        ("6月前", 5, 31),
        ("十月上旬", 10, 10),
        ("6月30日前", 6, 30),
        ("6月30日以前", 6, 30),
        ("六月三十日之前", 6, 30),
        ("十二月十五日前", 12, 15),
        ("3月5号前", 3, 5),
        ("截至11月30日", 11, 30),
        ("延长至2月24日", 2, 24),
        ("不晚于9月10日", 9, 10),
        ("2月10日—2月24日", 2, 24),
        ("2025年2月10日至24日", 2, 24),
        ("3月至11月", 11, 30),
        ("1月1日起至6月30日止", 6, 30),
    ],
)
def test_a_last_day_is_named(words: str, month: int, day: int) -> None:
    assert last_days(words) == [date(2025, month, day)]


@pytest.mark.parametrize(
    "words",
    [
        *("自1月1日起", "2020年2月", "3月5日以后", "6月底后", "2023年以来", "上年末", "近年内"),
        *("岁末年初", "3年内", "两年内", "2025年重点工作", "每年", "全年", "2025年度工作要点"),
        *("12345", "每月底", "3—4月房租"),
    ],
)
def test_a_date_that_sets_no_last_day(words: str) -> None:
    assert last_days(words) == []


def test_the_named_year_wins_over_the_notices() -> None:
    assert last_days("2026年6月底前") == [date(2026, 6, 30)]
    assert last_days("明年年底前") == [date(2026, 12, 31)]
    assert last_days("二〇二七年底前") == [date(2027, 12, 31)]
    assert last_days("2026年前") == [date(2025, 12, 31)]
    assert last_days("2024年11月1日至次年") == []
    assert last_days("2020年1月1日至3月31日") == [date(2020, 3, 31)]


def test_without_any_year_the_day_is_unknown_but_binds() -> None:
    assert last_days("年底前、6月30日前", year=None) == [None, None]


def test_each_date_of_a_list_binds() -> None:
    assert last_days("6月30日和12月20日前") == [date(2025, 6, 30), date(2025, 12, 20)]
    assert last_days("3月、6月、9月底前") == [
        date(2025, m, d) for m, d in ((3, 31), (6, 30), (9, 30))
    ]
    assert last_days("1月、2月应缴") == []


def test_a_day_that_no_calendar_has_binds_without_a_day() -> None:
    assert last_days("2月30日前") == [None]
