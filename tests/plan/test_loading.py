"""The year's duties from facts, on all of Lüliang. Each test undoes what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction

from anlan.kernel.access.actor import system
from anlan.kernel.indicators import registry
from anlan.kernel.indicators.loading import load as load_indicators
from anlan.kernel.indicators.selectors import Book
from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.plan.loading import draft, load
from anlan.plan.models import Assignment, Clause, Duty, KeyDuty, Plan
from anlan.records.loading import load as load_types
from tests.kernel.orgs.conftest import LULIANG
from tests.kernel.orgs.conftest import luliang as luliang

FILE = LULIANG / "plan.yaml"


@pytest.fixture
def city(luliang: Area) -> Iterator[Area]:
    with transaction.atomic():
        yield luliang
        transaction.set_rollback(True)


# Runs before the others and lets pytest-django make the database, which it makes only for marked
# tests; the others keep one transaction for the module and cannot be marked.
@pytest.mark.django_db
def test_without_a_city_nothing_is_loaded() -> None:
    with pytest.raises(Area.DoesNotExist):
        load(FILE)
    assert not Plan.objects.exists()


def facts() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return read


def test_seven_chapters_and_twenty_one_key_duties(city: Area) -> None:
    said = load(FILE)
    plan = Plan.objects.get()
    assert (plan.year, plan.area, plan.is_demo) == (2025, city, False)
    assert list(plan.key_duties.values_list("number", flat=True)) == list(range(1, 22))
    assert len(set(plan.key_duties.values_list("chapter_number", "chapter_title"))) == 7
    assert said == f"2025 年 21 项重点任务、{Duty.objects.count()} 项单位任务"


def test_every_unit_is_resolved_and_every_county_has_every_duty(city: Area) -> None:
    load(FILE)
    counties = Area.objects.filter(level__in=[AreaLevel.COUNTY, AreaLevel.ZONE])
    assert counties.count() == 14
    for key_duty in KeyDuty.objects.all():
        assert key_duty.assignments.exists(), key_duty
        whole = key_duty.duties.filter(clause=None, area__in=counties)
        assert Counter(whole.values_list("area", flat=True)) == Counter(
            counties.values_list("pk", flat=True)
        ), key_duty


def test_what_the_first_item_says_for_all_is_inherited_by_the_others(city: Area) -> None:
    load(FILE)
    inherited = Assignment.objects.filter(inherited=True)
    assert set(inherited.values_list("key_duty__number", flat=True)) == set(range(2, 22))
    assert set(inherited.values_list("name", flat=True)) == set(facts()["inherited"]["units"])


def test_clauses_become_duties_by_their_kind(city: Area) -> None:
    load(FILE)
    assigned = set(Clause.objects.filter(assigned=True).values_list("kind", flat=True))
    assert assigned == {"quota", "deadline", "frequency"}
    assert not Duty.objects.filter(clause__kind__in=["trigger", "condition"]).exists()
    mines = Duty.objects.filter(clause__unit="座")
    assert set(mines.values_list("target", "due_on")) == {(Decimal(10), date(2025, 12, 31))}
    halves = Duty.objects.filter(clause__period="half_year")
    assert set(halves.values_list("period_start", "due_on")) == {
        (date(2025, 1, 1), date(2025, 6, 30)), (date(2025, 7, 1), date(2025, 12, 31)),
    }  # fmt: skip


def test_a_part_s_clause_falls_to_the_part_s_office(city: Area) -> None:
    load(FILE)
    parks = Duty.objects.get(clause__part="危险化学品", clause__assigned=True)
    assert "危险化学品" in parks.organisation.name


def test_twice_changes_nothing(city: Area) -> None:
    load(FILE)
    before = list(Duty.objects.order_by("pk").values())
    assert load(FILE) == "2025 年度计划已在，未改动"
    assert list(Duty.objects.order_by("pk").values()) == before


def test_a_unit_that_nobody_knows_is_named_and_nothing_is_loaded(
    city: Area, tmp_path: Path
) -> None:
    changed = facts()
    changed["chapters"][0]["items"][0]["units"].append({"name": "乌有局", "role": "lead"})
    file = tmp_path / "plan.yaml"
    file.write_text(yaml.safe_dump(changed, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ValueError, match="乌有局"):
        load(file)
    assert not Plan.objects.exists()


def test_each_organisation_answers_once_for_each_part(city: Area) -> None:
    for key_duty in draft(facts(), city).key_duties:
        owners = Counter((owner.part, owner.organisation) for owner in key_duty.owners)
        assert set(owners.values()) == {1}, key_duty.title


def test_every_indicator_that_the_facts_name_is_defined(city: Area) -> None:
    """What nobody defined would leave its duties standing still."""
    load_types(LULIANG / "record_types.yaml", actor=system())
    load_indicators(LULIANG / "indicators.yaml", actor=system())
    load(FILE)
    named = set(Clause.objects.exclude(measure="").values_list("measure", flat=True))
    assert len(named) == 6
    observed = {key for each in KeyDuty.objects.all() for key in each.observed}
    assert {each.number for each in KeyDuty.objects.exclude(observed=[])} == {1, 2, 3, 4, 10, 11}
    assert named | observed <= set(Book().keys)
    offered = {measure.key for measure in registry.all_measures()}
    assert set(Book().keys) >= offered  # what the file does not name is an indicator too
    parks = Duty.objects.get(clause__measure="registry.parks_above_d")
    assert (parks.target, parks.organisation.kind) == (0, "office")
