"""Wordings of responsibility that were read wrongly when they were first seen."""

from __future__ import annotations

import pytest

from anlan.notices.responsibility import parse
from anlan.notices.responsibility.inheritance import find_inheritance


def _roles(text: str) -> list[str]:
    return [f"{unit.name} {unit.role}" for unit in parse(text).units]


def test_behind_a_leader_all_that_stand_before_the_verb_assist() -> None:
    assert _roles("省应急厅牵头，省消防救援总队、省气象局，有关市（州）配合") == [
        "省应急厅 lead",
        "省消防救援总队 assist",
        "省气象局 assist",
        "有关市（州） assist",
    ]


def test_tasks_that_all_concern_the_cities() -> None:
    rule = find_inheritance(
        "省应急厅、省林草局按职责分工负责。具体任务均涉及相关市（州）人民政府，不再做分工，下同。"
    )
    assert rule is not None
    assert rule.units == ["相关市（州）人民政府"]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("市应急局等18个有执法权的部门", ["市应急局 responsible"]),
        ("各街道、镇配合", ["各街道 assist", "各镇 assist"]),
        ("各企业主体负责，各行业主管部门监督", ["各企业 responsible", "各行业主管部门 oversee"]),
        ("市应急局负总责，市直各部门具体负责", ["市应急局 responsible", "市直各部门 responsible"]),
    ],
)
def test_words_beside_a_name_are_no_part_of_it(text: str, units: list[str]) -> None:
    assert _roles(text) == units


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        (
            "市应急局。以上各项任务各县（市、区）政府均为责任单位，以下不再单独列出",
            "各县（市、区）政府",
        ),
        ("市应急局。各县区政府按照属地原则落实以下各项工作，不再逐一列出", "各县区政府"),
        ("市应急局负责；以下任务除注明外，均由各县（区）人民政府组织落实", "各县（区）人民政府"),
    ],
)
def test_wordings_of_a_rule_said_once(text: str, unit: str) -> None:
    rule = find_inheritance(text)
    assert rule is not None
    assert rule.units == [unit]
    assert _roles(text) == ["市应急局 responsible"]
