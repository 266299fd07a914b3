"""Counties' nodes: who registers them, what each is told, how far each has come."""

from __future__ import annotations

import re
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.utils import timezone

from anlan.kernel.access.roles import Role
from anlan.monitoring import demo
from anlan.monitoring.choices import Protocol
from anlan.monitoring.devices import keys
from anlan.monitoring.devices import register as registers
from anlan.monitoring.devices.nodes import NodeRegister
from anlan.monitoring.edge.memory import Position
from anlan.monitoring.edge.snapshot import Snapshot, Told
from anlan.monitoring.edge.wire import Place
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.models import Device, EdgeNode, EdgePosition, Point
from anlan.monitoring.services.nodes import node_add, node_renew, node_retire
from anlan.monitoring.services.points import channel_add, device_add
from anlan.registry.models import Site
from tests.kernel.access.conftest import browser
from tests.kernel.access.matrix import Seat, assert_visibility
from tests.monitoring.devices.test_pages import post, text

pytestmark = pytest.mark.django_db
LIST = "/monitoring/nodes/"


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path, settings: SimpleNamespace) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def node(city: SimpleNamespace, who: SimpleNamespace) -> EdgeNode:
    return node_add(actor=who.clerk, name="east", area=city.east.pk)[0]


def fresh() -> NodeRegister:
    """As a gateway that has just begun."""
    register = NodeRegister()
    register.refresh()
    return register


def test_the_office_registers_a_node_and_sees_its_key_once(
    city: SimpleNamespace, who: SimpleNamespace
) -> None:
    client = browser(who.clerk.user)
    assert "还没有登记县级节点" in text(client, LIST)
    shown = post(client, f"{LIST}add/", name="east", area=city.east.pk)
    found = re.search(r"ANLAN_EDGE_KEY=(\S+) anlan edge", shown)
    made = EdgeNode.objects.get()
    assert found
    assert keys.fits(found[1], made.secret_digest)
    assert found[1] not in text(client, f"{LIST}{made.pk}/")
    assert "从未联系" in text(client, LIST)

    renewed = post(client, f"{LIST}{made.pk}/key/")
    other = re.search(r"ANLAN_EDGE_KEY=(\S+) anlan edge", renewed)
    assert other
    assert other[1] != found[1]
    assert fresh().proves("east", other[1]) is True
    assert fresh().proves("east", found[1]) is False

    assert "须写明理由" in post(client, f"{LIST}{made.pk}/retire/", reason=" ")
    assert "已停用" not in text(client, f"{LIST}{made.pk}/")
    assert "已停用" in post(client, f"{LIST}{made.pk}/retire/", reason="县里换机器")
    assert fresh().proves("east", other[1]) is None
    post(client, f"{LIST}{made.pk}/key/", 409)


def test_how_a_node_is_started_is_told_to_whoever_may_change_it(
    node: EdgeNode, who: SimpleNamespace
) -> None:
    page = f"{LIST}{node.pk}/"
    assert "ANLAN_EDGE_KEY" in text(browser(who.clerk.user), page)
    for reader in (who.leader, who.bureau_staff):
        shown = text(browser(reader.user), page)
        assert "从未联系" in shown
        for told in ("ANLAN_EDGE_KEY", "怎样启动", "nats-leaf", "更换密钥"):
            assert told not in shown
    node_retire(actor=who.clerk, node=node.pk, reason="试验")
    assert "ANLAN_EDGE_KEY" not in text(browser(who.clerk.user), page)


@pytest.mark.parametrize("name", ["East", "临县", "-east", "a b", "a.b", "e" * 33])
def test_a_name_that_is_none_is_refused_and_nothing_is_lost(
    city: SimpleNamespace, who: SimpleNamespace, name: str
) -> None:
    client = browser(who.clerk.user)
    answer = client.post(f"{LIST}add/", {"name": name, "area": city.east.pk})
    assert answer.status_code == 422
    assert f'value="{name}"' in answer.content.decode()
    assert not EdgeNode.objects.exists()


def test_a_name_is_given_once_for_ever(
    node: EdgeNode, city: SimpleNamespace, who: SimpleNamespace
) -> None:
    node_retire(actor=who.clerk, node=node.pk, reason="不用了")
    answer = browser(who.clerk.user).post(f"{LIST}add/", {"name": "east", "area": city.west.pk})
    assert "请另取名称" in answer.content.decode()
    assert EdgeNode.objects.count() == 1


def test_who_sees_a_node(node: EdgeNode, city: SimpleNamespace) -> None:
    seen = {Role.SCO_STAFF, Role.SCO_CHIEF, Role.LEADER, Role.UNIT_STAFF, Role.UNIT_HEAD}
    assert_visibility(
        lambda actor: EdgeNode.objects.visible_to(actor),
        rows={"node": node},
        expected={
            **{Seat(role, city.office): {"node"} if role in seen else set() for role in Role},
            Seat(Role.UNIT_STAFF, city.east_government): {"node"},
            Seat(Role.UNIT_STAFF, city.west_government): set(),
        },
    )


