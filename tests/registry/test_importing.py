"""Enterprises and entries of registers from Excel: what is taken, what is at fault and why."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, Unknown, WrongState
from anlan.kernel.imports.models import ImportBatch
from anlan.kernel.imports.registry import Context, RawRow, find
from anlan.kernel.imports.services.reading import batch_read
from anlan.kernel.imports.services.taking import batch_consent, batch_take
from anlan.kernel.imports.services.uploading import batch_upload
from anlan.kernel.orgs.models import Area
from anlan.kernel.write import Write
from anlan.registry.identifiers import credit_check
from anlan.registry.importing import enterprises, entries
from anlan.registry.models import Enterprise, Entry, Register, RegisterVersion, Sector, Site
from anlan.registry.regulators import Regulators
from anlan.registry.selectors import default_regulator
from anlan.registry.services.bringing import Brought, enterprises_bring, entries_bring
from anlan.registry.services.entries import entry_put
from anlan.registry.services.facts import EnterpriseFacts
from tests import factories
from tests.factories import day, happening
from tests.kernel.access.conftest import browser
from tests.kernel.imports import books

CODE = "91350100M000100Y43"
HEAD = ["企业名称", "统一社会信用代码", "行业领域", "所在区划", "地址", "生产经营状态", "从业人数",
        "经度", "纬度"]  # fmt: skip
MINES = ["统一社会信用代码", "企业名称", "场所名称", "所在区划", "采深（m）", "已建成智能化煤矿",
         "瓦斯等级", "核对日期"]  # fmt: skip


def brought(by: Actor, key: str, rows: list[list[Any]], **given: str) -> ImportBatch:
    """Uploaded, read and taken."""
    batch = batch_upload(
        actor=by, importer=key, given=given, organisation=None,
        upload=factories.upload(books.xlsx(rows), "台账.xlsx"),
    )  # fmt: skip
    batch_read(batch=batch.pk)
    batch.refresh_from_db()
    if batch.good:
        batch_consent(actor=by, batch=batch.pk, good=batch.good)
        batch_take(batch=batch.pk)
    return ImportBatch.objects.get(pk=batch.pk)


def firm(name: str = "新煤业", code: str = "", sector: str = "煤矿", area: str = "东镇",
         *more: Any) -> list[Any]:  # fmt: skip
    return [name, code, sector, area, *more]


def mine(site: str, area: str = "东镇", owner: str = "演示煤业有限公司", **more: Any) -> list[Any]:
    return [
        more.get("code", ""), owner, site, area, more.get("depth", 600),
        more.get("intelligent", "是"), more.get("gas", "低瓦斯"), more.get("checked", ""),
    ]  # fmt: skip


@pytest.fixture
def namesake(city: SimpleNamespace) -> Area:
    """A second 东镇, in the western county."""
    return Area.objects.create(
        code="9002002", name="东镇", level="township", parent=city.west, path="90/9002/9002002"
    )


# --- enterprises ----------------------------------------------------------------------------------


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


# --- entries of registers -------------------------------------------------------------------------


def test_entries_come_to_their_sites_and_a_missing_site_is_made(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, register: Register
) -> None:
    rows = [MINES, mine("演示煤矿一号", depth="640.5"), mine("二号", gas="", checked=str(day(-1)))]
    with happening() as found:
        batch = brought(who.bureau_staff, entries.KEY, rows, register="coal-mine")
    assert (batch.taken, batch.faulty) == (2, 0)
    first, second = Entry.objects.order_by("pk")
    assert (first.site, first.checked_on) == (subjects.mine, day(0))
    assert first.values == {"depth": "640.5", "intelligent": True, "gas": "low"}
    assert (second.checked_on, second.values) == (day(-1), {"depth": "600", "intelligent": True})
    made = second.site
    assert made is not None
    assert (made.name, made.kind, made.sector.code, made.regulator) == (
        "二号", "mine", "coal", city.bureau,
    )  # fmt: skip
    assert (made.enterprise, made.area) == (subjects.coal_east, city.east_town)
    assert found.kinds().count("entry.put") == found.kinds().count("site.added") == 1
    assert entries.url(batch) == "/registry/registers/coal-mine/"


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (mine("二号", owner="无此企业"), "code", "没有找到企业“无此企业”"),
        (mine("二号", owner="演示商贸有限公司"), "code", "不在您的管辖范围内"),
        (mine("二号", owner="", code=CODE), "code", "没有统一社会信用代码是"),
        (mine("二号", owner="", code="1"), "code", "18"),
        (mine(""), "site", "没有填写"),
        (mine("二号", area="西县"), "area", "范围太大"),
        (mine("二号", area="无此镇"), "area", "没有叫“无此镇”的区划"),
        (mine("二号", depth="很深"), "field_depth", "须填数"),
        (mine("二号", depth=""), "field_depth", "没有填写"),
        (mine("二号", checked=str(day(1))), "checked_on", "不能晚于今天"),
        (mine("已填"), "site", "台账已有它的登记"),
        (mine("店", owner=""), "site", "不进这个台账"),
        (mine("首行"), "*", ""),
    ],
)
def test_a_faulty_entry_is_told_what_is_wrong(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, register: Register,
    row: list[Any], column: str, said: str,
) -> None:  # fmt: skip
    own = {"sector": register.sector, "area": city.east_town, "regulator": city.bureau}
    filled = Site.objects.create(name="已填", kind="mine", enterprise=subjects.coal_east, **own)
    Site.objects.create(name="店", kind="venue", **own)
    entry_put(actor=who.bureau_staff, register=register, subject=filled, raw={"depth": 1})
    rows = [MINES, mine("首行"), row]
    batch = brought(who.bureau_staff, entries.KEY, rows, register="coal-mine")
    assert (batch.taken, batch.faulty) == (1, 1)
    faults = batch.rows.get(good=False).faults
    assert list(faults) == [column]
    assert said in faults[column]


def test_a_site_that_is_somebody_else_s_is_not_made_again(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, register: Register
) -> None:
    """Also without its owner a site of the name in the area is that one; two must be told apart."""
    own = {"kind": "mine", "sector": register.sector, "area": city.east_town}
    Site.objects.create(name="无主矿", **own)
    for owner in (subjects.coal_east, None):
        Site.objects.create(name="两处", enterprise=owner, regulator=city.bureau, **own)
    rows = [MINES, mine("无主矿", owner=""), mine("两处", owner=""), mine("演示煤矿一号", owner="")]
    batch = brought(who.bureau_staff, entries.KEY, rows, register="coal-mine")
    faults = [each.faults["site"] for each in batch.rows.filter(good=False)]
    assert ["不由您单位登记" in faults[0], "有多个场所叫" in faults[1]] == [True, True]
    assert Entry.objects.get().site == subjects.mine


def test_entries_on_enterprises(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, coal: Sector
) -> None:
    made = Register.objects.create(code="dust", name="粉尘", sector=coal, subject="enterprise")
    fields = [{"key": "workers", "label": "单班人数", "kind": "integer", "required": True}]
    RegisterVersion.objects.create(type=made, number=1, fields=fields, effective_from=day(-9))
    Enterprise.objects.filter(pk=subjects.coal_east.pk).update(credit_code=CODE)
    Enterprise.objects.create(name="演示煤业", sector=coal, area=city.east_town)
    rows = [
        ["统一社会信用代码", "企业名称", "单班人数"],
        [CODE, "", 12], ["", "", 12], [CODE, "别的公司", 3], ["", "演示新业态", 3],
    ]  # fmt: skip
    batch = brought(who.bureau_staff, entries.KEY, rows, register="dust")
    assert (batch.taken, Entry.objects.get().enterprise) == (1, subjects.coal_east)
    said = [each.faults["code"] for each in batch.rows.filter(good=False)]
    assert "请填写统一社会信用代码或企业名称" in said[0]
    assert "与填写的“别的公司”不同" in said[1]
    assert "没有找到企业“演示新业态”" in said[2]
    east = brought(who.west_staff, entries.KEY, [rows[0], [CODE, "", 1]], register="dust")
    assert "不在您的管辖范围内" in east.rows.get().faults["code"]


def test_a_subject_merged_meanwhile_is_refused(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, register: Register
) -> None:
    into = Site.objects.create(name="另一处", kind="mine", sector=register.sector,
                               area=city.east_town, regulator=city.bureau)  # fmt: skip
    Site.objects.filter(pk=subjects.mine.pk).update(merged_into=into)
    version = register.newest(day(0))
    one = Brought({"depth": "1"}, day(0), subject=subjects.mine.pk)
    with pytest.raises(WrongState, match="已并入"), Write(who.bureau_staff, "t") as write:
        entries_bring(write, version=version, brought=[one])


def test_who_imports_what(
    who: SimpleNamespace, subjects: SimpleNamespace, register: Register
) -> None:
    clerk, leader = browser(who.bureau_staff.user), browser(who.leader.user)
    for page, address in (
        ("/registry/enterprises/", "/imports/new/registry.enterprises/"),
        ("/registry/registers/coal-mine/", "/imports/new/registry.entries/?register=coal-mine"),
    ):
        assert address in clerk.get(page).content.decode()
        assert address not in leader.get(page).content.decode()
        assert clerk.get(address).status_code == 200
        assert leader.get(address).status_code == 403
    with pytest.raises(Unknown):
        find(entries.KEY).options(who.bureau_staff, {"register": "nothing"})
    Register.objects.filter(pk=register.pk).update(retired_on=day(0))
    with pytest.raises(Unknown):
        find(entries.KEY).options(who.bureau_staff, {"register": "coal-mine"})
