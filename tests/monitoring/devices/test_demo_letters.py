"""The demonstration's dead letters come of the gateways' own code, once, and can be replayed."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.monitoring.demo import letters as demo
from anlan.monitoring.demo.fire import UNHEARD
from anlan.monitoring.devices import keys, letters
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.models import Channel, Device, Point
from anlan.monitoring.now.bridge import Bridge
from tests.kernel.access.conftest import browser
from tests.monitoring.devices.test_letters import LIST, press, stored
from tests.monitoring.devices.test_letters import line as line
from tests.monitoring.stream.conftest import broker as broker

pytestmark = pytest.mark.django_db


def test_what_strangers_said_lies_there_once_and_can_be_replayed(
    line: Bridge, point: Point, who: SimpleNamespace
) -> None:
    fire = Device.objects.create(
        name="用传装置", protocol="gb26875", address=UNHEARD, site=point.site
    )
    made = demo.bury()
    found = letters.newest(who.clerk)
    assert (len(found.rows), found.kept) == (made, made)
    assert demo.bury() == 0
    assert letters.newest(who.clerk).kept == made
    assert set(Counter(each.letter.protocol for each in found.rows)) == set(demo._SPEAKERS)
    assert {each.device for each in found.rows} == {None, fire}
    reasons = " ".join(each.letter.reason for each in found.rows)
    for words in ("没有登记的测点：1/1/40/3:state", "手机号没有登记", "校验"):
        assert words in reasons
    assert stored(line) == []

    logger = demo.STRANGERS.devices[0]
    device = Device.objects.create(
        name="数采仪", protocol="hj212", address=logger.address, site=point.site,
        secret_digest=keys.digest(logger.secret),
    )  # fmt: skip
    Channel.objects.create(device=device, address=logger.points[0].channel, point=point)
    said = press(browser(who.bureau_staff.user), f"{LIST}replay/", protocol="hj212")
    assert f"入库 {len(demo.MINUTES_AGO)} 条读数" in said
    assert {number for number, _ in stored(line)} == {point.pk}


def test_without_a_broker_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from anlan.monitoring.tasks import demo_letters

    monkeypatch.setattr(letters, "PATIENCE", 0.2)
    monkeypatch.setattr(letters, "bridge", Bridge(lambda: "nats://127.0.0.1:9"))
    with pytest.raises(NotStored) as caught:
        demo.bury()
    first: Any = SimpleNamespace(attempts=0)
    assert demo_letters.get_retry_exception(caught.value, first) is not None
    assert demo_letters.get_retry_exception(ValueError(), first) is None
