"""Points, channels and devices from Excel: what is taken, what is at fault and why."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.imports.registry import Context, RawRow
from anlan.kernel.write import Write
from anlan.monitoring.devices import importing
from anlan.monitoring.models import Channel, Device, Point
from anlan.monitoring.services.bringing import Brought, points_bring
from anlan.registry.models import Site
from tests.kernel.access.conftest import browser
from tests.registry.conftest import brought

pytestmark = pytest.mark.django_db
HEAD = ["测点名称", "监测量", "单位", "地点类别", "安装地点", "量程下限", "量程上限", "分辨率",
        "协议", "注册编号", "通道编号", "设备名称"]  # fmt: skip


def row(name: str = "总回风甲烷", quantity: str = "甲烷", protocol: Any = "HTTP",
        address: Any = "DS-9", channel: Any = 1, device: str = "", low: Any = 0,
        high: Any = 4) -> list[Any]:  # fmt: skip
    return [name, quantity, "%", "", "回风巷", low, high, 0.01, protocol, address, channel, device]


def test_three_hundred_points_of_a_mine(mine: Site, who: SimpleNamespace) -> None:
    rows = [row(f"测点{number}", channel=number, device="主站") for number in range(1, 301)]
    fire = row("火警", "消防部件状态", "GB/T 26875.3", 7, "1/3/30/1:state")
    bare = row("没有设备", protocol="", address="", channel="")
    batch = brought(who.bureau_staff, importing.KEY, [HEAD, *rows, fire, bare], site=str(mine.pk))
    assert (batch.taken, batch.faulty) == (302, 0)
    assert Point.objects.filter(site=mine).count() == 302
    station, alarm = Device.objects.order_by("pk")
    assert (station.name, station.address, station.channels.count()) == ("主站", "DS-9", 300)
    assert (alarm.name, alarm.protocol) == ("GB/T 26875.3 7", "gb26875")
    assert station.secret_digest == ""
    point = Point.objects.get(name="测点7")
    assert (point.low, point.high, point.resolution, point.place) == (0, 4, 0.01, "other")
    assert point.channels.get().address == "7"
    assert importing.url(batch) == f"/monitoring/sites/{mine.pk}/devices/"
    page = browser(who.bureau_staff.user).get(f"/monitoring/devices/{station.pk}/")
    assert "还没有设置" in page.content.decode()


@pytest.mark.parametrize(
    ("given", "column", "said"),
    [
        ({"name": ""}, "name", "没有填写"),
        ({"name": "长" * 81}, "name", "最多 80 字"),
        ({"name": "1201 上隅角"}, "name", "已有名为"),
        ({"quantity": "运气"}, "quantity", "须是以下之一"),
        ({"low": 5}, "high", "须大于下限"),
        ({"low": "低"}, "low", "须填数"),
        ({"protocol": "电报"}, "protocol", "须是以下之一"),
        ({"protocol": ""}, "protocol", "就要填协议"),
        ({"address": ""}, "address", "请填写设备编号"),
        ({"address": "a b"}, "address", "不对"),
        ({"channel": ""}, "channel", "请填写通道编号"),
        ({"channel": 1.5}, "channel", "不对"),
        ({"address": "DS-1", "channel": 3}, "channel", "已对应测点"),
        ({"address": "DS-2"}, "address", "其他场所"),
        ({"address": "DS-3"}, "address", "已停用"),
    ],
)
def test_a_faulty_row_is_told_what_is_wrong(
    given: dict[str, Any], column: str, said: str, device: Device, point: Point,
    who: SimpleNamespace, city: SimpleNamespace,
) -> None:  # fmt: skip
    Channel.objects.create(device=device, address="3", point=point)
    other = Site.objects.create(
        name="西山矿", kind="mine", area=city.west_town, sector=device.site.sector
    )
    Device.objects.create(name="它", protocol="http", address="DS-2", site=other)
    Device.objects.create(
        name="旧", protocol="http", address="DS-3", site=device.site,
        retired_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    batch = brought(who.bureau_staff, importing.KEY, [HEAD, row(**given)], site=str(device.site_id))
    assert batch.taken == 0
    faults = batch.rows.get().faults
    assert list(faults) == [column]
    assert said in faults[column]
    assert Point.objects.count() == 1


def test_one_channel_twice_in_a_file(mine: Site, who: SimpleNamespace) -> None:
    rows = [HEAD, row("甲"), row("乙"), row("甲", channel=2)]
    batch = brought(who.bureau_staff, importing.KEY, rows, site=str(mine.pk))
    assert (batch.taken, batch.faulty) == (1, 2)
    assert [list(each.faults) for each in batch.rows.filter(good=False)] == [["channel"], ["*"]]


def test_who_may_import_for_whom(mine: Site, who: SimpleNamespace, city: SimpleNamespace) -> None:
    for given in ({}, {"site": "x"}, {"site": "999999"}):
        with pytest.raises(Unknown):
            importing.options(who.bureau_staff, given)
    with pytest.raises(Unknown):
        importing.options(who.west_head, {"site": str(mine.pk)})
    seen = browser(who.west_head.user).get(f"/imports/new/{importing.KEY}/?site={mine.pk}")
    assert seen.status_code == 404
    strange = Context(who.clerk, city.bureau, {"site": mine.pk})
    judged = importing.judge(strange, [RawRow(2, {"name": "甲", "quantity": "甲烷"})])
    assert "不由" in judged[0].faults["*"]
    with Write(who.bureau_staff, "test.bring") as write, pytest.raises(Refused, match="不由"):
        points_bring(write, site=mine.pk, organisation=city.office, brought=[])


def test_what_somebody_entered_meanwhile_is_refused(point: Point, who: SimpleNamespace) -> None:
    again = Brought({"name": point.name, "quantity": "co"})
    with pytest.raises(IntegrityError), Write(who.bureau_staff, "test.bring") as write:
        points_bring(
            write, site=point.site_id, organisation=who.bureau_staff.user.organisation,
            brought=[again],
        )  # fmt: skip
    assert Point.objects.count() == 1


def test_a_portion_asks_a_fixed_number_of_times(mine: Site, who: SimpleNamespace) -> None:
    context = Context(who.bureau_staff, who.bureau_staff.user.organisation, {"site": mine.pk})

    def queries(first: int, rows: int) -> int:
        raw = [
            RawRow(number, {"name": f"测点{number}", "quantity": "甲烷", "protocol": "HTTP",
                            "address": f"DS{first}-{number % 3}", "channel": number})
            for number in range(first, first + rows)
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as caught:
            judged = importing.judge(context, raw)
            assert not any(each.faults for each in judged)
            with Write(who.bureau_staff, "test.bring") as write:
                points_bring(
                    write, site=mine.pk, organisation=context.organisation,
                    brought=[importing._brought(each.values) for each in judged],
                )  # fmt: skip
        return len(caught)

    queries(0, 1)  # what is asked once, as the grants
    assert queries(10, 3) == queries(100, 60)
