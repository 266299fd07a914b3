"""Values of many at once are those of each alone, whatever the reach; and those of areas."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.test.utils import CaptureQueriesContext

from anlan.kernel.access.actor import system
from anlan.kernel.indicators import values
from anlan.kernel.indicators.choices import Reach
from anlan.kernel.indicators.registry import Measure
from anlan.kernel.orgs.models import Organisation
from tests.kernel.access import town

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def founded(start: date, end: date) -> QuerySet[Any]:
    return Organisation.objects.filter(valid_from__range=(start, end))


COUNT = Measure(
    key="test.units",
    name="新设单位",
    unit="个",
    how="按上级单位计",
    rows=founded,
    organisation="parent",
)
SUM = Measure(
    key="test.sum", name="合计", unit="个", how="合计", rows=founded, organisation="parent",
    amount=Sum("sort"),
)  # fmt: skip
SPECIAL = Measure(
    key="test.own", name="辖区", unit="个", how="按区划计", rows=founded, organisation="parent",
    own=lambda organisation, end: Q(area=organisation.area),
)  # fmt: skip


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    """Founded in the year: both townships' governments and the bureau."""
    made = town.build()
    new = [made.east_town_government, made.west_town_government, made.bureau]
    for number, each in enumerate(new, start=1):
        Organisation.objects.filter(pk=each.pk).update(valid_from=YEAR[1], sort=number)
    return made


@pytest.mark.parametrize("measure", [COUNT, SUM, SPECIAL], ids=["count", "sum", "special"])
@pytest.mark.parametrize("reach", list(Reach))
def test_many_at_once_are_each_alone(city: SimpleNamespace, measure: Measure, reach: Reach) -> None:
    units = list(Organisation.objects.select_related("area"))
    with CaptureQueriesContext(connection) as asked:
        found = values.values(measure, reach, units, *YEAR)
    special = measure is SPECIAL and reach == Reach.OWN
    assert len(asked) == (len(units) if special else 1)
    assert found == {each.pk: values.value(measure, reach, each, *YEAR) for each in units}
    assert any(found.values())


def test_what_each_reach_counts(city: SimpleNamespace) -> None:
    def counted(organisation: Organisation) -> list[Decimal]:
        return [values.value(COUNT, reach, organisation, *YEAR) for reach in Reach]

    assert counted(city.government) == [1, 3, 3]  # the bureau; all below; all in the city
    assert counted(city.east_government) == [1, 1, 1]
    assert counted(city.bureau) == [0, 0, 3]
    assert values.value(COUNT, Reach.OWN, city.government, YEAR[0], date(2025, 12, 30)) == 0


def test_by_area(city: SimpleNamespace) -> None:
    found = values.by_area(COUNT, system(), *YEAR, city.city)
    assert found[city.city.path] == 3
    assert found[city.east.path] == found[city.east_town.path] == 1
    below = values.by_area(COUNT, system(), *YEAR, city.east)
    assert city.west.path not in below
