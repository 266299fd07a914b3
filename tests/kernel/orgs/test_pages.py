"""The pages of organisations and groups: every role at every door, every fault."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.orgs.models import Area, Group, Membership, Organisation, OrganisationName
from tests.kernel.access.conftest import browser, user

pytestmark = pytest.mark.usefixtures("city")
TODAY = timezone.localdate
DAY = timedelta(days=1)
EDITORS = {Role.SYSTEM, Role.SCO_STAFF, Role.SCO_CHIEF}


def _organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def _group() -> Group:
    return Group.objects.get(code="999900-members")


def _user(role: Role, code: str = "999900-office") -> User:
    return user(
        SimpleNamespace(bureau=None), f"{role}-{code}", role, organisation=_organisation(code)
    )


def _as(role: Role, code: str = "999900-office") -> Client:
    return browser(_user(role, code))


def _at(name: str, code: str = "") -> str:
    return reverse(f"orgs:{name}", args=[_organisation(code).pk] if code else [])


def _at_group(name: str) -> str:
    return reverse(f"orgs:{name}", args=[_group().pk])


def _shown(answer: Any) -> str:
    return str(answer.content.decode())


def _facts() -> list[Any]:
    tables = (Organisation, OrganisationName, Group, Membership)
    return [list(each._default_manager.order_by("pk").values()) for each in tables]


ADD = {
    "name": "澄江市矿山安全局",
    "short_name": "市矿山局",
    "kind": "bureau",
    "area": "澄江市",
    "parent": "市政府",
    "valid_from": "2025-03-01",
}
RENAME = {
    "name": "澄江市水务局",
    "short_name": "市水务局",
    "on": "2025-09-01",
    "reason": "澄编〔2025〕9号",
}
DISSOLVE = {"on": "2025-09-30", "reason": "机构改革"}
MEMBER = {"organisation": "市水利局", "valid_from": "2025-04-01", "valid_to": ""}


# --- who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_every_account_reads(role: Role) -> None:
    reader = _as(role)
    for address in (
        _at("organisations"),
        _at("organisation", "999900-water"),
        _at("groups"),
        _at_group("group"),
        _at("who"),
    ):
        assert reader.get(address).status_code == 200, address


def test_strangers_are_led_to_the_login() -> None:
    for address in (_at("organisations"), _at("organisation", "999900-water"), _at("who")):
        answer = Client().get(address)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/login/")


@pytest.mark.parametrize("role", Role)
def test_who_may_change_what(role: Role) -> None:
    """System administrators change organisations; they and the committee's office the rest."""
    doer = _as(role)
    water = "999900-water"
    member = {"organisation": _organisation("999900-housing").pk, "valid_to": "2025-12-31"}
    tries = {
        _at("add"): (ADD, {Role.SYSTEM}),
        _at("rename", water): (RENAME, {Role.SYSTEM}),
        _at("add_name", water): ({"name": "市水利"}, EDITORS),
        _at("set_host", "999900-office"): ({"host": "市住建局"}, EDITORS),
        _at_group("add_member"): (MEMBER | {"organisation": "999900-water"}, EDITORS),
        _at_group("end_member"): (member, EDITORS),
        _at_group("verify"): ({}, EDITORS),
        _at("dissolve", water): (DISSOLVE | {"on": str(TODAY())}, {Role.SYSTEM}),
    }
    for address, (typed, roles) in tries.items():
        before = _facts()
        answer = doer.post(address, typed)
        assert answer.status_code == (302 if role in roles else 403), address
        assert (_facts() != before) is (role in roles), address


@pytest.mark.parametrize("role", Role)
def test_only_usable_forms_are_offered(role: Role) -> None:
    doer = _as(role)
    office = _shown(doer.get(_at("organisation", "999900-office")))
    group = _shown(doer.get(_at_group("group")))
    assert ("增加别名" in office, "核实设在单位" in office) == ((role in EDITORS),) * 2
    assert ("登记撤销" in office) is (role is Role.SYSTEM)
    assert ("列入成员" in group, "核实名单" in group) == ((role in EDITORS),) * 2


