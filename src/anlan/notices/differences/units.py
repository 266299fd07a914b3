"""Units named on one side only, the same body written in two ways, roles that contradict."""

from __future__ import annotations

import re

from anlan.notices.differences.texts import fold
from anlan.notices.document import Difference, Responsible, Unit
from anlan.notices.kinds import DifferenceKind
from anlan.notices.labels import ROLES
from anlan.notices.responsibility import key, similar

_STATED = re.compile("牵头|配合|负责|督促|指导")


def compare_units(
    number: int | None, body: list[Responsible], table: list[Responsible]
) -> list[Difference]:
    """The differences between who answers in the body and who answers in the table."""
    ours, theirs = _by_key(body), _by_key(table)
    only_body = [unit for name, unit in ours.items() if name not in theirs]
    only_table = [unit for name, unit in theirs.items() if name not in ours]
    slips = _same_body(only_body, only_table)
    found = [
        Difference(number, DifferenceKind.UNIT_MISSING_IN_TABLE, unit.name, "")
        for unit in only_body
        if unit not in [left for left, _ in slips]
    ]
    found += [
        Difference(number, DifferenceKind.UNIT_MISSING_IN_BODY, "", unit.name)
        for unit in only_table
        if unit not in [right for _, right in slips]
    ]
    found += [
        Difference(number, DifferenceKind.UNIT_NAME, left.name, right.name)
        for left, right in [*_two_ways(ours, theirs), *slips]
    ]
    if _states_roles(body) and _states_roles(table):
        found += _roles(number, ours, theirs)
    return found


def _by_key(sides: list[Responsible]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for responsible in sides:
        for unit in responsible.units:
            units.setdefault(key(unit.name), unit)
    return units


def _two_ways(ours: dict[str, Unit], theirs: dict[str, Unit]) -> list[tuple[Unit, Unit]]:
    """The same body for certain, but not in the same words: 建设与燃气… and 建设及燃气…."""
    both = [(unit, theirs[name]) for name, unit in ours.items() if name in theirs]
    return [(left, right) for left, right in both if _plain(left.name) != _plain(right.name)]


def _plain(name: str) -> str:
    return fold(name).replace("各", "")


def _same_body(only_body: list[Unit], only_table: list[Unit]) -> list[tuple[Unit, Unit]]:
    pairs: list[tuple[Unit, Unit]] = []
    for left in only_body:
        taken = [right for _, right in pairs]
        for right in only_table:
            if right not in taken and similar(left.name, right.name):
                pairs.append((left, right))
                break
    return pairs


def _states_roles(sides: list[Responsible]) -> bool:
    return any(_STATED.search(responsible.text) for responsible in sides)


def _roles(number: int | None, ours: dict[str, Unit], theirs: dict[str, Unit]) -> list[Difference]:
    return [
        Difference(number, DifferenceKind.ROLE, _with_role(unit), _with_role(theirs[name]))
        for name, unit in ours.items()
        if name in theirs and theirs[name].role != unit.role
    ]


def _with_role(unit: Unit) -> str:
    return f"{unit.name}（{ROLES[unit.role]}）"
