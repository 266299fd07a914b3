"""Indicators are data: loaded with versions, changed by the office's chief, never in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.indicators import loading, registry, services
from anlan.kernel.indicators.models import Definition, DefinitionVersion
from anlan.kernel.indicators.registry import Measure
from anlan.kernel.indicators.selectors import Book
from anlan.kernel.orgs.models import Organisation
from tests.factories import day, happening, nothing_happens, people, resolved
from tests.kernel.access import town
from tests.kernel.access.conftest import browser

FILE = """
effective_from: 2025-01-01
definitions:
  - {key: test.units, name: 单位数, items: [1, 2]}
  - {key: area.units, measure: test.units, reach: area, name: 区划单位数, how: 区划内, unit: 家}
"""
Load = Callable[[str], loading.Report]


def units(start: date, end: date) -> QuerySet[Any]:
    return Organisation.objects.all()


def measure(key: str, **more: Any) -> Measure:
    rules = {
        "name": "单位",
        "unit": "个",
        "how": "每个计 1",
        "rows": units,
        "organisation": "parent",
    }
    return Measure(key=key, **rules | more)


@pytest.fixture(autouse=True)
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Measure]:
    """Two measures, and nobody else's."""
    known = {each: measure(each) for each in ("test.units", "test.others")}
    monkeypatch.setattr(registry, "_measures", known)
    monkeypatch.setattr(registry, "_providers", {})
    return known


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    return town.build()


@pytest.fixture
def load(city: SimpleNamespace, tmp_path: Path) -> Load:
    def loaded(text: str) -> loading.Report:
        file = tmp_path / "indicators.yaml"
        file.write_text(text, encoding="utf-8")
        return loading.load(file, actor=system())

    return loaded


def newest(key: str) -> DefinitionVersion:
    return DefinitionVersion.objects.filter(definition__key=key).order_by("-number")[0]


def test_the_file_and_every_measure_that_it_does_not_name(load: Load) -> None:
    report = load(FILE)
    assert (report.created, report.versions) == (3, 3)
    told, area, plain = newest("test.units"), newest("area.units"), newest("test.others")
    assert (told.name, told.unit, told.reach, told.items) == ("单位数", "个", "own", [1, 2])
    assert (area.measure, area.reach, area.unit, area.how) == (
        "test.units", "area", "家", "区划内",
    )  # fmt: skip
    assert (plain.name, plain.reach, plain.how) == ("单位", "own", "每个计 1")
    again = load(FILE)
    assert (again.created, again.versions, again.kept) == (0, 0, [])


def test_changed_facts_and_changed_rules_make_the_next_version(
    load: Load, offered: dict[str, Measure]
) -> None:
    load(FILE)
    with happening() as happened:
        report = load(FILE.replace("[1, 2]", "[1]"))
    assert report.versions == 1
    assert happened.kinds() == ["indicator.changed"]
    made = newest("test.units")
    assert (made.number, made.items, made.effective_from) == (2, [1], timezone.localdate())
    assert made.definition.versions.get(number=1).items == [1, 2]
    offered["test.others"] = measure("test.others", version=2, how="每个计 2")
    load(FILE.replace("[1, 2]", "[1]"))
    assert (newest("test.others").number, newest("test.others").rule) == (2, 2)


@pytest.mark.parametrize(
    ("was", "wrong", "said"),
    [
        ("items: [1, 2]", "itmes: [1]", "不认识的项：itmes"),
        ("reach: area", "reach: all", "统计口径有误：all"),
        ("measure: test.units", "measure: test.none", "没有台账提供：test.none"),
    ],
)
def test_a_file_with_a_mistake_loads_nothing(load: Load, was: str, wrong: str, said: str) -> None:
    with pytest.raises(loading.DefinitionFactsError, match=said):
        load(FILE.replace(was, wrong))
    assert not Definition.objects.exists()


def test_a_version_is_never_edited_or_removed(load: Load) -> None:
    load(FILE)
    for act in (lambda: newest("test.units").delete(), newest("test.units").save):
        with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
            act()


# --- which version counts ------------------------------------------------------------------------


