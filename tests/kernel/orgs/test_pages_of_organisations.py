"""The pages of organisations: lists, one organisation, every change and every fault."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from anlan.kernel.access.roles import Role
from anlan.kernel.orgs.models import Membership, Organisation
from tests.factories import resolved
from tests.kernel.access.conftest import browser
from tests.kernel.orgs.desk import (
    ADD,
    DAY,
    DISSOLVE,
    RENAME,
    TODAY,
    as_role,
    at,
    at_group,
    check_refused,
    facts,
    group,
    member_of,
    organisation,
    rows,
    shown_by,
    who,
)

pytestmark = pytest.mark.usefixtures("city")


# --- lists ------------------------------------------------------------------------------------


def test_the_list_finds_by_every_name_once() -> None:
    reader = as_role(Role.UNIT_STAFF)
    for name in ("应急管理局", "市应急局", "市安监局", "999900-emergency"):
        assert "999900-emergency" in rows(reader, q=name), name
    assert rows(reader, q="市安监局") == {"999900-emergency"}
    assert rows(reader, q="没有这样的单位") == set()
    answer = reader.get(at("organisations"), {"q": "应急"})
    codes = [row.code for row in answer.context["list"].page]
    assert len(codes) == len(set(codes)) == 3  # of the city and of two counties, each once


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "office"}, {"999900-office"}),
        ({"level": "zone"}, {"9999KFQ-government"}),
        ({"area": "999902", "kind": "government"},
         {"999902-government", "999902001-government", "999902100-government"}),
        ({"exists": "dissolved"}, set()),
        ({"verified": "no"}, {"999900-water", "999901-emergency", "999902-emergency"}),
    ],
)  # fmt: skip
def test_filters(query: dict[str, str], expected: set[str]) -> None:
    assert rows(as_role(Role.LEADER), **query) == expected


def test_dissolved_and_coming_organisations_are_told_apart() -> None:
    Organisation.objects.filter(code="999900-water").update(valid_to=TODAY() - DAY)
    Organisation.objects.filter(code="999900-housing").update(valid_from=TODAY() + DAY)
    Organisation.objects.filter(code="999900-emergency").update(valid_to=TODAY())  # its last day
    reader = as_role(Role.LEADER)
    assert rows(reader, exists="dissolved") == {"999900-water"}
    assert rows(reader, exists="coming") == {"999900-housing"}
    assert "999900-emergency" in rows(reader, exists="existing")
    assert {"999900-water", "999900-housing"}.isdisjoint(rows(reader, exists="existing"))


@pytest.mark.parametrize("name", ["organisations", "groups"])
def test_more_rows_cost_no_more_queries(name: str) -> None:
    reader = as_role(Role.SCO_STAFF)
    counts = []
    for query in ({"q": "市安委"}, {}):
        reader.get(at(name), query)  # what is remembered between requests is remembered now
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(at(name), query).context["list"].page.paginator.count > 0
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_export_holds_the_filtered_rows() -> None:
    answer = as_role(Role.AUDITOR).get(at("organisations"), {"kind": "office", "export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("简称", "全称", "又称和曾用名")
    assert [row[0] for row in rows[1:]] == ["市安委办"]


def test_the_groups_say_how_many_members_they_have_today() -> None:
    Organisation.objects.filter(code="999900-housing").update(valid_to=TODAY() - DAY)
    answer = as_role(Role.LEADER).get(at("groups"))
    sizes = {row.code: row.size for row in answer.context["list"].page}
    assert sizes == {"999900-members": 1, "999900-counties": 2, "999900-townships": 3}


# --- one organisation -------------------------------------------------------------------------


def test_the_page_says_who_it_is_and_who_acts_for_it() -> None:
    holder = member_of(Role.UNIT_STAFF, "999900-emergency")
    shown = shown_by(browser(holder).get(at("organisation", "999900-emergency")))
    for told in ("澄江市应急管理局", "市安监局", "市安委办", "市安委会成员单位", holder.name):
        assert told in shown, told
    holder.is_active = False
    holder.save()
    shown = shown_by(as_role(Role.LEADER).get(at("organisation", "999900-emergency")))
    assert holder.name not in shown
    assert "目前没有人能替它办理任务" in shown


def test_groups_are_those_of_the_chosen_day() -> None:
    Membership.objects.filter(organisation__code="999900-housing").update(
        valid_to=date(2025, 6, 30)
    )
    reader, address = as_role(Role.LEADER), at("organisation", "999900-housing")
    assert list(reader.get(address, {"on": "2025-06-30"}).context["groups"]) == [group()]
    assert list(reader.get(address, {"on": "2025-07-01"}).context["groups"]) == []


@pytest.mark.parametrize("typed", ["2025-02-30", "昨天", "2025-13-01", "\x00", "9" * 400])
@pytest.mark.parametrize("name", ["organisation", "group"])
def test_a_day_that_is_none_is_said_and_today_is_shown(name: str, typed: str) -> None:
    address = at_group(name) if name == "group" else at(name, "999900-water")
    answer = as_role(Role.LEADER).get(address, {"on": typed})
    assert answer.status_code == 422
    assert "日期不存在" in shown_by(answer)
    assert answer.context["on"] == TODAY()


# --- changes of organisations -----------------------------------------------------------------


def test_an_added_organisation_is_known_from_its_day_on() -> None:
    doer = as_role(Role.SYSTEM)
    answer = doer.post(at("add"), ADD, follow=True)
    made = Organisation.objects.get(name="澄江市矿山安全局")
    assert answer.redirect_chain[-1][0] == reverse("orgs:organisation", args=[made.pk])
    assert "已增设澄江市矿山安全局" in shown_by(answer)
    (entry,) = answer.context["history"]
    assert (entry.title, entry.text) == ("增设单位", "")
    assert (made.parent, made.valid_from) == (
        organisation("999900-government"),
        date(2025, 3, 1),
    )
    assert who(doer, "市矿山局", on="2025-03-01")["organisations"] == [made]
    assert who(doer, "市矿山局", on="2025-02-28")["how"] == "unknown"


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"name": ""}, "name", "请填写"),
        ({"name": "长" * 121}, "name", "120"),
        ({"short_name": "  "}, "short_name", "请填写"),
        ({"short_name": "长" * 61}, "short_name", "60"),
        ({"kind": ""}, "kind", "请选择类别"),
        ({"kind": "x"}, "kind", "x"),
        ({"area": "没有"}, "area", "没有找到区划“没有”"),
        ({"area": "石桥镇"}, "area", "请改填代码"),
        ({"parent": "没有"}, "parent", "没有找到单位“没有”"),
        ({"parent": "石桥镇"}, "parent", "请改填代码"),
        ({"valid_from": ""}, "valid_from", "请填写"),
        ({"valid_from": "2025-02-30"}, "valid_from", "日期不存在"),
        ({"valid_from": "1999-01-01"}, "__all__", "才成立"),
        ({"short_name": "市应急局"}, "__all__", "已指澄江市应急管理局，请换一个"),
        ({"short_name": "市安委会成员单位"}, "__all__", "单位组的名称"),
        ({"name": "a\x00b"}, "name", "空"),
    ],
)
def test_a_fault_adds_nothing_and_keeps_what_was_typed(
    change: dict[str, str], field: str, told: str
) -> None:
    doer = as_role(Role.SYSTEM)
    before = facts()
    answer = doer.post(at("add"), ADD | change)
    check_refused(answer, answer.context["form"], field, told)
    kept = "澄江市矿山安全局" if "name" not in change else "市矿山局"
    assert f'value="{kept}"' in shown_by(answer)
    assert facts() == before


def test_a_rename_keeps_the_old_name_for_old_documents() -> None:
    doer = as_role(Role.SYSTEM)
    answer = doer.post(at("rename", "999900-water"), RENAME, follow=True)
    water = organisation("999900-water")
    assert water.short_name == "市水务局"
    shown = shown_by(answer)
    for told in ("澄江市水利局 → 澄江市水务局", "澄编〔2025〕9号", "曾用"):
        assert told in shown, told
    assert "999900-water" in rows(doer, q="市水利局")  # found by the former name


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"name": ""}, "name", "请填写"),
        ({"reason": ""}, "reason", "请填写"),
        ({"on": "x"}, "on", "日期不存在"),
        ({"on": "1999-12-31"}, "__all__", "才成立"),
        ({"on": lambda: str(TODAY() + DAY)}, "__all__", "还没有到"),
        ({"name": "澄江市水利局", "short_name": "市水利局"}, "__all__", "没有什么要改"),
        ({"short_name": "市应急局"}, "__all__", "已指澄江市应急管理局"),
    ],
)
def test_a_fault_renames_nothing(change: dict[str, Any], field: str, told: str) -> None:
    doer = as_role(Role.SYSTEM)
    before = facts()
    sent = RENAME | resolved(change)
    answer = doer.post(at("rename", "999900-water"), sent)
    check_refused(answer, answer.context["rename_form"], field, told)
    shown = shown_by(answer)
    assert "<h1>澄江市水利局</h1>" in shown  # the page of what it still is
    assert f'value="{sent["short_name"]}"' in shown
    assert facts() == before


def test_a_dissolved_organisation_offers_no_more_changes() -> None:
    doer = as_role(Role.SYSTEM)
    answer = doer.post(at("dissolve", "999900-water"), DISSOLVE, follow=True)
    shown = shown_by(answer)
    for told in ("已登记撤销", "最后一天 2025-09-30", "依据：机构改革", "已撤销"):
        assert told in shown, told
    assert "登记撤销</button>" not in shown
    assert "999900-water" in rows(doer, exists="dissolved")


@pytest.mark.parametrize(
    ("code", "change", "field", "told"),
    [
        ("999900-water", {"reason": ""}, "reason", "请填写"),
        ("999900-water", {"on": ""}, "on", "请填写"),
        ("999900-water", {"on": "1999-01-01"}, "__all__", "早于"),
        ("999900-emergency", {}, "__all__", "市安委办等单位，请先调整"),
    ],
)
def test_a_fault_dissolves_nothing(
    code: str, change: dict[str, str], field: str, told: str
) -> None:
    doer = as_role(Role.SYSTEM)
    before = facts()
    answer = doer.post(at("dissolve", code), DISSOLVE | change)
    check_refused(answer, answer.context["dissolve_form"], field, told)
    assert facts() == before


def test_a_second_dissolution_is_refused_with_its_reason() -> None:
    doer = as_role(Role.SYSTEM)
    doer.post(at("dissolve", "999900-water"), DISSOLVE)
    answer = doer.post(at("dissolve", "999900-water"), DISSOLVE)
    assert answer.status_code == 422
    assert "已于2025-09-30撤销" in shown_by(answer)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "请填写"),
        ("长" * 121, "120"),
        ("市应急局", "已指澄江市应急管理局"),
        ("市安委会有关成员单位", "单位组的名称"),
    ],
)
def test_a_fault_adds_no_name(name: str, told: str) -> None:
    doer = as_role(Role.SCO_STAFF)
    before = facts()
    answer = doer.post(at("add_name", "999900-water"), {"name": name})
    assert answer.status_code == 422
    assert told in str(answer.context["name_form"].errors)
    assert facts() == before


def test_an_added_name_resolves_and_stands_in_the_history() -> None:
    doer = as_role(Role.SCO_STAFF)
    shown = shown_by(doer.post(at("add_name", "999900-water"), {"name": "市水务局"}, follow=True))
    assert "增加别名" in shown
    assert who(doer, "市水务局")["organisations"] == [organisation("999900-water")]


def test_the_host_is_confirmed_corrected_or_taken_away() -> None:
    doer, address = as_role(Role.SCO_CHIEF), at("set_host", "999900-office")
    assert "市应急管理局" in shown_by(doer.get(at("organisation", "999900-office")))
    doer.post(address, {"host": "市住建局"})
    assert organisation("999900-office").host == organisation("999900-housing")
    doer.post(address, {"host": ""})
    office = organisation("999900-office")
    assert (office.host, office.verified, office.note) == (None, True, "")
    answer = doer.post(address, {"host": "没有"})
    check_refused(answer, answer.context["host_form"], "host", "没有找到单位")
