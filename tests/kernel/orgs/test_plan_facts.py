"""The plan's facts: in form, and in agreement with the real notice as the program reads it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from typing import Any

import pytest
import yaml

from anlan.notices.reading import read_notice
from tests.kernel.orgs.conftest import LULIANG
from tests.shared import shared

MEASURE = ("kind", "value", "value_max", "unit", "op", "period", "deadline", "window_months")
ROLES = {"lead", "assist", "responsible", "oversee"}
KINDS = {"quota", "deadline", "frequency", "trigger", "condition"}
OPS = {None, ">=", ">", "<=", "<", "==", "all"}


@cache
def plan() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((LULIANG / "plan.yaml").read_text(encoding="utf-8"))
    return loaded


def items() -> list[dict[str, Any]]:
    return [item for chapter in plan()["chapters"] for item in chapter["items"]]


def holders() -> list[tuple[int, str | None, dict[str, Any]]]:
    """Items and their parts, by number and sector."""
    return [
        each
        for item in items()
        for each in [
            (item["number"], None, item),
            *((item["number"], part["sector"], part) for part in item.get("parts", [])),
        ]
    ]


def test_seven_chapters_and_twenty_one_items() -> None:
    assert [chapter["number"] for chapter in plan()["chapters"]] == list(range(1, 8))
    assert [item["number"] for item in items()] == list(range(1, 22))
    assert len({item["title"] for item in items()}) == 21
    assert [part["sector"] for part in items()[10]["parts"]] == [
        "煤矿", "非煤矿山", "冶金工贸", "危险化学品", "建筑施工及燃气", "道路交通",
    ]  # fmt: skip


@pytest.mark.parametrize(("number", "sector", "holder"), holders())
def test_each_is_in_form(number: int, sector: str | None, holder: dict[str, Any]) -> None:
    assert set(holder) <= {
        "number", "title", "sector", "summary", "units", "obligations", "parts", "observed",
    }  # fmt: skip
    assert 5 <= len(holder["summary"]) <= 80
    assert holder["units"] or holder["parts"]
    assert {unit["role"] for unit in holder["units"]} <= ROLES
    for obligation in holder.get("obligations", []):
        _check_obligation(obligation)


def _check_obligation(obligation: dict[str, Any]) -> None:
    assert set(obligation) <= {"label", "subject", "measure", *MEASURE}
    assert obligation["label"]
    assert obligation["kind"] in KINDS
    assert obligation.get("op") in OPS
    assert obligation.get("period") in (None, "year", "half_year", "quarter", "month")
    assert isinstance(obligation.get("deadline"), date | None)
    assert ("value" in obligation) == (obligation.get("op") not in (None, "all"))
    if "value_max" in obligation:
        assert obligation["value_max"] > obligation["value"]


# --- against the real notice --------------------------------------------------------------------


@pytest.fixture(scope="module")
def notice() -> Any:
    return read_notice(shared("notices/luliang-2025-draft.txt"))


def _units(responsible: Any) -> list[tuple[str, str]]:
    return [(unit.name, str(unit.role)) for unit in responsible.units]


def _measures(obligations: list[Any]) -> Counter[tuple[Any, ...]]:
    return Counter(
        tuple(getattr(each, name) for name in MEASURE)
        for each in obligations
        if str(each.kind) != "duty"
    )


def test_the_head_agrees(notice: Any) -> None:
    facts = plan()
    assert (notice.title, notice.issuer, notice.year, notice.draft) == (
        facts["title"], facts["issuer"], facts["year"], facts["draft"],
    )  # fmt: skip
    assert [chapter.title for chapter in notice.chapters] == [
        chapter["title"] for chapter in facts["chapters"]
    ]


def test_titles_and_units_agree(notice: Any) -> None:
    assert [item.title for item in notice.items] == [item["title"] for item in items()]
    read = {
        (item.number, part and part.sector): _units((part or item).responsible)
        for item in notice.items
        for part in (None, *item.parts)
        if part is None or part.sector
    }
    for number, sector, holder in holders():
        ours = [(unit["name"], unit["role"]) for unit in holder["units"]]
        assert read[number, sector] == ours, (number, sector)


def test_what_is_said_once_for_all_agrees(notice: Any) -> None:
    inherited = plan()["inherited"]
    for item in notice.items:
        expected = inherited["units"] if item.number > inherited["after_item"] else []
        assert item.responsible.inherited == expected, item.number


def test_measures_agree(notice: Any) -> None:
    for item, facts in zip(notice.items, items(), strict=True):
        read = _measures(
            [*item.obligations, *(each for part in item.parts for each in part.obligations)]
        )
        stated = [
            *facts.get("obligations", []),
            *(each for part in facts.get("parts", []) for each in part.get("obligations", [])),
        ]
        ours = Counter(tuple(each.get(name) for name in MEASURE) for each in stated)
        assert read == ours, (item.number, read - ours, ours - read)