def test_the_version_in_force_on_the_day(load: Load, offered: dict[str, Measure]) -> None:
    load(FILE)
    definition = Definition.objects.get(key="test.units")
    first = newest("test.units")
    later = {"number": 2, "effective_from": date(2025, 7, 1), "name": "新口径"}
    fields = {name: getattr(first, name) for name in ("unit", "measure", "how")}
    second = DefinitionVersion.objects.create(definition=definition, **fields | later)
    book = Book()
    for on, expected in [
        (date(2024, 1, 1), first), (date(2025, 6, 30), first), (date(2025, 7, 1), second),
        (date(2030, 1, 1), second),
    ]:  # fmt: skip
        assert book.on("test.units", on) == expected
    assert book.on("test.none", date(2025, 1, 1)) is None
    del offered["test.units"]
    assert Book().on("test.units", date(2025, 7, 1)) is None
    assert Book().keys == ["test.others"]


# --- people make versions ------------------------------------------------------------------------


@pytest.fixture
def who(city: SimpleNamespace) -> SimpleNamespace:
    return people(city)


def fields(**more: Any) -> dict[str, Any]:
    given = {
        "name": "新名称", "unit": "个", "measure": "test.units", "reach": "answering", "items": [2],
        "how": "怎样计数", "effective_from": timezone.localdate(), "reason": "会议定的",
    }  # fmt: skip
    return given | more


def test_the_chief_makes_a_version_and_loading_leaves_it_alone(
    load: Load, who: SimpleNamespace
) -> None:
    load(FILE)
    found = Definition.objects.get(key="test.units")
    with happening() as happened:
        made = services.definition_change(actor=who.chief, definition=found.pk, seen=1, **fields())
    assert (made.number, made.reach, made.items, made.reason) == (2, "answering", [2], "会议定的")
    assert happened.kinds() == ["indicator.changed"]
    assert happened.events[-1].ids == {"key": "test.units"}
    assert load(FILE).kept == ["test.units"]
    assert newest("test.units") == made


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reason": "  "}, "reason_missing"),
        ({"measure": "test.none"}, "no_measure"),
        ({"effective_from": lambda: day(-1)}, "in_the_past"),
    ],
)
def test_what_is_refused(load: Load, who: SimpleNamespace, more: dict[str, Any], code: str) -> None:
    load(FILE)
    found = Definition.objects.get(key="test.units")
    more = resolved(more)
    with nothing_happens(Refused, code=code):
        services.definition_add(actor=who.chief, **fields(**more))
    with nothing_happens(Refused, code=code):
        services.definition_change(actor=who.chief, definition=found.pk, seen=1, **fields(**more))


def test_no_version_before_the_last_one_none_that_says_the_same_and_none_unseen(
    load: Load, who: SimpleNamespace
) -> None:
    load(FILE)
    found = Definition.objects.get(key="test.units")
    change = services.definition_change
    change(actor=who.chief, definition=found.pk, seen=1, **fields(effective_from=day(1)))
    with nothing_happens(WrongState, match="第 2 版"):
        change(actor=who.chief, definition=found.pk, seen=1, **fields(name="别的"))
    with nothing_happens(Refused, code="not_after"):
        change(actor=who.chief, definition=found.pk, seen=2, **fields(name="别的"))
    with nothing_happens(Refused, code="nothing_new"):
        change(actor=who.chief, definition=found.pk, seen=2, **fields(effective_from=day(1)))
    for other in (who.clerk, who.leader, who.bureau_head):
        with nothing_happens(Forbidden):
            change(actor=other, definition=found.pk, seen=2, **fields())


def test_the_pages(load: Load, who: SimpleNamespace) -> None:
    load(FILE)
    chief, unit = browser(who.chief.person), browser(who.bureau_staff.person)
    listed = unit.get("/indicators/").content.decode()
    assert "区划单位数" in listed
    assert "新设指标" not in listed
    shown = unit.get("/indicators/area.units/").content.decode()
    assert "区划内" in shown
    assert "另立一版" not in shown
    assert unit.post("/indicators/area.units/change/").status_code == 403
    assert unit.get("/indicators/none/").status_code == 404
    typed = fields(items="2、4", seen=1) | {"effective_from": day(1).isoformat()}
    answer = chief.post("/indicators/area.units/change/", typed, follow=True)
    assert f"第 2 版，{day(1)} 起按它计数" in answer.content.decode()
    assert newest("area.units").items == [2, 4]
    stale = chief.post("/indicators/area.units/change/", typed | {"name": "别的"})
    assert stale.status_code == 409
    assert 'value="别的"' in stale.content.decode()
    wrong = chief.post("/indicators/new/", typed | {"items": "二"})
    assert wrong.status_code == 422
    assert "“二”不是条目的序号" in wrong.content.decode()
    made = chief.post("/indicators/new/", typed, follow=True).content.decode()
    assert "office.1" in made
