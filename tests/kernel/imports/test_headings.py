"""Columns are found by their headings, however people write around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.imports.sheets.headings import ASIDE, Wanted, match, normal

WANTED = [
    Wanted("name", "企业名称", True),
    Wanted("code", "统一社会信用代码"),
    Wanted("staff", "人数"),
]
# What may stand around and between the characters of a heading without changing it.
NOISE = st.sampled_from(
    ["", " ", "　", "\n", "\r\n", "*", "＊", "\t", "\u200b", "\ufeff", ":", "："]
)


@st.composite
def spelt(draw: st.DrawFn, label: str) -> str:
    return "".join(draw(NOISE) + each for each in label) + draw(NOISE)


@given(st.data(), st.permutations(WANTED), st.integers(0, 3))
def test_any_order_and_any_noise(data: st.DataObject, order: list[Wanted], before: int) -> None:
    cells = [None] * before + [data.draw(spelt(each.label)) for each in order]
    found = match(WANTED, cells)
    assert found.places == {each.key: before + place for place, each in enumerate(order)}
    assert (found.unknown, found.twice, found.missing) == ([], [], [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("面积（㎡）", "面积(m2)"),
        ("*企业名称（必填）", "企业名称"),
        ("ＱＱ号", "qq 号"),
        ("备注（选填）：", "备注"),
    ],
)
def test_spellings_of_one_heading(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_names_are_not_confused() -> None:
    assert normal("企业名称") != normal("企业简称")


def test_twice_missing_and_unknown() -> None:
    found = match(WANTED, ["人数", "备注", "人 数", *ASIDE, None, 3])
    assert found.places == {"staff": 0}
    assert found.twice == ["人数"]
    assert found.missing == ["企业名称"]
    assert found.unknown == ["备注", "3"]


def test_two_columns_that_look_alike_are_an_error_of_the_importer() -> None:
    with pytest.raises(ValueError, match="same heading"):
        match([Wanted("a", "人数"), Wanted("b", "人 数")], [])
