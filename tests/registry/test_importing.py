"""Enterprises from Excel: what is taken, what is at fault and why."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from anlan.kernel.errors import Refused
from anlan.kernel.imports.registry import Context, RawRow
from anlan.kernel.orgs.models import Area
from anlan.kernel.write import Write
from anlan.registry.identifiers import credit_check
from anlan.registry.importing import enterprises
from anlan.registry.models import Enterprise, Sector
from anlan.registry.regulators import Regulators
from anlan.registry.selectors import default_regulator
from anlan.registry.services.bringing import enterprises_bring
from anlan.registry.services.facts import EnterpriseFacts
from tests.factories import day, happening
from tests.registry.conftest import brought

CODE = "91350100M000100Y43"
HEAD = ["企业名称", "统一社会信用代码", "行业领域", "所在区划", "地址", "生产经营状态", "从业人数",
        "经度", "纬度"]  # fmt: skip


def firm(name: str = "新煤业", code: str = "", sector: str = "煤矿", area: str = "东镇",
         *more: Any) -> list[Any]:  # fmt: skip
    return [name, code, sector, area, *more]


@pytest.fixture
def namesake(city: SimpleNamespace) -> Area:
    """A second 东镇, in the western county."""
    return Area.objects.create(
        code="9002002", name="东镇", level="township", parent=city.west, path="90/9002/9002002"
    )


def test_enterprises_are_registered_under_their_sector_s_regulator(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector
) -> None:
    row = firm("新煤业", f" {CODE.lower()}", "煤矿", "东县东镇", "东街 1 号", "在建", 86, "111.1",
               "37.5")  # fmt: skip
    with happening() as found:
        batch = brought(who.bureau_staff, enterprises.KEY, [HEAD, row, firm("二煤业", "", "coal")])
    assert (batch.taken, batch.faulty) == (2, 0)
    first, second = Enterprise.objects.order_by("pk")
    assert (first.name, first.credit_code, first.regulator, first.area) == (
        "新煤业", CODE, city.bureau, city.east_town,
    )  # fmt: skip
    assert (first.business, first.staff, str(first.longitude), str(first.latitude)) == (
        "building", 86, "111.100000", "37.500000",
    )  # fmt: skip
    assert (second.business, second.staff, second.name_key) == ("running", None, "二煤业")
    assert found.verbs("registry_enterprise") == ["imports.batch.take"] * 2
    assert found.kinds().count("enterprise.added") == 1
    assert list(batch.rows.values_list("became", flat=True)) == [first.pk, second.pk]
    assert enterprises.url(batch) == "/registry/enterprises/"


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (firm(name=""), "name", "没有填写"),
        (firm(name="长" * 121), "name", "最多 120 字（填写了 121 字）"),
        (firm(code=f"{CODE[:-1]}9"), "credit_code", "3"),  # names the digit it should be
        (firm(code=CODE[:-1]), "credit_code", "17"),
        (firm(sector=""), "sector", "没有填写"),
        (firm(sector="航天"), "sector", "没有叫“航天”的行业领域"),
        (firm(sector="停用的"), "sector", "没有叫“停用的”"),
        (firm(sector="新业态"), "sector", "不由试市能源局登记"),
        (firm(area=""), "area", "没有填写"),
        (firm(area="南镇"), "area", "没有叫“南镇”的区划"),
        (firm("甲", "", "煤矿", "东镇", "", "歇业"), "business", "须是以下之一"),
        (firm("甲", "", "煤矿", "东镇", "", "", "许多"), "staff", "须填整数"),
        (firm("甲", "", "煤矿", "东镇", "", "", "", 111), "longitude", "要么都填"),
        (firm("甲", "", "煤矿", "东镇", "", "", "", 37.5, 111.1), "latitude", "不能大于 90"),
    ],
)
def test_a_faulty_row_is_told_what_is_wrong(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, trade: Sector,
    row: list[Any], column: str, said: str,
) -> None:  # fmt: skip
    Sector.objects.create(code="old", name="停用的", retired_on=day(0))
    batch = brought(who.bureau_staff, enterprises.KEY, [HEAD, row])
    assert batch.taken == 0
    faults = batch.rows.get().faults
    assert list(faults) == [column]
    assert said in faults[column]


def test_an_area_that_two_counties_have_must_be_told_apart(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, namesake: Area
) -> None:
    rows = [HEAD, firm("甲"), firm("乙", area="西县东镇"), firm("丙", area="9001001"),
            firm("丁", area=9002002)]  # fmt: skip
    batch = brought(who.bureau_staff, enterprises.KEY, rows)
    fault = batch.rows.get(good=False).faults["area"]
    assert "东县东镇（9001001）、西县东镇（9002002）" in fault
    areas = Enterprise.objects.order_by("pk").values_list("area__path", flat=True)
    assert list(areas) == [namesake.path, city.east_town.path, namesake.path]


def test_what_lies_out_of_reach_is_unknown(
    city: SimpleNamespace, who: SimpleNamespace, trade: Sector, namesake: Area
) -> None:
    """For the clerk of one county a name that two have means his own."""
    rows = [HEAD, firm("甲", sector="新业态"), firm("乙", sector="新业态", area="西镇"),
            firm("丙", sector="新业态", area="西县东镇")]  # fmt: skip
    batch = brought(who.east_staff, enterprises.KEY, rows)
    assert [e.area for e in Enterprise.objects.all()] == [city.east_town]
    faults = [each.faults["area"] for each in batch.rows.filter(good=False)]
    assert all("您的管辖范围内没有叫" in each for each in faults)
    assert len(faults) == 2


def test_what_stands_already_is_named_and_left_alone(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    Enterprise.objects.filter(pk=subjects.coal_east.pk).update(credit_code=CODE)
    west = CODE[:8] + "MA0000001"[:9]
    west += credit_check(west)
    Enterprise.objects.filter(pk=subjects.shop_west.pk).update(credit_code=west)
    rows = [
        HEAD, firm("改名煤业", CODE), firm("演示煤业有限责任公司"), firm("乙", west),
        firm("丙"), firm(" 丙 "), firm("丁", CODE[:8] + CODE[8:]),
    ]  # fmt: skip
    batch = brought(who.bureau_staff, enterprises.KEY, rows)
    faults = [each.faults for each in batch.rows.filter(good=False)]
    link = f"/registry/enterprises/{subjects.coal_east.pk}/"
    assert link in faults[0]["credit_code"]
    assert link in faults[1]["name"]
    assert "演示商贸有限公司" in faults[2]["credit_code"]
    assert "/registry/" not in faults[2]["credit_code"]  # it is not his to see
    assert "*" in faults[3]  # twice in the file
    assert batch.taken == 1
    subjects.coal_east.refresh_from_db()
    assert (subjects.coal_east.name, subjects.coal_east.revision) == ("演示煤业有限公司", 1)


def test_a_code_twice_in_the_file_is_taken_once(who: SimpleNamespace, coal: Sector) -> None:
    batch = brought(who.bureau_staff, enterprises.KEY, [HEAD, firm("甲", CODE), firm("乙", CODE)])
    assert (batch.taken, batch.faulty) == (1, 1)
    assert Enterprise.objects.get().name == "甲"


def test_a_location_outside_of_the_county_is_at_fault(
    who: SimpleNamespace, coal: Sector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enterprises, "within", lambda area, **place: place["latitude"] > 37)
    rows = [HEAD, firm("甲", "", "煤矿", "东镇", "", "", "", 111, 36),
            firm("乙", "", "煤矿", "东镇", "", "", "", 111, 38)]  # fmt: skip
    batch = brought(who.bureau_staff, enterprises.KEY, rows)
    assert "不在“东镇”所属的县" in batch.rows.get(good=False).faults["longitude"]
    assert Enterprise.objects.get().name == "乙"


def test_bringing_refuses_what_is_not_ones_own_or_stands(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector, trade: Sector
) -> None:
    others = EnterpriseFacts(name="甲", sector=trade, area=city.east_town)
    with pytest.raises(Refused, match="不由您单位登记"), Write(who.bureau_staff, "t") as write:
        enterprises_bring(write, facts=[others])
    own = EnterpriseFacts(name="甲", sector=coal, area=city.east_town, credit_code=CODE)
    with pytest.raises(IntegrityError), Write(who.bureau_staff, "t") as write:
        enterprises_bring(write, facts=[own, own])
    assert not Enterprise.objects.exists()


def test_many_rows_are_judged_and_taken_with_as_many_queries_as_few(
    city: SimpleNamespace, who: SimpleNamespace, coal: Sector
) -> None:
    context = Context(who.bureau_staff, city.bureau, {})
    assert context.actor.grants  # read once in a request
    counts = []
    for size in (2, 200):
        rows = [RawRow(n, {"name": f"{size}之{n}", "sector": "煤矿", "area": "东镇"})
                for n in range(size)]  # fmt: skip
        with CaptureQueriesContext(connection) as caught:
            judged = enterprises.judge(context, rows)
            facts = [EnterpriseFacts(name=each.values["name"], sector=coal, area=city.east_town)
                     for each in judged]  # fmt: skip
            with Write(who.bureau_staff, "t") as write:
                enterprises_bring(write, facts=facts)
        counts.append(len(caught))
        assert not any(each.faults for each in judged)
    assert counts[0] == counts[1]


def test_the_regulator_of_many_is_that_of_one(
    city: SimpleNamespace, coal: Sector, trade: Sector
) -> None:
    city.east_government.valid_to = day(-1)
    city.east_government.save()
    part = Sector.objects.create(code="part", name="部分", parent=coal)
    local = Sector.objects.create(
        code="local", name="县管", county_regulator="government", city_regulator=city.bureau
    )
    ended = Sector.objects.create(code="x", name="已撤", city_regulator=city.east_government)
    many = Regulators()
    for sector in (coal, trade, part, local, ended):
        for area in Area.objects.all():
            assert many.of(sector.pk, area) == default_regulator(sector, area), (sector, area)