def test_an_editor_of_a_county_does_not_change_the_city() -> None:
    doer = _as(Role.SCO_CHIEF, "999901-government")
    before = _facts()
    assert doer.post(_at_group("add_member"), MEMBER).status_code == 403
    assert doer.post(_at("add_name", "999900-water"), {"name": "水"}).status_code == 403
    assert _facts() == before
    assert "列入成员" not in _shown(doer.get(_at_group("group")))


def test_no_two_fields_of_a_page_share_an_id() -> None:
    """A label or the link of an error would lead to the wrong one."""
    doer = _as(Role.SYSTEM)
    for address in (_at("organisation", "999900-office"), _at_group("group")):
        ids = re.findall(r'\bid="([^"]+)"', _shown(doer.get(address)))
        assert len(ids) == len(set(ids)), [each for each in ids if ids.count(each) > 1]


def test_a_beginning_that_nobody_recorded_is_not_shown_as_one() -> None:
    reader = _as(Role.LEADER)
    assert "2000-01-01" not in _shown(reader.get(_at("organisation", "999900-water")))


def test_what_does_not_exist_is_said() -> None:
    reader = _as(Role.SYSTEM)
    for name in ("organisation", "group"):
        answer = reader.get(reverse(f"orgs:{name}", args=[10**9]))
        assert answer.status_code == 404
        assert "没有这个单位" in _shown(answer)
    assert reader.post(reverse("orgs:rename", args=[10**9]), RENAME).status_code == 404


# --- lists ------------------------------------------------------------------------------------


def _rows(reader: Client, **query: str) -> set[str]:
    answer = reader.get(_at("organisations"), query)
    assert answer.status_code == 200
    return {row.code for row in answer.context["list"].page}


def test_the_list_finds_by_every_name_once() -> None:
    reader = _as(Role.UNIT_STAFF)
    for name in ("应急管理局", "市应急局", "市安监局", "999900-emergency"):
        assert "999900-emergency" in _rows(reader, q=name), name
    assert _rows(reader, q="市安监局") == {"999900-emergency"}
    assert _rows(reader, q="没有这样的单位") == set()
    answer = reader.get(_at("organisations"), {"q": "应急"})
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
    assert _rows(_as(Role.LEADER), **query) == expected


def test_dissolved_and_coming_organisations_are_told_apart() -> None:
    Organisation.objects.filter(code="999900-water").update(valid_to=TODAY() - DAY)
    Organisation.objects.filter(code="999900-housing").update(valid_from=TODAY() + DAY)
    Organisation.objects.filter(code="999900-emergency").update(valid_to=TODAY())  # its last day
    reader = _as(Role.LEADER)
    assert _rows(reader, exists="dissolved") == {"999900-water"}
    assert _rows(reader, exists="coming") == {"999900-housing"}
    assert "999900-emergency" in _rows(reader, exists="existing")
    assert {"999900-water", "999900-housing"}.isdisjoint(_rows(reader, exists="existing"))


