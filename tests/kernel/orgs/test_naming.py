"""The normal form of names: what is equal, what must stay different."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.kernel.orgs.naming import is_open, key, local_names

EQUAL = [
    ("各县（市、区）人民政府", "各县市区人民政府"),
    ("各县(市、区)政府", "县（市、区）人民政府"),
    ("市安委会各成员单位", "市安委会有关成员单位"),
    ("市安委会相关成员单位", "市安委会成员单位"),
    ("各乡镇（街道）", "乡镇、街道"),
    ("市应急局等部门", "市应急局"),
    ("市应急局等有关部门", "市应急局"),
    ("市应急局 ", "市应急局"),
    ("市人民政府", "市政府"),
]
DIFFERENT = [
    ("市应急局", "县应急局"),
    ("煤矿安全专业委员会办公室", "非煤矿山安全专业委员会办公室"),
    ("市安委会", "市安委办"),
    ("市安委会成员单位", "市安委会"),
    ("人民医院", "医院"),  # 人民 falls only before 政府
    ("三交镇人民政府", "三交镇"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    assert key(one) != key(other)


@settings(deadline=None)  # the machine may be busy
@given(st.text(alphabet="市县区应急管理局住建委政府（）、 Aa1", min_size=1, max_size=20))
def test_width_and_brackets_mean_nothing(name: str) -> None:
    wide = name.replace("（", "(").replace("）", ")").replace("、", ",")
    assert key(wide) == key(name) == key(f"（{name}）") == key(unicodedata.normalize("NFKC", name))


@pytest.mark.parametrize("name", ["各", "有关", "等", "各有关", "（）"])
def test_a_name_of_fillers_alone_matches_no_real_name(name: str) -> None:
    assert key(name) not in {key("市应急局"), key("各县（市、区）人民政府")}


@pytest.mark.parametrize(
    ("name", "is_it"), [("市应急局等部门", True), ("市应急局等", True), ("市应急局", False)]
)
def test_open_lists(name: str, is_it: bool) -> None:
    assert is_open(name) is is_it


def test_local_names() -> None:
    assert list(local_names("吕梁市应急管理局", "吕梁市")) == ["吕梁市应急管理局", "市应急管理局"]
    assert list(local_names("吕梁公路分局", "吕梁市")) == ["吕梁公路分局"]
    assert list(local_names("离石区", "离石区")) == ["离石区"]
    assert list(local_names("滨河街道办事处", "滨河街道"))[1:] == ["街道办事处"]
    assert list(local_names("城南社区居民委员会", "城南社区"))[1:] == ["社区居民委员会"]
