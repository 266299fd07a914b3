"""What may stand in a field, kind by kind, as clerks type it and as Excel hands it over."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.typed.fields import Choice, Field, FieldError, Kind

GAS = (Choice("low", "低瓦斯"), Choice("high", "高瓦斯"), Choice("outburst", "煤与瓦斯突出"))


def field(kind: Kind, **more: object) -> Field:
    choices = GAS if kind in (Kind.CHOICE, Kind.CHOICES) else ()
    return Field("it", "此项", kind, **{"choices": choices, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        (Kind.TEXT, "  东沟煤矿 ", "东沟煤矿"),
        (Kind.TEXT, 12.0, "12"),  # Excel knows no whole numbers
        (Kind.TEXT, 0, "0"),
        (Kind.INTEGER, "12", 12),
        (Kind.INTEGER, 12.0, 12),
        (Kind.INTEGER, "１２", 12),
        (Kind.INTEGER, "1,200", 1200),
        (Kind.INTEGER, "1.2e3", 1200),
        (Kind.INTEGER, " -3 ", -3),
        (Kind.INTEGER, 0, 0),
        (Kind.NUMBER, "620.50", "620.50"),
        (Kind.NUMBER, 0.1, "0.1"),
        (Kind.NUMBER, "．５", "0.5"),
        (Kind.NUMBER, Decimal("3.00"), "3"),
        (Kind.DATE, date(2025, 3, 5), "2025-03-05"),
        (Kind.DATE, datetime(2025, 3, 5, 23, 59), "2025-03-05"),  # noqa: DTZ001 - as Excel has it
        (Kind.DATE, "2025/3/5", "2025-03-05"),
        (Kind.DATE, "2025年3月5日", "2025-03-05"),
        (Kind.DATE, "2025.03.05", "2025-03-05"),
        (Kind.DATE, 20250305.0, "2025-03-05"),
        (Kind.DATE, "2024-02-29", "2024-02-29"),
        (Kind.YES_NO, "是", True),
        (Kind.YES_NO, "√", True),
        (Kind.YES_NO, True, True),
        (Kind.YES_NO, 1, True),
        (Kind.YES_NO, "无", False),
        (Kind.YES_NO, "FALSE", False),
        (Kind.YES_NO, False, False),
        (Kind.CHOICE, "高瓦斯", "high"),
        (Kind.CHOICE, " 高 瓦斯", "high"),
        (Kind.CHOICE, "HIGH", "high"),
        (Kind.CHOICES, "高瓦斯、低瓦斯", ["low", "high"]),
        (Kind.CHOICES, "高瓦斯，高瓦斯", ["high"]),
        (Kind.CHOICES, ["outburst"], ["outburst"]),
    ],
)
def test_what_is_taken(kind: Kind, raw: object, stored: object) -> None:
    got = field(kind).parse(raw)
    assert (got, type(got)) == (stored, type(stored))
    json.dumps(got)


@pytest.mark.parametrize(
    ("kind", "raw", "says"),
    [
        (Kind.INTEGER, "12 人", "不带单位"),
        (Kind.INTEGER, "12.5", "整数"),
        (Kind.INTEGER, True, "整数"),
        (Kind.INTEGER, "1,2", "不带单位"),  # twelve, or one point two?
        (Kind.INTEGER, "十二", "不带单位"),
        (Kind.INTEGER, "1" * 16, "不带单位"),
        (Kind.NUMBER, "nan", "不带单位"),
        (Kind.NUMBER, float("inf"), "不带单位"),
        (Kind.NUMBER, "1e999999999", "不带单位"),
        (Kind.NUMBER, "很深", "很深"),
        (Kind.DATE, "2025-02-29", "2025-02-29"),
        (Kind.DATE, "3月5日", "如 2025-03-05"),
        (Kind.DATE, 45721, "日期"),  # a day's number that lost its format
        (Kind.DATE, "0001-01-01", "1900"),
        (Kind.YES_NO, "也许", "“是”或“否”"),
        (Kind.YES_NO, 2, "“是”或“否”"),
        (Kind.CHOICE, "中瓦斯", "低瓦斯、高瓦斯"),
        (Kind.CHOICES, "高瓦斯、中瓦斯", "中瓦斯"),
        (Kind.TEXT, "甲" * 201, "200"),
        (Kind.TEXT, "甲\x00乙", "控制字符"),
        (Kind.LONG_TEXT, "甲" * 5001, "5000"),
    ],
)
def test_what_is_refused(kind: Kind, raw: object, says: str) -> None:
    with pytest.raises(FieldError, match="“此项”") as refused:
        field(kind).parse(raw)
    assert says in str(refused.value)


@pytest.mark.parametrize("raw", [None, "", "  ", "\n", []])
@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_no_value_and_missing_where_it_is_required(kind: Kind, raw: object) -> None:
    assert field(kind).parse(raw) is None
    with pytest.raises(FieldError, match="没有填写"):
        field(kind, required=True).parse(raw)


def test_a_list_of_blanks_is_missing_where_it_is_required() -> None:
    with pytest.raises(FieldError, match="没有填写"):
        field(Kind.CHOICES, required=True).parse("、，")


@pytest.mark.parametrize(
    ("raw", "taken"), [("0", True), ("0.0", True), ("-0.1", False), ("100", True), ("101", False)]
)
def test_both_bounds_are_included(raw: str, taken: bool) -> None:
    bounded = field(Kind.NUMBER, minimum=Decimal(0), maximum=Decimal(100))
    if taken:
        assert Decimal(str(bounded.parse(raw))) == Decimal(raw)
    else:
        with pytest.raises(FieldError, match="不能"):
            bounded.parse(raw)


@pytest.mark.parametrize(
    ("kind", "stored", "words"),
    [
        (Kind.INTEGER, 0, "0 m"),
        (Kind.NUMBER, "3.5", "3.5 m"),
        (Kind.YES_NO, False, "否"),
        (Kind.CHOICE, "high", "高瓦斯"),
        (Kind.CHOICE, "gone", "gone"),
        (Kind.CHOICES, ["low", "high"], "低瓦斯、高瓦斯"),
        (Kind.TEXT, "", ""),
        (Kind.DATE, None, ""),
    ],
)
def test_what_people_read(kind: Kind, stored: object, words: str) -> None:
    assert field(kind, unit="m").show(stored) == words  # type: ignore[arg-type]


@given(st.sampled_from(list(Kind)), st.one_of(
    st.text(), st.integers(), st.floats(), st.decimals(), st.booleans(), st.dates(),
    st.datetimes(), st.lists(st.text()), st.none(),
))  # fmt: skip
def test_any_cell_is_taken_or_refused_and_what_was_taken_is_taken_again(
    kind: Kind, raw: object
) -> None:
    """Nothing else is raised; a stored value read back gives itself."""
    try:
        stored = field(kind).parse(raw)
    except FieldError:
        return
    if stored is not None:
        assert field(kind).parse(stored) == stored
        assert isinstance(field(kind).show(stored), str)
        json.dumps(stored)
