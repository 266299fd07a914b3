"""The demonstration's subjects: marked, loaded once, and beside nothing in earnest."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from anlan.config.loaders import CITY
from anlan.kernel.access.roles import Role
from anlan.kernel.orgs.models import Area, Organisation
from anlan.registry import demo, demo_disputes
from anlan.registry.identifiers import credit_code
from anlan.registry.loading import load as load_registry
from anlan.registry.models import Dispute, Enterprise, Entry, Person, Site
from tests.kernel.access.conftest import user
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


def test_its_disputes_are_raised_by_its_accounts(city: SimpleNamespace, counties: None) -> None:
    township = Area.objects.get(code=demo_disputes.TOWNSHIP)
    local = Organisation.objects.create(
        code="local", name="演示街道办事处", short_name="演示街道", kind="government",
        area=township, path="local",
    )  # fmt: skip
    seats = {
        "binhe": (Role.UNIT_STAFF, local), "lishi": (Role.UNIT_STAFF, city.government),
        "sco": (Role.SCO_STAFF, city.office), "scochief": (Role.SCO_CHIEF, city.office),
        **{n: (Role.UNIT_STAFF, Organisation.objects.get(code=f"141100-{code}"))
           for n, code in (("yingji", "emergency"), ("nengyuan", "energy"))},
    }  # fmt: skip
    for name, (role, organisation) in seats.items():
        user(city, name, role, organisation=organisation, is_demo=True)
    assert demo.load().endswith("、归属争议 2 项")
    found = {each.state: each for each in Dispute.objects.all()}
    assert set(found) == {"asked", "decided"}
    assert found["decided"].subject.regulator.code == "141100-education"
    assert [each.given_at is None for each in found["asked"].opinions.all()] == [True, False]
    assert all(each.subject.is_demo for each in found.values())


def test_it_leaves_an_installation_in_earnest_alone(counties: None, city: SimpleNamespace) -> None:
    sector = demo.Sector.objects.get(code="coal")
    Enterprise.objects.create(name="真企业", sector=sector, area=city.east_town)
    assert demo.load() == "监管对象已有登记，未改动"
    assert Enterprise.objects.count() == 1


def test_the_demonstration_names_counties_of_the_city() -> None:
    lines = (CITY / "divisions.csv").read_text(encoding="utf-8")
    assert all(f"\n{each['area']}," in lines for each in demo.SITES)
