"""Wordings of responsibility that were read wrongly when they were first seen."""

from __future__ import annotations

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
