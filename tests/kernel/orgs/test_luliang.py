"""Lüliang itself: every name of its plan is known, and the tree is the real one."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from anlan.kernel.access.actor import system
from anlan.kernel.orgs.loading import load
from anlan.kernel.orgs.models import Area, Organisation
from anlan.kernel.orgs.resolving import How, resolve
from anlan.kernel.orgs.selectors import (
    answering_to,
    areas_of_county_rank,
    areas_of_township_rank,
    government_of,
    organisations_under,
    villages_of,
)
from tests.kernel.orgs.conftest import LULIANG

DAY = date(2025, 3, 1)


def test_fourteen_areas_of_county_rank_in_order(luliang: Area) -> None:
    areas = [each.name for each in areas_of_county_rank()]
    assert len(areas) == 14
    assert (areas[0], areas[-2], areas[-1]) == ("离石区", "汾阳市", "吕梁经济技术开发区")


def test_every_area_of_county_rank_has_a_government(luliang: Area) -> None:
    for area in areas_of_county_rank():
        assert government_of(area).parent == government_of(luliang)


def test_a_government_hands_down_its_tree(luliang: Area) -> None:
    county = Area.objects.get(code="141124")
    under = organisations_under(government_of(county), on=DAY)
    assert under.filter(area__level="township").count() == 23
    assert under.filter(kind="village").count() == sum(
        villages_of(each).count() for each in areas_of_township_rank(county)
    )
    direct = {each.short_name for each in answering_to(government_of(county), on=DAY)}
    assert {"临县应急局", "临县安委办", "三交镇"} <= direct


def test_every_unit_of_the_plan_is_known(luliang: Area) -> None:
    plan = yaml.safe_load((LULIANG / "plan.yaml").read_text(encoding="utf-8"))
    items = [item for chapter in plan["chapters"] for item in chapter["items"]]
    holders = items + [part for item in items for part in item.get("parts", [])]
    names = {unit["name"] for each in holders for unit in each["units"]}
    names |= set(plan["inherited"]["units"])
    unknown = {name for name in names if not resolve(name, area=luliang, on=DAY).organisations}
    assert unknown == set()
    assert len(names) > 30


NAMES = [
    # as the body or the table of the notice, or a clerk, writes them
    ("吕梁经开区", How.EXACT, "1411JKQ-government"),
    ("国家金融监管总局吕梁分局", How.EXACT, "141100-financial-regulation"),
    ("建设及燃气安全专业委员会办公室", How.ALIAS, "141100-construction-gas-office"),
    ("建设与燃气安全专业委员会办公室", How.ALIAS, "141100-construction-gas-office"),
    ("消防安全专业委员会办公室", How.ALIAS, "141100-fire-safety-office"),
    ("市住房和城乡建设局", How.ALIAS, "141100-housing"),
    ("市发展和改革委员会", How.ALIAS, "141100-development-reform"),
    ("市行政审批局", How.EXACT, "141100-approval"),
    ("柳林", How.ALIAS, "141125-government"),
    ("兴县", How.ALIAS, "141123-government"),
    ("临县三交镇人民政府", How.EXACT, "141124105-government"),
]


@pytest.mark.parametrize(("name", "how", "code"), NAMES)
def test_names_in_use(luliang: Area, name: str, how: How, code: str) -> None:
    found = resolve(name, area=luliang, on=DAY)
    assert (found.how, [each.code for each in found.organisations]) == (how, [code])


def test_two_offices_written_as_one(luliang: Area) -> None:
    found = resolve("煤矿、非煤矿山安全专业委员会办公室", area=luliang, on=DAY)
    assert [each.code for each in found.organisations] == [
        "141100-coal-office", "141100-non-coal-mine-office",
    ]  # fmt: skip


def test_the_township_that_exists_twice_is_not_guessed(luliang: Area) -> None:
    found = resolve("三交镇", area=luliang, on=DAY)
    assert found.how is How.UNKNOWN
    assert found.suggestions == ["临县三交镇人民政府", "柳林县三交镇人民政府"]


def test_assumptions_are_marked(luliang: Area) -> None:
    assert Organisation.objects.get(code="141100-emergency").verified
    assert not Organisation.objects.get(code="141100-education").verified
    office = Organisation.objects.get(code="141100-coal-office")
    assert "推定" in office.note


def test_loading_again_changes_nothing(luliang: Area) -> None:
    again = load(LULIANG, actor=system())
    assert again.nothing_new
    assert again.kept == []
