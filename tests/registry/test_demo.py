"""The demonstration's subjects: marked, loaded once, and beside nothing in earnest."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from anlan.config.loaders import CITY
from anlan.kernel.orgs.models import Area
from anlan.registry import demo
from anlan.registry.identifiers import credit_code
from anlan.registry.loading import load as load_registry
from anlan.registry.models import Enterprise, Entry, Person, Site
from tests.registry.test_loading import WRITER
from tests.registry.test_loading import luliang as luliang


@pytest.fixture
def counties(city: SimpleNamespace, luliang: None) -> None:
    """A township in each county that the demonstration names."""
    for code in {"141102", *(each["area"] for each in demo.SITES)}:
        make = {"code": code, "name": code, "level": "county", "parent": city.city}
        county = Area.objects.create(path=f"{city.city.path}/{code}", **make)
        below = {"code": f"{code}001", "name": f"{code}镇", "level": "township", "parent": county}
        Area.objects.create(path=f"{county.path}/{code}001", **below)
    load_registry(CITY, actor=WRITER)


def test_it_loads_once_and_every_row_is_marked(counties: None) -> None:
    assert demo.load() == f"演示企业 {len(demo.FIRMS)} 家、场所 {len(demo.SITES)} 个"
    for model in (Enterprise, Site):
        assert not model.objects.filter(is_demo=False).exists()
        assert all("演示" in each.name for each in model.objects.all())
    assert not Person.objects.filter(is_demo=False).exists()
    assert Entry.objects.count() == len(demo.SITES)
    for each in Enterprise.objects.all():
        assert credit_code(each.credit_code)[2:8] == "000000"
    assert demo.load() == "监管对象已有登记，未改动"


def test_it_leaves_an_installation_in_earnest_alone(counties: None, city: SimpleNamespace) -> None:
    sector = demo.Sector.objects.get(code="coal")
    Enterprise.objects.create(name="真企业", sector=sector, area=city.east_town)
    assert demo.load() == "监管对象已有登记，未改动"
    assert Enterprise.objects.count() == 1


def test_the_demonstration_names_counties_of_the_city() -> None:
    lines = (CITY / "divisions.csv").read_text(encoding="utf-8")
    assert all(f"\n{each['area']}," in lines for each in demo.SITES)