@pytest.mark.parametrize("name", ["organisations", "groups"])
def test_more_rows_cost_no_more_queries(name: str) -> None:
    reader = _as(Role.SCO_STAFF)
    counts = []
    for query in ({"q": "市安委"}, {}):
        reader.get(_at(name), query)  # what is remembered between requests is remembered now
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(_at(name), query).context["list"].page.paginator.count > 0
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_export_holds_the_filtered_rows() -> None:
    answer = _as(Role.AUDITOR).get(_at("organisations"), {"kind": "office", "export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("简称", "全称", "又称和曾用名")
    assert [row[0] for row in rows[1:]] == ["市安委办"]


def test_the_groups_say_how_many_members_they_have_today() -> None:
    Organisation.objects.filter(code="999900-housing").update(valid_to=TODAY() - DAY)
    answer = _as(Role.LEADER).get(_at("groups"))
    sizes = {row.code: row.size for row in answer.context["list"].page}
    assert sizes == {"999900-members": 1, "999900-counties": 2, "999900-townships": 3}


# --- one organisation -------------------------------------------------------------------------


def test_the_page_says_who_it_is_and_who_acts_for_it() -> None:
    holder = _user(Role.UNIT_STAFF, "999900-emergency")
    shown = _shown(browser(holder).get(_at("organisation", "999900-emergency")))
    for told in ("澄江市应急管理局", "市安监局", "市安委办", "市安委会成员单位", holder.name):
        assert told in shown, told
    holder.is_active = False
    holder.save()
    shown = _shown(_as(Role.LEADER).get(_at("organisation", "999900-emergency")))
    assert holder.name not in shown
    assert "目前没有人能替它办理任务" in shown


def test_groups_are_those_of_the_chosen_day() -> None:
    Membership.objects.filter(organisation__code="999900-housing").update(
        valid_to=date(2025, 6, 30)
    )
    reader, address = _as(Role.LEADER), _at("organisation", "999900-housing")
    assert list(reader.get(address, {"on": "2025-06-30"}).context["groups"]) == [_group()]
    assert list(reader.get(address, {"on": "2025-07-01"}).context["groups"]) == []


@pytest.mark.parametrize("typed", ["2025-02-30", "昨天", "2025-13-01", "\x00", "9" * 400])
@pytest.mark.parametrize("name", ["organisation", "group"])
def test_a_day_that_is_none_is_said_and_today_is_shown(name: str, typed: str) -> None:
    address = _at_group(name) if name == "group" else _at(name, "999900-water")
    answer = _as(Role.LEADER).get(address, {"on": typed})
    assert answer.status_code == 422
    assert "日期不存在" in _shown(answer)
    assert answer.context["on"] == TODAY()


# --- changes of organisations -----------------------------------------------------------------


def test_an_added_organisation_is_known_from_its_day_on() -> None:
    doer = _as(Role.SYSTEM)
    answer = doer.post(_at("add"), ADD, follow=True)
    made = Organisation.objects.get(name="澄江市矿山安全局")
    assert answer.redirect_chain[-1][0] == reverse("orgs:organisation", args=[made.pk])
    assert "已增设澄江市矿山安全局" in _shown(answer)
    (entry,) = answer.context["history"]
    assert (entry.title, entry.text) == ("增设单位", "")
    assert (made.parent, made.valid_from) == (
        _organisation("999900-government"),
        date(2025, 3, 1),
    )
    assert _who(doer, "市矿山局", on="2025-03-01")["organisations"] == [made]
    assert _who(doer, "市矿山局", on="2025-02-28")["how"] == "unknown"


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
    doer = _as(Role.SYSTEM)
    before = _facts()
    answer = doer.post(_at("add"), ADD | change)
    _refused(answer, answer.context["form"], field, told)
    kept = "澄江市矿山安全局" if "name" not in change else "市矿山局"
    assert f'value="{kept}"' in _shown(answer)
    assert _facts() == before


def _refused(answer: Any, form: Any, field: str, told: str) -> None:
    assert answer.status_code == 422
    assert list(form.errors) == [field]
    assert told in "".join(form.errors[field])
    assert "已填写的内容都保留着" in _shown(answer)


def test_a_rename_keeps_the_old_name_for_old_documents() -> None:
    doer = _as(Role.SYSTEM)
    answer = doer.post(_at("rename", "999900-water"), RENAME, follow=True)
    water = _organisation("999900-water")
    assert water.short_name == "市水务局"
    shown = _shown(answer)
    for told in ("澄江市水利局 → 澄江市水务局", "澄编〔2025〕9号", "曾用"):
        assert told in shown, told
    assert "999900-water" in _rows(doer, q="市水利局")  # found by the former name


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"name": ""}, "name", "请填写"),
        ({"reason": ""}, "reason", "请填写"),
        ({"on": "x"}, "on", "日期不存在"),
        ({"on": "1999-12-31"}, "__all__", "才成立"),
        ({"on": str(TODAY() + DAY)}, "__all__", "还没有到"),
        ({"name": "澄江市水利局", "short_name": "市水利局"}, "__all__", "没有什么要改"),
        ({"short_name": "市应急局"}, "__all__", "已指澄江市应急管理局"),
    ],
)
def test_a_fault_renames_nothing(change: dict[str, str], field: str, told: str) -> None:
    doer = _as(Role.SYSTEM)
    before = _facts()
    answer = doer.post(_at("rename", "999900-water"), RENAME | change)
    _refused(answer, answer.context["rename_form"], field, told)
    shown = _shown(answer)
    assert "<h1>澄江市水利局</h1>" in shown  # the page of what it still is
    assert f'value="{(RENAME | change)["short_name"]}"' in shown
    assert _facts() == before


