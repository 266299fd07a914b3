"""Every measured obligation of the real notice, read by hand: one missing or one extra fails.

"2025" in a name, 11项职责, 54号, 1+4+4 and the like are in the notice too, and are no measures.
"""

from __future__ import annotations

import pytest

from anlan.notices.obligations import find
from tests.notices.obligations.layout import body_items, table_cells
from tests.notices.obligations.meaning import measured

_EVENTS = ["trigger 1 起 >=", "trigger 1 起 >=", "trigger 2 起 >= in=3", "trigger 3 起 >= in=6"]
_INTELLIGENT = ["condition 600 m >", "quota 10 座 >= due=2025-12-31", "quota all due=2025-12-31"]
_SHELTER = "quota 1 处 >= due=2025-12-31"

BODY = {
    3: ["frequency 1 次 >= year"],
    4: ["frequency 1 次 >= half_year", "quota 10 项 >="],
    8: _EVENTS,
    11: ["quota 1..2 项 >= year", "condition 3 年 >", "quota all due=2025-12-31"],
    12: ["quota 0 =="],
    13: [*_INTELLIGENT, "deadline due=2025-12-31", "deadline due=2025-12-31"],
    16: ["quota 30 人 >="],
    18: ["deadline due=2025-12-31", _SHELTER, _SHELTER, "quota 100 % >="],
    19: ["quota 1 次 >="],
}
TABLE = {
    3: BODY[3],
    4: BODY[4],
    8: BODY[8],
    11: [*BODY[11], "quota 1..2 项 >= year"],  # the merged cell stands twice, at the page break
    12: BODY[12],
    13: [*_INTELLIGENT, "deadline due=2025-12-31"],
    16: ["quota 30 人 >=", "quota 151 个 >="],
    18: ["deadline due=2025-12-31", _SHELTER, _SHELTER, _SHELTER, "quota 100 % >="],
    19: BODY[19],
}


def test_the_body_gives_these_measures_and_no_others() -> None:
    items = body_items()
    assert sorted(items) == list(range(1, 22))
    found = {number: measured(text) for number, text in items.items()}
    assert {number: measures for number, measures in found.items() if measures} == BODY


def test_the_table_gives_these_measures_and_no_others() -> None:
    found: dict[int, list[str]] = {}
    for number, text in table_cells():
        found.setdefault(number, []).extend(measured(text))
    assert sorted(found) == list(range(1, 22))
    assert {number: measures for number, measures in found.items() if measures} == TABLE


@pytest.mark.parametrize(
    ("item", "words", "subject"),
    [
        (3, "每年至少组织一次", "各县（市、区）政府及相关部门"),
        (4, "10 项", "市县党委政府"),
        (4, "每半年", None),
        (6, "11 项职责", "生产经营单位主要负责人"),
        (8, "发生2起", "市安委会"),
        (8, "立即成立", "市县政府"),
        (13, "600m", "全市大型煤矿、采深大于600m煤矿和灾害严重煤矿"),
        (13, "10 座", None),
        (18, "至少完成一处", "市、县"),
        (18, "至少建立一处", "乡镇(街道)、村(社区)"),
        (19, "至少组织开展一次", "各县(市、区)"),
    ],
)
def test_who_is_bound_is_named(item: int, words: str, subject: str | None) -> None:
    found = [each for each in find(body_items()[item], year=2025) if words in each.text]
    assert [each.subject for each in found] == [subject]


def test_the_default_subject_stands_where_nobody_is_named() -> None:
    found = find(body_items()[4], year=2025, default_subject="市安委会成员单位")
    subjects = {each.text[:4]: each.subject for each in found}
    assert subjects["每半年召"] == "市安委会成员单位"
    assert subjects["至少研究"] == "市县党委政府"


def test_words_without_a_measure_are_duties_in_their_order() -> None:
    kinds = [each.kind for each in find(body_items()[4], year=2025)]
    assert kinds == ["duty", "frequency", "duty", "duty", "quota", "duty", "duty"]


def test_what_only_explains_is_no_duty() -> None:
    texts = " ".join(each.text for each in find(body_items()[3], year=2025))
    assert "工作包括制作" not in texts
    assert "分为企业自查" not in texts
    assert "建立台账" in texts
