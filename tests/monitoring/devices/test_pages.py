"""A clerk connects a mine: devices, points, channels, secrets; and who may not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from anlan.kernel.access.roles import Role
from anlan.kernel.audit.models import AuditRow
from anlan.monitoring.devices import keys
from anlan.monitoring.history.table import History
from anlan.monitoring.models import Channel, Device, Point
from anlan.monitoring.now import live
from anlan.monitoring.now.live import Latest, Reading
from anlan.monitoring.protocols.batch import Batch, Quality
from anlan.registry.models import Site
from tests.kernel.access.conftest import browser
from tests.kernel.access.matrix import Seat, assert_visibility

pytestmark = pytest.mark.django_db
LIST = "/monitoring/devices/"


@pytest.fixture(autouse=True)
def history(tmp_path: Path, settings: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> History:
    settings.VAR = tmp_path
    monkeypatch.setattr(live, "latest", lambda points: Latest())
    return History.at(tmp_path / "history")


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def post(client: Client, path: str, status: int = 200, /, **given: Any) -> str:
    answer = client.post(path, given, follow=True)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer.content.decode()


def test_a_clerk_connects_a_mine(mine: Site, who: SimpleNamespace) -> None:
    client = browser(who.bureau_staff.user)
    assert f"/monitoring/sites/{mine.pk}/devices/" in text(client, f"/registry/sites/{mine.pk}/")
    site = f"/monitoring/sites/{mine.pk}/"
    points = f"{site}devices/"
    assert "还没有登记设备" in text(client, points)
    shown = post(client, f"{site}point/", name="总回风甲烷", quantity="methane", unit="%",
                 place="main_return", low="0", high="4", more="1")  # fmt: skip
    assert "已添加“总回风甲烷”" in shown
    assert "添加，再填一个" in shown
    shown = post(client, f"{site}device/", protocol="http", name="分站", rate="50")
    device = Device.objects.get()
    secret = shown.split(f"Device {device.address}:")[1].split("<")[0].split("\n")[0]
    assert keys.fits(secret, device.secret_digest)
    assert "只显示这一次" in shown
    assert "/gateway/readings/" in shown
    page = f"/monitoring/devices/{device.pk}/"
    for address in (page, points, LIST):
        assert secret not in text(client, address)
    shown = post(client, f"{page}bind/", address="1", point=Point.objects.get().pk)
    assert "通道 1 已对应“总回风甲烷”" in shown
    assert "从未上报" in shown
    assert device.address in text(client, points)
    assert not AuditRow.objects.filter(changes__icontains=secret).exists()


def test_a_list_narrows_by_what_it_offers(device: Device, who: SimpleNamespace) -> None:
    client = browser(who.clerk.user)
    now = timezone.now()
    quiet = Device.objects.create(
        name="旧装置", protocol="gb26875", address="7", site=device.site,
        heard_at=now - timedelta(hours=3),
    )  # fmt: skip
    Device.objects.create(
        name="忙装置", protocol="gb26875", address="8", site=device.site, heard_at=now
    )
    Device.objects.create(
        name="停装置", protocol="gb26875", address="9", site=device.site, heard_at=now,
        retired_at=now,
    )  # fmt: skip
    for query, names in (
        ("", {"1 号分站", "旧装置", "忙装置", "停装置"}), ("?standing=never", {"1 号分站"}),
        ("?standing=silent", {"旧装置"}), ("?standing=speaking", {"忙装置"}),
        ("?standing=retired", {"停装置"}), ("?protocol=http", {"1 号分站"}),
        (f"?site={device.site_id}&protocol=gb26875", {"旧装置", "忙装置", "停装置"}),
        ("?q=旧", {"旧装置"}), ("?standing=x&site=%00", {"1 号分站", "旧装置", "忙装置", "停装置"}),
    ):  # fmt: skip
        shown = text(client, f"{LIST}{query}")
        found = {name for name in ("1 号分站", "旧装置", "忙装置", "停装置")
                 if f">{name}<" in shown}  # fmt: skip
        assert found == names, query
    assert "已中断" in text(client, f"/monitoring/devices/{quiet.pk}/")
    assert client.get(f"{LIST}?export=xlsx").status_code == 200


def test_how_devices_are_reached_is_told_to_who_keeps_them(
    device: Device, who: SimpleNamespace
) -> None:
    Device.objects.update(address="998877")
    site = f"/monitoring/sites/{device.site_id}/devices/"
    for reader, told in ((who.clerk, True), (who.leader, False)):
        client = browser(reader.user)
        for page in (LIST, site):
            shown = text(client, page)
            assert ("998877" in shown) is told, (reader, page)
            assert ("注册编号" in shown) is told
        assert ("1 号分站" in text(client, f"{LIST}?q=998877")) is told
        assert "1 号分站" in text(client, LIST)


def test_a_page_shows_what_a_device_last_said(
    device: Device, point: Point, who: SimpleNamespace, history: History,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    mute = Point.objects.create(site=point.site, name="哑测点", quantity="co", unit="ppm")
    for address, each in (("1", point), ("2", mute)):
        Channel.objects.create(device=device, address=address, point=each)
    now = timezone.now()
    ms = int(now.timestamp() * 1000)
    time = ms - 1000 * np.arange(600)[::-1]
    given = Batch.of(np.full(600, point.pk), time, np.full(600, 0.25), np.zeros(600, int))
    history.append(0, given, 1)
    Device.objects.filter(pk=device.pk).update(heard_at=now)
    said = {
        point.pk: Reading(now, None, Quality.LINE_BROKEN, False),
        mute.pk: Reading(None, None, Quality.GOOD, True),
    }
    monkeypatch.setattr(live, "latest", lambda points: Latest(said))
    client, page = browser(who.leader.user), f"/monitoring/devices/{device.pk}/"
    shown = text(client, page)
    assert "断线" in shown
    assert "每秒 1 条" in shown
    assert "还没有读数" in shown
    assert "更换密钥" not in shown
    assert "停用设备" not in shown
    monkeypatch.setattr(live, "latest", lambda points: Latest({}, {0}))
    shown = text(client, page)
    assert "监测进程没有应答" in shown
    assert "暂时不知道" in shown


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "请填写设备名称"),
        ({"rate": "0"}, "每秒最多读数"),
        ({"protocol": "jt808", "address": "139"}, "请填写终端 ID"),
        ({"protocol": "jt808", "address": "x", "secret": "T1"}, "只写数字"),
        ({"protocol": "hj212"}, "请填写设备唯一标识"),
        ({"protocol": "http", "address": "DS-1"}, "已有设备使用"),
        ({"protocol": "http", "address": "a:b"}, "不对"),
        ({"protocol": "http", "name": "a\0b"}, ""),
    ],
)
def test_a_device_that_cannot_be_is_told_why_and_nothing_is_lost(
    given: dict[str, str], said: str, device: Device, who: SimpleNamespace
) -> None:
    client = browser(who.bureau_staff.user)
    whole = {"protocol": "http", "name": "新分站", "address": "", "rate": "10"} | given
    address = f"/monitoring/sites/{device.site_id}/device/"
    shown = post(client, address, 422, **whole)
    assert said in shown
    assert Device.objects.count() == 1
    if whole["name"] == "新分站":
        assert "新分站" in shown


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "1201 上隅角"}, "已有名为"),
        ({"quantity": "luck"}, "监测量"),
        ({"low": "4", "high": "4"}, "须大于下限"),
        ({"low": "x"}, "量程下限"),
        ({"name": ""}, "请填写测点名称"),
    ],
)
def test_a_point_that_cannot_be(
    given: dict[str, str], said: str, point: Point, who: SimpleNamespace
) -> None:
    client = browser(who.bureau_staff.user)
    whole = {"name": "新", "quantity": "co", "place": "other", "unit": "ppm"} | given
    shown = post(client, f"/monitoring/sites/{point.site_id}/point/", 422, **whole)
    assert said in shown
    assert Point.objects.count() == 1


def test_channels_are_the_device_s_own_site_s(
    device: Device, point: Point, who: SimpleNamespace
) -> None:
    client, page = browser(who.bureau_staff.user), f"/monitoring/devices/{device.pk}/"
    other = Site.objects.create(
        name="西山矿", kind="mine", area=device.site.area, sector=device.site.sector,
        regulator=device.site.regulator,
    )  # fmt: skip
    foreign = Point.objects.create(site=other, name="甲烷", quantity="methane")
    assert "本场所" in post(client, f"{page}bind/", 422, address="1", point=foreign.pk)
    assert "通道编号" in post(client, f"{page}bind/", 422, address="一", point=point.pk)
    post(client, f"{page}bind/", address="1", point=point.pk)
    assert "已对应测点" in post(client, f"{page}bind/", 422, address="1", point=point.pk)
    channel = Channel.objects.get()
    shown = post(client, f"/monitoring/channels/{channel.pk}/remove/", back=page)
    assert "已解除" in shown
    assert not Channel.objects.exists()
    post(client, f"/monitoring/channels/{channel.pk}/remove/", 404)


def test_a_new_secret_makes_the_old_one_void(device: Device, who: SimpleNamespace) -> None:
    client, old = browser(who.bureau_staff.user), device.secret_digest
    shown = post(client, f"/monitoring/devices/{device.pk}/secret/")
    device.refresh_from_db()
    secret = shown.split("Device DS-1:")[1].split("<")[0].split("\n")[0]
    assert device.secret_digest != old
    assert keys.fits(secret, device.secret_digest)
    fire = Device.objects.create(name="火", protocol="gb26875", address="7", site=device.site)
    assert "没有密钥" in post(client, f"/monitoring/devices/{fire.pk}/secret/", 422)
    vehicle = Device.objects.create(name="车", protocol="jt808", address="7", site=device.site)
    assert "请填写终端 ID" in post(client, f"/monitoring/devices/{vehicle.pk}/secret/", 422)
    assert "T-9" in post(client, f"/monitoring/devices/{vehicle.pk}/secret/", secret="T-9")
    vehicle.refresh_from_db()
    assert keys.fits("T-9", vehicle.secret_digest)


def test_a_retired_device_is_left_alone(device: Device, point: Point, who: SimpleNamespace) -> None:
    client, page = browser(who.bureau_staff.user), f"/monitoring/devices/{device.pk}/"
    assert "须写明理由" in post(client, f"{page}retire/", reason=" ", back=page)
    assert "设备已停用" in post(client, f"{page}retire/", reason="拆除", back=page)
    device.refresh_from_db()
    assert device.retired_at is not None
    assert "对应一个测点" not in text(client, page)
    for verb in ("retire", "bind", "secret"):
        answer = client.post(f"{page}{verb}/", {"reason": "再", "address": "1", "point": point.pk})
        assert answer.status_code in (302, 409)
    assert not Channel.objects.exists()
    assert AuditRow.objects.filter(verb="monitoring.device.retire", reason="拆除").count() == 1


def test_a_retired_point_speaks_no_more(point: Point, who: SimpleNamespace) -> None:
    client, site = browser(who.bureau_staff.user), f"/monitoring/sites/{point.site_id}/devices/"
    post(client, f"/monitoring/points/{point.pk}/retire/", reason="拆除", back=site)
    point.refresh_from_db()
    assert point.retired_at is not None
    assert "已停用" in text(client, site)


def test_who_only_looks_and_who_does_not_see(
    device: Device, point: Point, who: SimpleNamespace
) -> None:
    page, site = f"/monitoring/devices/{device.pk}/", f"/monitoring/sites/{device.site_id}/"
    leader, west = browser(who.leader.user), browser(who.west_head.user)
    assert "登记设备" not in text(leader, f"{site}devices/")
    text(leader, f"{site}device/", 403)
    for verb in ("bind", "secret", "retire"):
        assert leader.post(f"{page}{verb}/").status_code == 403
    for address in (page, f"{site}devices/", f"{site}device/", f"{site}point/"):
        text(west, address, 404)
    for verb in ("bind", "secret"):
        assert west.post(f"{page}{verb}/").status_code == 404
    assert "1 号分站" not in text(west, LIST)
    digest = device.secret_digest
    device.refresh_from_db()
    assert (device.retired_at, device.secret_digest) == (None, digest)


def test_who_sees_a_device(device: Device, city: SimpleNamespace) -> None:
    assert_visibility(
        lambda actor: Device.objects.visible_to(actor),
        rows={"device": device},
        expected={
            Seat(Role.SCO_STAFF, city.office): {"device"},
            Seat(Role.LEADER, city.government): {"device"},
            Seat(Role.UNIT_STAFF, city.bureau): {"device"},
            Seat(Role.UNIT_STAFF, city.east_government): {"device"},
            Seat(Role.UNIT_STAFF, city.west_government): set(),
            Seat(Role.SCO_CHIEF, city.office): {"device"},
            Seat(Role.UNIT_HEAD, city.east_town_government): {"device"},
            **{
                Seat(role, city.office): set()
                for role in (Role.SYSTEM, Role.SECURITY, Role.AUDITOR)
            },
        },
    )


@pytest.mark.parametrize(
    "page", [LIST, "/monitoring/sites/{site}/devices/", "/monitoring/devices/{pk}/"]
)
def test_pages_ask_a_fixed_number_of_times(
    page: str, device: Device, point: Point, who: SimpleNamespace
) -> None:
    client = browser(who.bureau_staff.user)
    address = page.format(site=device.site_id, pk=device.pk)
    Channel.objects.create(device=device, address="1", point=point)

    def count() -> list[str]:
        text(client, address)
        with CaptureQueriesContext(connection) as caught:
            text(client, address)
        return [each["sql"] for each in caught.captured_queries]

    few = count()
    for number in range(2, 8):
        more = Point.objects.create(site=point.site, name=f"测点{number}", quantity="co")
        Channel.objects.create(device=device, address=str(number), point=more)
        Device.objects.create(
            name=f"分站{number}", protocol="http", address=f"X{number}", site=device.site
        )
    many = count()
    assert len(many) == len(few), "\n".join(many)
