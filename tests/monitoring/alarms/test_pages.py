"""The pages of monitoring: what stands on them, what a refusal says, how often they ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anlan.kernel.notify.models import Notification
from anlan.kernel.ui import nav
from anlan.monitoring import demo
from anlan.monitoring.choices import AlarmState
from anlan.monitoring.indicators import connected, unconnected
from anlan.monitoring.models import Alarm, Point, Rule, RuleVersion
from anlan.monitoring.services import answering, calling
from anlan.registry.models import Site
from tests import factories
from tests.factories import day
from tests.kernel.access.conftest import browser
from tests.kernel.access.matrix import Seat, assert_visibility
from tests.monitoring.alarms.conftest import published

pytestmark = pytest.mark.django_db
RECORDED: dict[str, int] = json.loads(Path(__file__).with_name("query_counts.json").read_text())
PAGES = ["/monitoring/", "/monitoring/alarms/", "/monitoring/alarms/{alarm}/", "/monitoring/rules/",
         "/monitoring/rules/{rule}/", "/monitoring/versions/{version}/", "/monitoring/hushes/",
         "/monitoring/coverage/", "/monitoring/sites/{site}/",
         "/monitoring/map/"]  # fmt: skip


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_one_tap_answers(alarm: Alarm, who: SimpleNamespace) -> None:
    client = browser(who.bureau_staff.user)
    shown = text(client, "/monitoring/alarms/")
    assert "东山矿 1201 上隅角" in shown
    assert "即将通知" in shown
    calling.call_waiting()
    assert "1 人" in text(client, "/monitoring/alarms/")
    client.post(f"/monitoring/alarms/{alarm.pk}/answer/", {"back": "/monitoring/alarms/"})
    assert "没有等待应答的报警" in text(client, "/monitoring/alarms/")
    assert "东山矿" in text(client, "/monitoring/alarms/?show=work")
    again = browser(who.clerk.user).post(f"/monitoring/alarms/{alarm.pk}/answer/", follow=True)
    assert "可能已有其他人先办理" in again.content.decode()


def test_it_rings_for_whom_it_waits_and_for_nobody_else(alarm: Alarm, who: SimpleNamespace) -> None:
    waiting = f'<div data-ring-level="{alarm.highest}" data-ring-count="1" hidden>'
    queue = "/monitoring/alarms/"
    for actor in (who.bureau_staff, who.clerk):
        shown = text(browser(actor.user), queue)
        assert waiting in shown
        assert "data-ring-switch" in shown
    reads_only = text(browser(who.leader.user), queue)
    assert "东山矿" in reads_only
    assert "data-ring" not in reads_only
    assert "data-ring" not in text(browser(who.clerk.user), f"{queue}?show=work")
    Alarm.objects.filter(pk=alarm.pk).update(hushed="检修中")
    assert "data-ring-level" not in text(browser(who.clerk.user), queue)


def test_a_leader_reads_and_others_see_nothing(alarm: Alarm, who: SimpleNamespace) -> None:
    leader = browser(who.leader.user)
    assert "应答，由我处置" not in text(leader, f"/monitoring/alarms/{alarm.pk}/")
    assert leader.post(f"/monitoring/alarms/{alarm.pk}/answer/").status_code == 403
    west = browser(who.west_head.user)
    text(west, f"/monitoring/alarms/{alarm.pk}/", 404)
    assert "东山矿" not in text(west, "/monitoring/alarms/")
    assert "现在没有报警" in text(west, "/monitoring/")


def test_the_cockpit_tells_a_leader_of_alarms(
    alarm: Alarm, who: SimpleNamespace, city: SimpleNamespace
) -> None:
    factories.plan(city)
    leader = browser(who.leader.user)
    assert "1 条无人应答" in text(leader, "/cockpit/")
    answering.alarm_answer(actor=who.bureau_staff, alarm=alarm.pk)
    shown = text(leader, "/cockpit/")
    assert ("监测报警未办结" in shown, "无人应答" in shown) == (True, False)


def test_who_sees_an_alarm(alarm: Alarm, city: SimpleNamespace) -> None:
    from anlan.kernel.access.roles import Role

    assert_visibility(
        lambda actor: Alarm.objects.visible_to(actor),
        rows={"alarm": alarm},
        expected={
            Seat(Role.SCO_STAFF, city.office): {"alarm"},
            Seat(Role.LEADER, city.government): {"alarm"},
            Seat(Role.UNIT_STAFF, city.bureau): {"alarm"},
            Seat(Role.UNIT_STAFF, city.east_government): {"alarm"},
            Seat(Role.UNIT_STAFF, city.west_government): set(),
            Seat(Role.SCO_CHIEF, city.office): {"alarm"},
            Seat(Role.UNIT_HEAD, city.east_town_government): {"alarm"},
            **{
                Seat(role, city.office): set()
                for role in (Role.SYSTEM, Role.SECURITY, Role.AUDITOR)
            },
        },
    )


def test_all_that_is_done_with_an_alarm(
    alarm: Alarm, who: SimpleNamespace, record: Callable[..., int], told: Callable[..., Any]
) -> None:
    client, address = browser(who.clerk.user), f"/monitoring/alarms/{alarm.pk}/"
    shown = text(client, address)
    assert "还在持续" in shown
    assert "橙色报警" in shown
    for verb, said in (
        ("answer", "已应答"), ("handle", "已登记"), ("close", "还没有解除"),
    ):  # fmt: skip
        answer = client.post(f"{address}{verb}/", {"reason": "撤人", "back": address}, follow=True)
        assert said in answer.content.decode()
    record(told("cleared", after=60))
    client.post(f"{address}close/", {"back": address})
    alarm.refresh_from_db()
    assert alarm.state == AlarmState.CLOSED
    silenced = client.post(f"{address}silence/", {"reason": "检修", "back": address}, follow=True)
    assert "两小时内" in silenced.content.decode()


def test_a_red_one_by_two_people(
    record: Callable[..., int], told: Callable[..., Any], who: SimpleNamespace
) -> None:
    record(told("raised", 3))
    address = f"/monitoring/alarms/{Alarm.objects.get().pk}/"
    first, second = browser(who.clerk.user), browser(who.clerk2.user)
    assert "提请判为误报" in text(first, address)
    first.post(f"{address}doubt/", {"reason": "校准", "back": address})
    assert "复核为误报" not in text(first, address)
    assert "复核为误报" in text(second, address)
    second.post(f"{address}deny/", {"reason": "不是", "back": address})
    first.post(f"{address}doubt/", {"reason": "校准", "back": address})
    second.post(f"{address}confirm/", {"back": address})
    assert Alarm.objects.get().state == AlarmState.FALSE


def test_the_board_and_the_site_show_it(alarm: Alarm, who: SimpleNamespace, mine: Site) -> None:
    client = browser(who.clerk.user)
    board = text(client, "/monitoring/")
    assert "东县" in board
    assert "煤矿" in board
    assert "1201 上隅角" in text(client, reverse("registry:site", args=[mine.pk]))


def test_coverage_says_who_is_missing(
    mine: Site, point: Point, who: SimpleNamespace, city: SimpleNamespace
) -> None:
    Site.objects.create(
        name="西山矿", kind="mine", area=city.west_town, sector=mine.sector, regulator=city.bureau
    )
    shown = text(browser(who.clerk.user), "/monitoring/coverage/")
    assert "应接入 2 处，已接入 1 处（其中 0 处有测点无数据），未接入 1 处" in shown
    only = text(browser(who.clerk.user), "/monitoring/coverage/?standing=none")
    assert "西山矿" in only
    assert "东山矿" not in only
    assert [each.name for each in connected(day(-9), day(0))] == ["东山矿"]
    assert [each.name for each in unconnected(day(-9), day(0))] == ["西山矿"]


def test_the_demonstration_is_marked_and_alive(
    mine: Site, who: SimpleNamespace, rule: Rule, version: RuleVersion
) -> None:
    from anlan.config.loaders import alarm_rules, norms

    norms()
    alarm_rules()
    for number in range(5):
        Site.objects.create(
            name=f"演示矿{number}", kind="mine", area=mine.area, sector=mine.sector,
            regulator=mine.regulator, is_demo=True,
        )  # fmt: skip
    assert "演示测点 24 个、报警 7 条" in demo.load()
    assert not Alarm.objects.filter(is_demo=False).exists()
    assert {each.state for each in Alarm.objects.all()} == {
        "notified", "answered", "handled", "closed", "false",
    }  # fmt: skip
    assert demo.load() == "监测已有测点，未改动"


@pytest.mark.parametrize(
    ("page", "entry"),
    [
        (("version", 1), "报警规则"), (("trial_curve", 1, 0, 0), "报警规则"),
        (("site", 1), "监测设备"), (("equipment", 1), "监测设备"), (("point", 1), "监测设备"),
        (("alarm", 1), "报警"), (("board",), "监测态势"),
    ],
)  # fmt: skip
def test_a_page_lies_under_one_entry(page: Any, entry: str, who: SimpleNamespace) -> None:
    name, *args = page
    found = nav.sections(who.clerk, reverse(f"monitoring:{name}", args=args))
    assert [each.label for s in found for each in s.entries if each.current] == [entry]


def test_silence_is_told_in_minutes(
    rule: Rule, point: Point, record: Callable[..., int], told: Callable[..., Any], who: Any
) -> None:
    levels = [{"level": "yellow", "limit": 10}]
    silence = published(rule, measure="silence", levels=levels)
    step = told("raised", 1, peak=1_320_000.0)
    record(replace(step, key=step.key._replace(version=silence.number)))
    assert "22 分钟" in text(browser(who.clerk.user), "/monitoring/alarms/")
    calling.call_waiting()
    assert "22 分钟" in Notification.objects.get().text


def test_a_switch_is_told_by_its_word(alarm: Alarm) -> None:
    point = alarm.point
    for quantity, off, on in (
        ("fan", "停止", "运行"), ("power", "断电", "有电"), ("fire", "没有火警", "火警")
    ):  # fmt: skip
        point.quantity, point.unit = quantity, ""
        assert (alarm.in_words(0), alarm.in_words(1), alarm.in_words(2.5)) == (off, on, "2.5")
    point.quantity, point.unit = "methane", "%"
    assert alarm.in_words(1) == "1 %"


def test_who_only_reads_is_not_told_to_fill_in_the_first_report(
    record: Callable[..., int], told: Callable[..., Any], who: SimpleNamespace
) -> None:
    record(told("raised", 3, peak=1.62))
    address = f"/monitoring/alarms/{Alarm.objects.get().pk}/"
    assert "填写、提交和导出" in text(browser(who.clerk.user), address)
    read = text(browser(who.leader.user), address)
    assert "险情初报" in read
    assert "填写、提交和导出" not in read


def queries(client: Client, address: str) -> list[str]:
    client.get(address)  # what a process reads once is read
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return [each["sql"] for each in caught.captured_queries]


@pytest.mark.parametrize("page", PAGES)
def test_pages_ask_a_fixed_number_of_times(
    alarm: Alarm, rule: Rule, who: SimpleNamespace, page: str, mine: Site, city: SimpleNamespace,
    record: Callable[..., int], told: Callable[..., Any],
) -> None:  # fmt: skip
    client = browser(who.clerk.user)
    names = {"alarm": alarm.pk, "rule": rule.pk, "site": mine.pk, "version": alarm.version_id}
    address = page.format(**names)
    few = queries(client, address)
    for number in range(6):
        site = Site.objects.create(
            name=f"矿{number}", kind="mine", area=city.west_town, sector=mine.sector
        )
        more = Point.objects.create(site=site, name="甲烷", quantity="methane")
        Alarm.objects.create(
            rule=rule, version=alarm.version, point=more, site=site, begin_ms=number, level=2,
            highest=2, raised_at=alarm.raised_at,
        )  # fmt: skip
    record(*(told("raised", level, begin=9) for level in (0, 3)))
    many = queries(client, address)
    assert len(many) == len(few), "\n".join(many)
    assert len(few) == RECORDED[page], "\n".join(few)


def test_the_counts_are_of_these_pages() -> None:
    assert RECORDED.keys() == set(PAGES)


def test_what_people_do_is_in_the_log(alarm: Alarm, who: SimpleNamespace) -> None:
    answering.alarm_answer(actor=who.clerk, alarm=alarm.pk)
    shown = text(browser(who.clerk.user), f"/monitoring/alarms/{alarm.pk}/")
    assert "应答" in shown
    assert str(who.clerk.user) in shown
