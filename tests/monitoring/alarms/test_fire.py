"""The board of fire protection: components and their bits, alarms of fire, numbers of today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from anlan.monitoring.choices import Quantity
from anlan.monitoring.demo import fire as demo_fire
from anlan.monitoring.engine import Key, Step, Transition
from anlan.monitoring.models import Alarm, Channel, Device, Point, Rule
from anlan.monitoring.now import fire, live
from anlan.monitoring.now.fire import State
from anlan.monitoring.now.live import Latest, Reading
from anlan.monitoring.protocols.batch import Quality
from anlan.monitoring.services import answering, calling
from anlan.registry.models import Sector, Site
from tests.kernel.access.conftest import browser
from tests.monitoring.alarms.conftest import published

pytestmark = pytest.mark.django_db
ADDRESS = "/monitoring/fire/"
FIRE, FAULT, SHIELDED = 2, 4, 8


def text(client: Client, **headers: str) -> str:
    answered = client.get(ADDRESS, headers=headers)
    assert answered.status_code == 200
    return answered.content.decode()


class Building:
    """A site with one transmission device; ``says`` is what the worker would answer."""

    def __init__(self, site: Site, protocol: str = "gb26875") -> None:
        self.site = site
        self.device = Device.objects.create(
            name="用传装置", protocol=protocol, address=f"{site.pk}", site=site
        )
        self.said: dict[int, Reading] = {}

    def point(self, name: str, quantity: Quantity, address: str) -> Point:
        made = Point.objects.create(site=self.site, name=name, quantity=quantity)
        Channel.objects.create(device=self.device, address=address, point=made)
        return made

    def part(self, name: str, number: int, bits: int) -> Point:
        """A part with its state and its signal of fire; the signal's point."""
        state = self.point(name, Quantity.FIRE_PART, f"1/3/40/{number}:state")
        signal = self.point(f"{name}信号", Quantity.FIRE, f"1/3/40/{number}:fire")
        self.says(state, bits)
        self.says(signal, float(bool(bits & FIRE)))
        return signal

    def says(self, point: Point, value: float | None, *, silent: bool = False) -> None:
        self.said[point.pk] = Reading(timezone.now(), value, Quality.GOOD, silent)


