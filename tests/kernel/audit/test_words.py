"""Every verb that the program writes has its words, as the source itself tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import TypeVar

import pytest

import anlan
from anlan.kernel.audit.words import columns, said, tables, verbs

SOURCE = Path(anlan.__file__).parent
FILES = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
Node = TypeVar("Node", bound=ast.AST)


@cache
def nodes(path: Path, kind: type[Node]) -> list[Node]:
    """All nodes of the kind in a file: each file is parsed once, and walked once for a kind."""
    if kind is ast.AST:
        return list(ast.walk(ast.parse(path.read_text())))
    return [node for node in nodes(path, ast.AST) if isinstance(node, kind)]


def written(path: Path) -> Iterator[str]:
    """The verbs of each ``Write`` of a file: constants, names, f-strings of parameters."""
    for call in nodes(path, ast.Call):
        if called(call) == "Write" and len(call.args) > 1:
            yield from meant(path, call.args[1])


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def meant(path: Path, node: ast.expr) -> Iterator[str]:
    """The words that an expression can stand for."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from (*meant(path, node.body), *meant(path, node.orelse))
    elif isinstance(node, ast.Name):
        found = [*assigned(path, node.id), *passed(path, node.id)]
        assert found, f"{path}: what can {node.id} be?"
        yield from found
    elif isinstance(node, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.FormattedValue) else p for p in node.values]
        yield from map("".join, product(*(list(meant(path, part)) for part in parts)))
    elif isinstance(node, ast.Subscript):  # one of a table's
        yield from meant(path, node.value)
    elif isinstance(node, ast.Dict):
        yield from (word for value in node.values for word in meant(path, value))
    elif isinstance(node, ast.Attribute):  # kind.verb of a parameter: nothing of the kind yet
        raise AssertionError(f"{path}: write the verb out: {ast.unparse(node)}")


def assigned(path: Path, name: str) -> Iterator[str]:
    """What is assigned to the name in the file, or where it is imported from."""
    here = [path, *origins(path, name)]
    for node in (each for file in here for each in nodes(file, ast.Assign)):
        for target in node.targets:
            names, values = [target], [node.value]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                names, values = target.elts, node.value.elts
            for each, value in zip(names, values, strict=False):
                if isinstance(each, ast.Name) and each.id == name:
                    yield from meant(path, value)


def origins(path: Path, name: str) -> Iterator[Path]:
    """The files of ours that a file imports the name from."""
    for node in nodes(path, ast.ImportFrom):
        origin = SOURCE.parent.joinpath(*(node.module or "").split(".")).with_suffix(".py")
        if name in {alias.name for alias in node.names} and origin in FILES:
            yield origin


def passed(path: Path, name: str) -> Iterator[str]:
    """What the file's calls give to the parameter of the name."""
    for function in nodes(path, ast.FunctionDef):
        order = [each.arg for each in function.args.args]
        if name not in order + [each.arg for each in function.args.kwonlyargs]:
            continue
        for call in nodes(path, ast.Call):
            if called(call) != function.name:
                continue
            given = {each.arg: each.value for each in call.keywords}
            given |= dict(zip(order, call.args, strict=False))
            value = given.get(name)
            if value is not None and not isinstance(value, ast.Attribute):
                yield from meant(path, value) if not isinstance(value, ast.Name) else ()


@pytest.fixture(scope="module")
def found() -> set[str]:
    return {verb for path in FILES for verb in written(path)}


def test_the_source_is_read(found: set[str]) -> None:
    assert len(found) > 90
    assert {
        "plan.order.answer",  # an f-string of a parameter
        "plan.extension.refuse",  # the other side of a condition
        "intake.unit.leave_out",  # a parameter
        "intake.carried.undo",  # an imported name
        "monitoring.tamper.dismiss",  # a table
    } <= found


def test_every_verb_has_words_and_no_words_are_left_over(found: set[str]) -> None:
    assert found - verbs().keys() == set()
    assert verbs().keys() - found == {"system.migrate"}  # said to the session, not to Write


def test_columns_have_the_names_of_their_fields() -> None:
    assert columns("intake_item")["due_on"] == "完成期限"
    assert columns("intake_unit")["organisation_id"] == "单位"
    assert columns("unknown") == {}
    assert tables()["intake_item"] == "任务项"


@pytest.mark.parametrize("table", tables())
def test_no_column_is_left_in_english(table: str) -> None:
    assert [name for name, words in columns(table).items() if words.isascii()] == []


@pytest.mark.parametrize(
    ("table", "column", "value", "expected"),
    [
        ("plan_duty", "standing", "met", "已达标"),
        ("plan_duty", "state", "open", "办理中"),
        ("plan_duty", "standing", "of_old", "of_old"),
        ("plan_duty", "met_at", "2025-06-30T16:00:01.5+00:00", "2025-07-01 00:00:01"),
        ("plan_duty", "met_at", "not a moment", "not a moment"),
        ("plan_duty", "due_on", "2025-06-30", "2025-06-30"),
        ("plan_duty", "title", "", "空"),
        ("plan_duty", "met_at", None, "空"),
        ("plan_report", "complete", True, "是"),
        ("plan_report", "complete", False, "否"),
        ("gone_table", "state", "open", "open"),
    ],
)
def test_values_in_words(table: str, column: str, value: object, expected: str) -> None:
    assert said(table, column, value) == expected
