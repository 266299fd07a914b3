"""Measures: declared once, counted from rows, by their period."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import QuerySet, Sum

from anlan.kernel.indicators import registry
from anlan.kernel.indicators.choices import Reach
from anlan.kernel.indicators.registry import Measure
from anlan.kernel.indicators.values import value
from anlan.kernel.orgs.models import Organisation
from tests.kernel.access import town


def all_of_them(start: date, end: date) -> QuerySet[Any]:
    return Organisation.objects.all()


COUNT = Measure(
    key="test.below", name="下级单位", unit="个", how="直接下级，每个计 1", rows=all_of_them,
    organisation="parent",
)  # fmt: skip
YEAR = (date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_measures", {})
    monkeypatch.setattr(registry, "_providers", {})


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    return town.build()


def test_a_plain_measure_counts_its_rows(city: SimpleNamespace) -> None:
    assert value(COUNT, Reach.OWN, city.east_government, *YEAR) == 1
    assert value(COUNT, Reach.OWN, city.government, *YEAR) == 4
    assert value(COUNT, Reach.OWN, city.bureau, *YEAR) == 0


def test_one_with_a_total_sums_them(city: SimpleNamespace) -> None:
    Organisation.objects.filter(parent=city.government).update(sort=3)
    summed = Measure(
        key="test.sum", name="合计", unit="个", how="合计", rows=all_of_them,
        organisation="parent", amount=Sum("sort"),
    )  # fmt: skip
    assert value(summed, Reach.OWN, city.government, *YEAR) == 12
    assert value(summed, Reach.OWN, city.bureau, *YEAR) == 0


def test_measures_are_found_by_key_in_order() -> None:
    other = Measure(key="test.a", name="甲", unit="个", how="甲", rows=all_of_them)
    registry.declare(COUNT)
    registry.declare(other)
    registry.declare(COUNT)  # the same again: an app that is set up twice
    assert registry.all_measures() == [other, COUNT]
    assert registry.get("test.below") is COUNT
    with pytest.raises(KeyError):
        registry.get("test.unknown")


def test_a_key_means_one_thing() -> None:
    registry.declare(COUNT)
    with pytest.raises(ValueError, match="declared twice"):
        registry.declare(
            Measure(key="test.below", name="别的", unit="个", how="别的", rows=all_of_them)
        )


def test_a_ledger_offers_measures_that_it_makes_from_data() -> None:
    kinds = ["drill"]

    def made() -> list[Measure]:
        return [
            Measure(key=f"test.{kind}", name=kind, unit="次", how="每条计 1", rows=all_of_them)
            for kind in kinds
        ]

    registry.declare(COUNT)
    registry.provide("test", made)
    assert registry.get("test.drill").name == "drill"
    assert registry.get("test.below") is COUNT
    kinds.append("area")  # a type is added while the program runs
    assert [each.key for each in registry.all_measures()] == [
        "test.area", "test.below", "test.drill",
    ]  # fmt: skip
    for key in ("test.unknown", "other.drill"):
        with pytest.raises(KeyError):
            registry.get(key)
    registry.provide("test", made)
    with pytest.raises(ValueError, match="two providers"):
        registry.provide("test", list)