@pytest.fixture
def mall(city: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Building:
    venue = Sector.objects.create(code="crowded-venue", name="人员密集场所")
    site = Site.objects.create(
        name="东关商场", kind="venue", area=city.east_town, sector=venue, regulator=city.bureau
    )
    made = Building(site)
    monkeypatch.setattr(live, "latest", lambda points: Latest(_asked(points, made.said)))
    return made


def _asked(points: Any, said: dict[int, Reading]) -> dict[int, Reading]:
    return {point: said[point] for point, _ in points if point in said}


@pytest.fixture
def burns(record: Callable[..., int], now: int) -> Callable[[Point], Alarm]:
    """An alarm of fire at a signal, as the engine tells it."""
    rule = Rule.objects.create(code="fire", name="火警")
    levels = [{"level": "red", "limit": 1}]
    version = published(rule, quantity=Quantity.FIRE, places=[], levels=levels)

    def make(point: Point) -> Alarm:
        key = Key(rule.pk, version.number, 3, point.pk)
        record(Transition(Step.RAISED, key, now, now, 1.0, 1.0))
        return Alarm.objects.get(point=point)

    return make


@pytest.mark.parametrize(
    ("address", "bits", "states"),
    [
        ("1/3/40/7:state", 1, set()),
        ("1/3/40/7:state", FIRE | FAULT, {State.FIRE, State.FAULT}),
        ("1/3/40/7:state", SHIELDED | 1, {State.SHIELDED}),
        ("1/3/40/7:state", 16, {State.SUPERVISED}),
        ("1/3/40/7:state", 256, {State.POWER}),
        ("3", FAULT, {State.FAULT}),
        ("1/3:state", 1024, {State.FAULT}),  # the bus
        ("1/3:state", 512, {State.POWER}),  # the battery
        ("device:state", 8, {State.POWER}),  # of a part it would be shielded
        ("device:state", 16, {State.POWER}),
        ("device:state", 64, {State.FAULT}),
    ],
)
def test_bits_are_read_by_the_table_of_what_the_address_is(
    address: str, bits: int, states: set[State]
) -> None:
    assert fire.said(address, bits) == states


def test_a_component_is_state_and_signal_together_and_fire_comes_first(
    mall: Building, who: SimpleNamespace
) -> None:
    states = [("甲", 1), ("乙", SHIELDED), ("丙", FAULT), ("丁", FIRE)]
    for number, (name, bits) in enumerate(states):
        mall.part(name, number, bits)
    [building] = fire.board(who.clerk).buildings
    [box] = building.boxes
    assert [each.point.name for each in box.rows] == ["丁", "丙", "乙"]
    assert box.normal == 1
    assert dict(building.counts) == {
        State.FIRE: 1, State.FAULT: 1, State.SHIELDED: 1, State.NORMAL: 1,
    }  # fmt: skip


def test_without_addresses_a_signal_belongs_to_the_part_of_its_name(
    mall: Building, who: SimpleNamespace
) -> None:
    mall.says(mall.point("甲", Quantity.FIRE_PART, "1"), 1)
    mall.says(mall.point("甲 火警", Quantity.FIRE, "2"), 1)
    [building] = fire.board(who.clerk).buildings
    [part] = building.boxes[0].parts
    assert (part.point.name, part.states) == ("甲", [State.FIRE])


def test_the_building_that_burns_stands_before_the_one_with_more_faults(
    mall: Building, who: SimpleNamespace, city: SimpleNamespace
) -> None:
    other = Site.objects.create(
        name="安宁大厦", kind="building", area=city.west_town, sector=mall.site.sector,
        regulator=city.bureau,
    )  # fmt: skip
    beside = Building(other)
    beside.said = mall.said
    for number in range(3):
        beside.part(f"坏 {number}", number, FAULT)
    mall.part("甲", 1, FIRE)
    assert [each.site.name for each in fire.board(who.clerk).buildings] == ["东关商场", "安宁大厦"]
    seen = fire.board(who.east_head).buildings
    assert [each.site.name for each in seen] == ["东关商场"]


def test_how_a_device_is_reached_is_for_whoever_keeps_it(
    mall: Building, who: SimpleNamespace
) -> None:
    mall.part("甲", 1, FIRE)
    Device.objects.update(address="998877")
    for reader, told in ((who.bureau_staff, True), (who.clerk, True), (who.leader, False)):
        client = browser(reader.user)
        page = client.get(f"/monitoring/devices/{mall.device.pk}/").content.decode()
        for shown in (text(client), page):
            assert "用传装置" in shown
            assert ("998877" in shown) is told
            assert ("GB/T 26875.3" in shown) is told


def test_more_buildings_take_no_more_queries(
    mall: Building, burns: Callable[[Point], Alarm], who: SimpleNamespace, city: SimpleNamespace,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    burns(mall.part("甲", 1, FIRE))
    client = browser(who.clerk.user)
    text(client)  # what a session asks once
    with CaptureQueriesContext(connection) as few:
        text(client)
    for number in range(4):
        site = Site.objects.create(
            name=f"楼 {number}", kind="building", area=city.west_town, sector=mall.site.sector
        )
        beside = Building(site)
        beside.said = mall.said
        burns(beside.part("甲", 1, FIRE))
        beside.part("乙", 2, FAULT)
    with django_assert_num_queries(len(few)):
        shown = text(client)
    assert shown.count('class="fire-box"') == 5


def test_what_is_silent_or_never_spoke_is_off_line(mall: Building, who: SimpleNamespace) -> None:
    mall.says(mall.point("甲", Quantity.FIRE_PART, "1/3/40/1:state"), 1, silent=True)
    mall.said[mall.point("乙", Quantity.FIRE_PART, "1/3/40/2:state").pk] = Reading(
        None, None, Quality.GOOD, False
    )
    [building] = fire.board(who.clerk).buildings
    assert building.boxes[0].cut_off
    shown = text(browser(who.clerk.user))
    assert "装置离线" in shown
    assert "从未收到数据" in shown


def test_where_no_worker_answers_it_says_so_and_keeps_the_fire(
    mall: Building, burns: Callable[[Point], Alarm], who: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    alarm = burns(mall.part("甲", 1, FIRE))
    mall.part("乙", 2, 1)
    monkeypatch.setattr(live, "latest", lambda points: Latest({}, {0}))
    shown = text(browser(who.clerk.user))
    assert "监测进程没有应答" in shown
    assert f"/monitoring/alarms/{alarm.pk}/" in shown
    [building] = fire.board(who.clerk).buildings
    assert dict(building.counts) == {State.FIRE: 1, State.UNKNOWN: 2}
    assert "个部件正常" not in shown


def test_who_is_called_and_who_has_answered(
    mall: Building, burns: Callable[[Point], Alarm], who: SimpleNamespace
) -> None:
    alarm = burns(mall.part("甲", 1, FIRE))
    client = browser(who.clerk.user)
    assert "即将通知" in text(client)
    calling.call_waiting()
    alarm.refresh_from_db()
    assert alarm.called in text(client)
    answering.alarm_answer(actor=who.clerk, alarm=alarm.pk)
    assert f"{who.clerk.user} 已应答" in text(client)


def test_numbers_of_today(
    mall: Building, burns: Callable[[Point], Alarm], who: SimpleNamespace
) -> None:
    first, second = burns(mall.part("甲", 1, FIRE)), burns(mall.part("乙", 2, FIRE))
    Alarm.objects.filter(pk=second.pk).update(raised_at=timezone.now() - timedelta(days=2))
    answering.alarm_doubt(actor=who.clerk, alarm=first.pk, reason="做饭油烟")
    assert fire.board(who.clerk).today == fire.Today(raised=1, false=0)  # one person's word
    answering.alarm_confirm(actor=who.clerk2, alarm=first.pk)
    assert fire.board(who.clerk).today == fire.Today(raised=1, false=1)


def test_the_board_without_any_and_its_part_for_htmx(mall: Building, who: SimpleNamespace) -> None:
    client = browser(who.clerk.user)
    assert "还没有接入消防设施" in text(client)
    mall.part("甲", 1, 1)
    assert "现在没有未办结的火警" in text(client)
    part = text(client, **{"HX-Request": "true"})
    assert "1 个部件正常" in part
    assert "<html" not in part


def test_the_demonstration_holds_its_states(city: SimpleNamespace) -> None:
    from anlan.kernel.orgs.models import Area

    Sector.objects.create(code="crowded-venue", name="人员密集场所", city_regulator=city.bureau)
    Area.objects.filter(pk=city.east.pk).update(code="141102")
    [burning] = demo_fire.load()
    assert burning.quantity == Quantity.FIRE
    assert demo_fire.held(burning) == 1
    points = Point.objects.filter(site=burning.site)
    assert all(each.is_demo for each in points)
    held = [demo_fire.held(each) for each in points.filter(quantity=Quantity.FIRE)]
    assert sorted(held) == [0] * 6 + [1]
    state = points.get(name=burning.name.removesuffix(" 火警"))
    assert demo_fire.held(state) == FIRE
    assert demo_fire.held(Point(name="甲烷", quantity=Quantity.METHANE)) is None
