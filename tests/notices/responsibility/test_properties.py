"""What must hold for any text: no crash, names from the text, lists read back, linear time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.notices.responsibility import (
    find_inheritance,
    is_expression,
    is_open,
    is_unit_list,
    key,
    parse,
    similar,
)
from tests.notices.responsibility.cases import units

_NAMES = """
市应急局 市规划和自然资源局 市文化和旅游局 省工业和信息化厅 各县（市、区）人民政府
各县〔市、区〕政府 各乡镇 吕梁经开区 市安委会成员单位 市级负有安全生产监管职责的部门
国家金融监管总局吕梁分局 国网遂宁供电公司 人民银行沈阳分行 遂宁海关 市委宣传部
市消防救援支队 市热线中心 省总工会 各级各部门
各县（市）、区人民政府 建设与燃气安全专业委员会办公室 市防震减灾中心 市人力资源和社会保障局
各设区市政府 省社保基金理事会
"""
_DEBRIS = """
责任单位： 牵头 配合 负责 等 等部门 、 ， ； 。 （ ） 〔 〕 ( ) 和 与 及 以及 会同 以下均需 下同
不再 列首位 为牵头单位 各 县 市、区 市 局 办公室 党委 政府 街道 2025年底前 完成时限： 市财政局
煤矿 部门 督促 按职责
"""
_REPEATED = """
市应急局、 市应急局和 （ ） 等 按 责任单位： 以下均需 各县（市、区） 局 会同 负责 1 的 部门、 煤矿、
责任 完成 （市、 各自 有关 按各自 等有关 共同 县市区
"""
NAMES = _NAMES.split()
LISTS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True)
MARKS = st.sampled_from(["、", "，", ",", "；", ";", "\n", "、\n"])
LEADS = st.sampled_from(["牵头", "牵头负责"])
ASSISTS = st.sampled_from(["配合", "按职责配合", "等部门参与"])
PLAIN = st.sampled_from(["", "负责", "按职责负责", "等部门分工负责", "按照职责分工抓好落实"])
# Text of the kind that makes trouble: role words, brackets and separators without order.
DEBRIS = st.lists(
    st.one_of(
        st.sampled_from([*_DEBRIS.split(), " ", "\n"]),
        st.text(max_size=3),
    ),
    max_size=30,
).map("".join)


@given(st.one_of(st.text(), DEBRIS))
def test_no_text_crashes_and_the_words_are_kept(text: str) -> None:
    assert parse(text).text == text
    for ask in (is_expression, is_unit_list, is_open, find_inheritance, key):
        ask(text)
    assert similar(text, text)


@given(DEBRIS)
def test_names_are_words_of_the_text(text: str) -> None:
    """A written-out name is two runs of the text: its own words and the shared ones."""
    solid = re.sub(r"\s+", "", text)
    for unit in parse(text).units:
        cuts = range(len(unit.name) + 1)
        assert any(unit.name[:cut] in solid and unit.name[cut:] in solid for cut in cuts)
        assert not unit.name.endswith(("等", "等部门", "负责", "按职责"))


@given(LISTS, st.data())
def test_a_list_is_read_back(names: list[str], data: st.DataObject) -> None:
    marks = [data.draw(MARKS) for _ in names[1:]] + [data.draw(PLAIN)]
    words = "".join(name + mark for name, mark in zip(names, marks, strict=True))
    assert units(parse(words)) == [(name, "responsible") for name in names]
    assert is_expression(words)


@given(LISTS, LISTS, LEADS, ASSISTS)
def test_lead_and_assist_are_read_back(
    leads: list[str], assists: list[str], lead: str, assist: str
) -> None:
    words = f"{'、'.join(leads)}{lead}，{'、'.join(assists)}{assist}"
    wanted = [(name, "lead") for name in leads] + [(name, "assist") for name in assists]
    assert units(parse(words)) == wanted
    labelled = (
        f"（牵头单位：{'、'.join(leads)}；配合单位：{'、'.join(assists)}；完成时限：2025年6月底前）"
    )
    assert units(parse(labelled)) == wanted


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_keys_join_what_they_join_both_ways(first: str, second: str) -> None:
    assert (key(first) == key(second)) is (first == second or _both_counties(first, second))
    assert similar(first, second) is similar(second, first)


def _both_counties(first: str, second: str) -> bool:
    return first.startswith("各县") and second.startswith("各县")


@pytest.mark.parametrize("unit", [*_REPEATED.split(), " ", "市财政局 ", "市财政局\n"])
def test_time_grows_with_the_length_only(unit: str) -> None:
    """Four times the text may take at most ten times as long (a quadratic reader takes sixteen)."""
    short, long = unit * 1500, unit * 6000
    assert _seconds(long) < 10 * max(_seconds(short), 0.004)


def _seconds(text: str) -> float:
    best = 9.0
    for _ in range(2):
        start = time.process_time()
        parse(text)
        is_expression(text)
        is_open(text)
        best = min(best, time.process_time() - start)
    return best
