"""The normal form of names: what may be one, what stays two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.registry.naming import key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("演示（吕梁）煤业有限公司", "演示(吕梁)煤业有限公司"),
        ("演示（吕梁）煤业有限公司", "演示吕梁煤业有限公司"),
        ("演示煤业有限责任公司", "演示煤业有限公司"),
        ("演示铝业股份有限公司", "演示铝业股份公司"),
        ("演示 煤业　有限公司", "演示煤业有限公司"),
        ("ＡＢ科技有限公司", "ab科技有限公司"),
        ("“演示”煤业有限公司", "演示煤业有限公司"),
        ("演示·煤业有限公司", "演示煤业有限公司"),
    ],
)
def test_two_spellings_of_one_name(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("演示铝业股份有限公司", "演示铝业有限公司"),
        ("演示煤业有限公司一矿", "演示煤业有限公司二矿"),
        ("演示煤业有限公司", "演示煤业有限公司吕梁分公司"),
        ("演示加油1站", "演示加油11站"),
    ],
)
def test_two_names(one: str, other: str) -> None:
    assert key(one) != key(other)


PARTS = ["有限责任公司", "股份有限公司", "有限", "责任", "股份", "公司", "煤", "（", " "]


@given(st.text(min_size=1) | st.lists(st.sampled_from(PARTS), min_size=1).map("".join))
def test_a_name_of_something_has_a_key_and_a_key_is_its_own(name: str) -> None:
    assert bool(key(name)) == bool(name.strip())
    assert key(key(name)) == key(name)


def test_a_letter_that_unfolds_does_not_outgrow_the_column() -> None:
    assert len(key("\ufdfa" * 120)) == 120
