"""Short writing for expected bodies, and finding the expressions of a stored notice."""

from __future__ import annotations

import re
from pathlib import Path

from anlan.notices.document import Responsible, Role
from anlan.notices.responsibility import is_expression, is_unit_list
from anlan.notices.responsibility.brackets import pairs

Pairs = list[tuple[str, str]]


def expected(words: str) -> Pairs:
    """``lead: A B | assist: C`` → [(A, lead), (B, lead), (C, assist)]; no role is responsible."""
    found: Pairs = []
    for group in words.split("|"):
        role, _, names = group.strip().rpartition(":")
        found += [(name, role or Role.RESPONSIBLE) for name in names.split()]
    return found


def units(responsible: Responsible) -> Pairs:
    return [(unit.name, str(unit.role)) for unit in responsible.units]


def bracketed(path: Path) -> tuple[list[str], list[str]]:
    """The outermost brackets of a notice's body: the expressions, and all others."""
    body = re.sub(r"\n\s*", "", path.read_text(encoding="utf-8").split("序号\t")[0])
    expressions, others, end = [], [], -1
    for start, close in sorted(pairs(body).items()):
        if start > end:
            end = close
            words = body[start : close + 1]
            (expressions if is_expression(words) else others).append(words)
    return expressions, others


def cells(path: Path) -> tuple[list[str], list[str]]:
    """The cells of a notice's table in text form: the lists of bodies, and all others."""
    table = path.read_text(encoding="utf-8").split("序号\t")[1]
    found = [cell.strip() for line in table.splitlines() for cell in line.split("\t")]
    plain = [re.sub(r"</?p>", "", cell) for cell in found if cell]
    return [c for c in plain if is_unit_list(c)], [c for c in plain if not is_unit_list(c)]