def test_a_node_is_told_of_its_county_and_nothing_else(
    node: EdgeNode,
    mine: Site,
    point: Point,
    who: SimpleNamespace,
    city: SimpleNamespace,
    tmp_path: Path,
) -> None:
    device, secret = device_add(
        actor=who.bureau_staff, site=mine.pk, name="分站", protocol=Protocol.MQTT, address="m7"
    )
    channel_add(actor=who.bureau_staff, device=device.pk, address="1", point=point.pk)
    told = fresh().told("east")
    snapshot = Snapshot(tmp_path / "register.json")
    snapshot.take(Told.unpacked(told.packed()))  # as it comes to the node
    found = snapshot.device("mqtt", "m7")
    assert found is not None
    assert (found.key, found.site, dict(found.points)) == (device.pk, mine.pk, {"1": point.pk})
    assert found.proves(secret)
    assert not found.proves(secret + "x")
    assert fresh().sites("east")[point.pk] == mine.pk

    node_add(actor=who.clerk, name="west", area=city.west.pk)
    assert fresh().told("west").devices == ()
    assert dict(fresh().sites("west")) == {}


def test_what_changes_is_told_within_a_second(
    node: EdgeNode, mine: Site, who: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    register, before = fresh(), len(fresh().told("east").devices)
    device_add(
        actor=who.bureau_staff, site=mine.pk, name="分站", protocol=Protocol.MQTT, address="m8"
    )
    later = time.monotonic() + 1.1
    monkeypatch.setattr("anlan.monitoring.devices.register.time.monotonic", lambda: later)
    told = register.told("east")
    assert len(told.devices) == before + 1
    revision = told.revision
    Device.objects.filter(address="m8").update(heard_at=timezone.now())
    later += 1.1
    assert register.told("east").revision == revision  # what it says changes nothing


def test_a_node_stays_known_while_the_database_is_away(
    node: EdgeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = fresh()
    monkeypatch.setattr(registers, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(registers.compiling, "revision", _away)
    assert register.known("east")
    with pytest.raises(OperationalError):
        fresh()  # a gateway that begins must not take all nodes for strangers


def _away() -> int:
    raise OperationalError("the database system is starting up")


def test_a_position_is_of_the_stream_that_stands_now(node: EdgeNode) -> None:
    register, first, second = fresh(), Place(1, "2026-11-26T00:00:00"), Place(1, "2026-11-27")
    assert register.position("east", first) is None
    register.keep("east", first, Position(7, 70))
    register.keep("east", first, Position(9, 90))
    assert fresh().position("east", first) == Position(9, 90)
    register.keep("east", second, Position(1, 91))
    assert fresh().position("east", second) == Position(1, 91)
    assert fresh().position("east", first) is None
    assert EdgePosition.objects.count() == 1


def test_who_is_retired_while_he_speaks_is_told_to_wait(
    node: EdgeNode, who: SimpleNamespace
) -> None:
    register = fresh()
    register._nodes.clear()  # between two questions
    with pytest.raises(NotStored):
        register.keep("east", Place(1, "2026"), Position(1, 1))


def test_whose_key_is_changed_or_who_is_retired_is_let_go(
    node: EdgeNode, who: SimpleNamespace, city: SimpleNamespace
) -> None:
    west = node_add(actor=who.clerk, name="west", area=city.west.pk)[0]
    register = fresh()
    assert register.let_go() == []  # who was there before it began
    node_renew(actor=who.clerk, node=node.pk)
    register._read(2)
    assert register.let_go() == ["east"]
    assert register.let_go() == []
    node_retire(actor=who.clerk, node=west.pk, reason="不用了")
    register._read(3)
    assert register.let_go() == ["west"]
    node_add(actor=who.clerk, name="west2", area=city.west.pk)
    register._read(4)
    assert register.let_go() == []


def test_a_node_that_reports_is_linked(node: EdgeNode, who: SimpleNamespace) -> None:
    fresh().heard("east", 12)
    shown = text(browser(who.clerk.user), LIST)
    assert "已连通" in shown
    assert ">12<" in shown
    EdgeNode.objects.update(heard_at=timezone.now() - timezone.timedelta(minutes=2))
    assert "链路中断" in text(browser(who.clerk.user), LIST)


def test_the_demonstrations_node_is_marked_and_was_never_heard(
    city: SimpleNamespace, who: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "NODE_COUNTY", city.east.code)
    demo._node()
    made = EdgeNode.objects.get()
    client = browser(who.clerk.user)
    for page in (LIST, f"{LIST}{made.pk}/"):
        shown = text(client, page)
        assert "演示数据" in shown
        assert "从未联系" in shown
        assert "0 条报文" not in shown  # what it holds back nobody knows
    monkeypatch.setattr(demo, "NODE_COUNTY", "999999")
    demo._node()  # facts of another city
    assert EdgeNode.objects.count() == 1
