"""Whom a clause itself names, and that its duties are theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction

from anlan.kernel.orgs.models import Area, OrganisationKind
from anlan.plan.loading import load
from anlan.plan.models import Duty
from anlan.plan.subjects import named
from tests.kernel.orgs.conftest import luliang as luliang
from tests.plan.test_loading import FILE

ON = date(2025, 1, 1)


# Runs before the others and lets pytest-django make the database, which it makes only for marked
# tests; the others keep one transaction for the module and cannot be marked.
@pytest.mark.django_db
def test_nobody_is_named_by_nothing() -> None:
    assert named("", area=Area(path="1"), on=ON) == []


@pytest.fixture
def city(luliang: Area) -> Iterator[Area]:
    with transaction.atomic():
        yield luliang
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("subject", "count"),
    [
        ("市县党委政府", 14),  # the city's government and those of the counties
        ("市县政府", 14),
        ("市、县", 14),
        ("各县（市、区）", 13),
        ("市安委办", 1),
        ("市能源局、市应急局", 2),
        ("市能源局和市应急局", 2),
        ("市能源局、市能源局", 1),
        ("各县（市、区）政府及相关部门", 0),  # which bureaus is not certain
        ("各级党委", 0),
        ("乡镇（街道）、村（社区）", 0),  # half of it is known, and half is not enough
        ("企业", 0),
        ("、", 0),
    ],
)
def test_who_is_meant(city: Area, subject: str, count: int) -> None:
    assert len(named(subject, area=city, on=ON)) == count


def test_the_governments_owe_ten_problems_each_and_no_bureau_does(city: Area) -> None:
    load(FILE)
    problems = Duty.objects.filter(clause__unit="项", clause__value=10)
    assert set(problems.values_list("organisation__kind", flat=True)) == {
        OrganisationKind.GOVERNMENT
    }
    assert problems.count() == 14


def test_each_half_year_each_government_meets(city: Area) -> None:
    load(FILE)
    meetings = Duty.objects.filter(clause__period="half_year")
    assert Counter(meetings.values_list("period_start", flat=True)) == {
        date(2025, 1, 1): 14,
        date(2025, 7, 1): 14,
    }


def test_whose_role_the_item_gives_keeps_it(city: Area) -> None:
    """The counties answer for item 4 by what item 1 says for all; the city's government is named
    by the clause alone."""
    load(FILE)
    meetings = Duty.objects.filter(clause__period="half_year")
    assert set(meetings.values_list("role", flat=True)) == {"responsible"}
