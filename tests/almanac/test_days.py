"""The file of fixed days: what it says, and what is wrong with it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from anlan.almanac.days import (
    FILE,
    CalendarFactsError,
    FixedDay,
    Span,
    fixed_days,
    occurrences,
    read,
)
from anlan.config.loaders import CITY


def _of(code: str) -> FixedDay:
    return next(each for each in fixed_days() if each.code == code)


@pytest.mark.parametrize(
    ("code", "year", "first", "last"),
    [
        ("disaster-reduction-day", 2026, date(2026, 5, 12), date(2026, 5, 12)),
        ("disaster-reduction-week", 2023, date(2023, 5, 6), date(2023, 5, 12)),  # announced
        ("disaster-reduction-week", 2025, date(2025, 5, 12), date(2025, 5, 18)),  # announced
        ("disaster-reduction-week", 2026, date(2026, 5, 11), date(2026, 5, 17)),  # by the rule
        ("safety-month", 2026, date(2026, 6, 1), date(2026, 6, 30)),
        ("fire-day", 2026, date(2026, 11, 9), date(2026, 11, 9)),
        ("traffic-safety-day", 2026, date(2026, 12, 2), date(2026, 12, 2)),
        ("international-disaster-day", 2026, date(2026, 10, 13), date(2026, 10, 13)),
        ("school-safety-day", 2025, date(2025, 3, 31), date(2025, 3, 31)),  # the month's very last
        ("school-safety-day", 2026, date(2026, 3, 30), date(2026, 3, 30)),
    ],
)
def test_dates(code: str, year: int, first: date, last: date) -> None:
    assert _of(code).of(year) == Span(first, last)


def test_what_lies_in_a_stretch_or_reaches_into_it() -> None:
    found = [day.code for day, _ in occurrences(Span(date(2026, 6, 10), date(2026, 6, 20)))]
    assert found == ["flood-season", "safety-month", "safety-consultation-day"]
    years = [s.first.year for d, s in occurrences(Span(date(2025, 11, 9), date(2026, 11, 9)))
             if d.code == "fire-day"]  # fmt: skip
    assert years == [2025, 2026]


def test_every_day_has_a_source_and_names_organisations_of_the_city() -> None:
    facts = yaml.safe_load((CITY / "organisations.yaml").read_text(encoding="utf-8"))
    organisations = {each["code"] for each in facts["organisations"]}
    groups = {each["code"] for each in facts["groups"]}
    for each in fixed_days():
        assert each.source
        assert each.todo
        assert set(each.organisations) <= organisations, each.code
        assert set(each.groups) <= groups, each.code
        assert each.groups or each.organisations


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"date": {"month": 13, "day": 1}}, "month must be in"),
        ({"date": {"month": 2, "day": 30}}, "day"),
        ({"from": {"month": 1, "day": 1}}, "只写一种"),
        ({"remind": []}, "没有提醒天数"),
        ({"colour": "red"}, "colour"),
        ({"years": {2025: {"from": date(2025, 2, 2), "to": date(2025, 2, 1)}}}, "不是一段日期"),
        ({"who": None}, "who|groups|get"),
    ],
)
def test_a_mistake_names_its_entry(tmp_path: Path, change: dict[str, object], words: str) -> None:
    good = {
        "code": "x", "name": "某日", "date": {"month": 1, "day": 1}, "source": "试", "todo": "做",
        "who": {"groups": ["g"]}, "remind": [3],
    }  # fmt: skip
    file = tmp_path / "calendar.yaml"
    file.write_text(yaml.safe_dump({"days": [good | change]}), encoding="utf-8")
    with pytest.raises(CalendarFactsError, match=f"“x”.*({words})"):
        read(file)
    file.write_text(yaml.safe_dump({"days": [good, good]}), encoding="utf-8")
    with pytest.raises(CalendarFactsError, match="写了两次"):
        read(file)


def test_the_file_is_read_as_it_is() -> None:
    assert FILE.exists()
    assert all(
        each.of(2028).first - timedelta(days=each.remind[0]) for each in fixed_days()
    )  # a leap year
