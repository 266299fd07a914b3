"""The pages of groups and of what a name means: every change and every fault."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from anlan.kernel.access.roles import Role
from anlan.kernel.orgs.models import Area, Membership
from tests.kernel.orgs.desk import (
    MEMBER,
    TODAY,
    as_role,
    at,
    at_group,
    check_refused,
    facts,
    group,
    organisation,
    shown_by,
    who,
)

pytestmark = pytest.mark.usefixtures("city")


# --- groups -----------------------------------------------------------------------------------


def test_the_members_are_those_of_the_chosen_day() -> None:
    Membership.objects.filter(organisation__code="999900-housing").update(
        valid_to=date(2025, 6, 30)
    )
    reader = as_role(Role.LEADER)

    def on(day: str) -> list[str]:
        answer = reader.get(at_group("group"), {"on": day})
        return [each.organisation.code for each in answer.context["periods"]]

    assert on("2025-06-30") == ["999900-emergency", "999900-housing"]
    assert on("2025-07-01") == ["999900-emergency"]
    assert on("2024-12-31") == []
    shown = shown_by(reader.get(at_group("group"), {"on": "2025-07-01"}))
    assert "其他时间的成员" in shown
    assert "2025-06-30" in shown


def test_a_member_comes_and_goes_with_dates_and_a_history() -> None:
    doer = as_role(Role.SCO_STAFF)
    shown = shown_by(doer.post(at_group("add_member"), MEMBER, follow=True))
    assert "市水利局，自 2025-04-01" in shown
    ending = {"organisation": organisation("999900-water").pk, "valid_to": "2025-09-30"}
    shown = shown_by(doer.post(at_group("end_member"), ending, follow=True))
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
    doer = as_role(Role.SCO_STAFF)
    before = facts()
    answer = doer.post(at_group("add_member"), MEMBER | change)
    check_refused(answer, answer.context["add_form"], field, told)
    assert (
        f'value="{(MEMBER | change)["valid_from"]}"' in shown_by(answer)
        or not (MEMBER | change)["valid_from"]
    )
    assert facts() == before


@pytest.mark.parametrize(
    ("code", "day", "field", "told"),
    [
        ("999900-water", "2025-09-30", "organisation", "已不是这个组的成员"),
        ("999900-housing", "", "valid_to", "请填写最后一天"),
        ("999900-housing", "2024-12-31", "__all__", "请核对日期"),
    ],
)
def test_a_fault_ends_no_membership(code: str, day: str, field: str, told: str) -> None:
    doer = as_role(Role.SCO_STAFF)
    before = facts()
    typed = {"organisation": organisation(code).pk, "valid_to": day}
    answer = doer.post(at_group("end_member"), typed)
    check_refused(answer, answer.context["end_form"], field, told)
    assert facts() == before


def test_a_verified_list_says_so_and_by_whom() -> None:
    doer = as_role(Role.SCO_CHIEF)
    assert "待核实" in shown_by(doer.get(at_group("group")))
    shown = shown_by(doer.post(at_group("verify"), follow=True))
    assert "待核实" not in shown
    assert "已核实" in shown
    assert "核实名单" in shown  # the entry of the history; the button is gone
    assert reverse("orgs:verify", args=[group().pk]) not in shown


# --- what a name means ------------------------------------------------------------------------


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
    found = who(as_role(Role.UNIT_HEAD), name, area=area)
    assert found["how"] == how
    assert told in found["shown"]


def test_a_group_without_members_is_warned_of() -> None:
    found = who(as_role(Role.UNIT_HEAD), "市安委会成员单位", on="2024-12-31")
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
    answer = as_role(Role.UNIT_HEAD).get(at("who"), asked)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "found" not in answer.context


def test_the_form_begins_with_ones_own_area_and_today() -> None:
    form = as_role(Role.UNIT_STAFF, "999901-government").get(at("who")).context["form"]
    assert form.initial == {"area": Area.objects.get(code="999901").name, "on": TODAY()}