def test_a_dissolved_organisation_offers_no_more_changes() -> None:
    doer = _as(Role.SYSTEM)
    answer = doer.post(_at("dissolve", "999900-water"), DISSOLVE, follow=True)
    shown = _shown(answer)
    for told in ("已登记撤销", "最后一天 2025-09-30", "依据：机构改革", "已撤销"):
        assert told in shown, told
    assert "登记撤销</button>" not in shown
    assert "999900-water" in _rows(doer, exists="dissolved")


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
    doer = _as(Role.SYSTEM)
    before = _facts()
    answer = doer.post(_at("dissolve", code), DISSOLVE | change)
    _refused(answer, answer.context["dissolve_form"], field, told)
    assert _facts() == before


def test_a_second_dissolution_is_refused_with_its_reason() -> None:
    doer = _as(Role.SYSTEM)
    doer.post(_at("dissolve", "999900-water"), DISSOLVE)
    answer = doer.post(_at("dissolve", "999900-water"), DISSOLVE)
    assert answer.status_code == 422
    assert "已于2025-09-30撤销" in _shown(answer)


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
    doer = _as(Role.SCO_STAFF)
    before = _facts()
    answer = doer.post(_at("add_name", "999900-water"), {"name": name})
    assert answer.status_code == 422
    assert told in str(answer.context["name_form"].errors)
    assert _facts() == before


def test_an_added_name_resolves_and_stands_in_the_history() -> None:
    doer = _as(Role.SCO_STAFF)
    shown = _shown(doer.post(_at("add_name", "999900-water"), {"name": "市水务局"}, follow=True))
    assert "增加别名" in shown
    assert _who(doer, "市水务局")["organisations"] == [_organisation("999900-water")]


def test_the_host_is_confirmed_corrected_or_taken_away() -> None:
    doer, address = _as(Role.SCO_CHIEF), _at("set_host", "999900-office")
    assert "市应急管理局" in _shown(doer.get(_at("organisation", "999900-office")))
    doer.post(address, {"host": "市住建局"})
    assert _organisation("999900-office").host == _organisation("999900-housing")
    doer.post(address, {"host": ""})
    office = _organisation("999900-office")
    assert (office.host, office.verified, office.note) == (None, True, "")
    answer = doer.post(address, {"host": "没有"})
    _refused(answer, answer.context["host_form"], "host", "没有找到单位")


# --- groups -----------------------------------------------------------------------------------


def test_the_members_are_those_of_the_chosen_day() -> None:
    Membership.objects.filter(organisation__code="999900-housing").update(
        valid_to=date(2025, 6, 30)
    )
    reader = _as(Role.LEADER)

    def on(day: str) -> list[str]:
        answer = reader.get(_at_group("group"), {"on": day})
        return [each.organisation.code for each in answer.context["periods"]]

    assert on("2025-06-30") == ["999900-emergency", "999900-housing"]
    assert on("2025-07-01") == ["999900-emergency"]
    assert on("2024-12-31") == []
    shown = _shown(reader.get(_at_group("group"), {"on": "2025-07-01"}))
    assert "其他时间的成员" in shown
    assert "2025-06-30" in shown


def test_a_member_comes_and_goes_with_dates_and_a_history() -> None:
    doer = _as(Role.SCO_STAFF)
    shown = _shown(doer.post(_at_group("add_member"), MEMBER, follow=True))
    assert "市水利局，自 2025-04-01" in shown
    ending = {"organisation": _organisation("999900-water").pk, "valid_to": "2025-09-30"}
    shown = _shown(doer.post(_at_group("end_member"), ending, follow=True))
    assert "市水利局，至 2025-09-30" in shown
    period = Membership.objects.get(organisation__code="999900-water")
    assert (period.valid_from, period.valid_to) == (date(2025, 4, 1), date(2025, 9, 30))


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"organisation": ""}, "organisation", "请填写单位"),
        ({"organisation": "没有"}, "organisation", "没有找到单位"),
        ({"organisation": "石桥镇"}, "organisation", "请改填代码"),
        ({"organisation": "市住建局"}, "__all__", "不必再加"),
        ({"valid_from": ""}, "valid_from", "请填写"),
        ({"valid_from": "1990-01-01"}, "__all__", "才成立"),
        ({"valid_to": "2025-03-31"}, "valid_to", "不能早于"),
        ({"valid_to": "2025-02-30"}, "valid_to", "日期不存在"),
    ],
)
def test_a_fault_adds_no_member(change: dict[str, str], field: str, told: str) -> None:
    doer = _as(Role.SCO_STAFF)
    before = _facts()
    answer = doer.post(_at_group("add_member"), MEMBER | change)
    _refused(answer, answer.context["add_form"], field, told)
    assert (
        f'value="{(MEMBER | change)["valid_from"]}"' in _shown(answer)
        or not (MEMBER | change)["valid_from"]
    )
    assert _facts() == before


