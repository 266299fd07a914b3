"""The documents point at what exists, and the clause map names the items that the facts name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
POINTER = re.compile(r"`((?:src|tests|data|frontend|tools)/[\w./-]*[\w/])`")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [to for to in LINK.findall(text) if not (page.parent / to).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_pointers_into_the_code_are_true(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [to for to in POINTER.findall(text) if not (ROOT / to).exists()] == []


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"]({page})" not in index} == set()


def test_the_clause_map_has_every_item_in_order() -> None:
    facts = yaml.safe_load((ROOT / "data/luliang/plan.yaml").read_text(encoding="utf-8"))
    items = [(i["number"], i["title"]) for c in facts["chapters"] for i in c["items"]]
    text = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (\S+) \|", text, re.M)
    assert [(int(number), title) for number, title in rows] == items
    assert len(items) == 21


def test_the_clause_map_calls_a_package_planned_only_while_it_is() -> None:
    """When a ledger offers its measures, its items' state must be written anew."""
    text = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \|(?:[^|]*\|){2}([^|]*)\|.*\| ([^|]*)\|$", text, re.M)
    assert len(rows) == 21
    for packages, state in rows:
        assert state.startswith("works")
        for package in set(re.findall(r"`(\w+)`", packages)) - {"plan"}:
            assert not (ROOT / "src" / "anlan" / package / "indicators.py").exists(), package
