"""Entries of registers from Excel: what is taken, what is at fault and why."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.errors import Unknown, WrongState
from anlan.kernel.imports.registry import find
from anlan.kernel.write import Write
from anlan.registry.importing import entries
from anlan.registry.models import Enterprise, Entry, Register, RegisterVersion, Sector, Site
from anlan.registry.services.bringing import Brought, entries_bring
from anlan.registry.services.entries import entry_put
from tests.factories import day, happening, resolved
from tests.kernel.access.conftest import browser
from tests.registry.conftest import brought

CODE = "91350100M000100Y43"
MINES = ["统一社会信用代码", "企业名称", "场所名称", "所在区划", "采深（m）", "已建成智能化煤矿",
         "瓦斯等级", "核对日期"]  # fmt: skip


def mine(site: str, area: str = "东镇", owner: str = "演示煤业有限公司", **more: Any) -> list[Any]:
    return [
        more.get("code", ""), owner, site, area, more.get("depth", 600),
        more.get("intelligent", "是"), more.get("gas", "低瓦斯"), more.get("checked", ""),
    ]  # fmt: skip


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
        (mine("二号", checked=lambda: str(day(1))), "checked_on", "不能晚于今天"),
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
    rows = [MINES, mine("首行"), resolved(row)]
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