@pytest.mark.parametrize(
    ("code", "day", "field", "told"),
    [
        ("999900-water", "2025-09-30", "organisation", "已不是这个组的成员"),
        ("999900-housing", "", "valid_to", "请填写最后一天"),
        ("999900-housing", "2024-12-31", "__all__", "请核对日期"),
    ],
)
def test_a_fault_ends_no_membership(code: str, day: str, field: str, told: str) -> None:
    doer = _as(Role.SCO_STAFF)
    before = _facts()
    typed = {"organisation": _organisation(code).pk, "valid_to": day}
    answer = doer.post(_at_group("end_member"), typed)
    _refused(answer, answer.context["end_form"], field, told)
    assert _facts() == before


def test_a_verified_list_says_so_and_by_whom() -> None:
    doer = _as(Role.SCO_CHIEF)
    assert "待核实" in _shown(doer.get(_at_group("group")))
    shown = _shown(doer.post(_at_group("verify"), follow=True))
    assert "待核实" not in shown
    assert "已核实" in shown
    assert "核实名单" in shown  # the entry of the history; the button is gone
    assert reverse("orgs:verify", args=[_group().pk]) not in shown


# --- what a name means ------------------------------------------------------------------------


def _who(reader: Client, name: str, *, area: str = "澄江市", on: str = "2025-06-01") -> Any:
    answer = reader.get(_at("who"), {"name": name, "area": area, "on": on})
    assert answer.status_code == 200
    found = answer.context["found"]
    return {"how": str(found.how), "organisations": found.organisations, "shown": _shown(answer)}


@pytest.mark.parametrize(
    ("name", "area", "how", "told"),
    [
        ("市应急局", "澄江市", "exact", "澄江市应急管理局"),
        ("市安监局", "澄江市", "alias", "别名或曾用名"),
        ("各县（市、区）政府", "澄江市", "group", "指 2 个单位"),
        ("市住建局等部门", "澄江市", "normalised", "规范后一致"),
        ("市安委会成员单位", "东山县", "group", "市安委会成员单位"),
        ("石桥镇", "东山县", "exact", "东山县石桥镇人民政府"),
        ("石桥镇", "澄江市", "unknown", "认不出"),
        ("市应急管理厅", "澄江市", "unknown", "市应急局"),
        ("什么都不像的", "澄江市", "unknown", "增加别名"),
    ],
)
def test_the_answer_says_whom_and_why(name: str, area: str, how: str, told: str) -> None:
    found = _who(_as(Role.UNIT_HEAD), name, area=area)
    assert found["how"] == how
    assert told in found["shown"]


def test_a_group_without_members_is_warned_of() -> None:
    found = _who(_as(Role.UNIT_HEAD), "市安委会成员单位", on="2024-12-31")
    assert (found["how"], found["organisations"]) == ("group", [])
    assert "没有成员" in found["shown"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"area": ""}, "area"),
        ({"area": "没有"}, "area"),
        ({"on": ""}, "on"),
        ({"on": "2025-02-30"}, "on"),
    ],
)
def test_a_question_with_a_fault_is_kept(change: dict[str, str], field: str) -> None:
    asked = {"name": "市应急局", "area": "澄江市", "on": "2025-06-01"} | change
    answer = _as(Role.UNIT_HEAD).get(_at("who"), asked)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "found" not in answer.context


def test_the_form_begins_with_ones_own_area_and_today() -> None:
    form = _as(Role.UNIT_STAFF, "999901-government").get(_at("who")).context["form"]
    assert form.initial == {"area": Area.objects.get(code="999901").name, "on": TODAY()}
