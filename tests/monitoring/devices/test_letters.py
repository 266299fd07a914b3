"""Dead letters on a real broker: who sees them, what they say, and reading them again once."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.audit.models import AuditRow
from anlan.monitoring.devices import keys, letters
from anlan.monitoring.gateways.contracts import DeadLetter, Known
from anlan.monitoring.gateways.replaying import again
from anlan.monitoring.models import Channel, Device, Point, Replay
from anlan.monitoring.now import bridge as bridges
from anlan.monitoring.now.bridge import Bridge
from anlan.monitoring.protocols.batch import Batch, unpack
from anlan.monitoring.protocols.hj212 import write
from anlan.monitoring.stream.broker import Broker
from anlan.monitoring.stream.connection import Connection
from anlan.monitoring.stream.names import DEAD, KIND, STREAM
from anlan.monitoring.stream.publishing import Publisher
from tests.kernel.access.conftest import browser
from tests.monitoring.gateways import test_hj212 as hj212
from tests.monitoring.stream.conftest import broker as broker

pytestmark = pytest.mark.django_db
LIST = "/monitoring/letters/"


@pytest.fixture
def line(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Bridge:
    made = Bridge(lambda: broker.url)
    monkeypatch.setattr(letters, "bridge", made)

    async def purge(connection: Connection) -> None:
        for each in (STREAM, DEAD):
            await connection.stream.purge_stream(each)

    made.run(purge)
    return made


def bury(line: Bridge, *given: DeadLetter) -> list[int]:
    async def work(connection: Connection) -> int:
        for each in given:
            await Publisher(connection.stream).bury(each)
        return int((await connection.stream.stream_info(DEAD)).state.last_seq)

    last = line.run(work)
    return list(range(last - len(given) + 1, last + 1))


def stored(line: Bridge) -> list[tuple[int, float]]:
    """Point and value of all batches on the stream."""

    async def work(connection: Connection) -> list[Batch]:
        state = (await connection.stream.stream_info(STREAM)).state
        found = [
            await connection.stream.get_msg(STREAM, seq=number)
            for number in range(max(state.first_seq, 1), state.last_seq + 1)
        ]
        return [unpack(m.data or b"") for m in found if (m.headers or {}).get(KIND) == "batch"]

    return [
        pair for batch in line.run(work)
        for pair in zip(batch.point.tolist(), batch.value.tolist(), strict=True)
    ]  # fmt: skip


def letter(*groups: dict[str, str], device: int | None = None, **more: Any) -> DeadLetter:
    groups = groups or ({"a34004-Rtd": "0.083"}, {"a01001-Rtd": "7"})
    data = write(hj212.message(*groups, **more))
    return DeadLetter(int(time.time() * 1000), "hj212", "10.0.0.9:1", device, "设备没有登记", data)


@pytest.fixture
def logger(point: Point) -> Device:
    return Device.objects.create(
        name="数采仪", protocol="hj212", address=hj212.MN, site=point.site,
        secret_digest=keys.digest(hj212.PW),
    )  # fmt: skip


def press(client: Any, path: str, **given: Any) -> str:
    answer = client.post(path, {"back": LIST, **given}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_letter_of_a_stranger_is_stored_once_the_device_is_registered(
    line: Bridge, point: Point, who: SimpleNamespace
) -> None:
    number = bury(line, letter())[0]
    client = browser(who.bureau_staff.user)
    assert "没有登记" in client.get(LIST).content.decode()
    shown = client.get(f"{LIST}{number}/").content.decode()
    assert "23 23" in shown  # ##
    assert "a34004" in shown
    assert "请先登记设备" in press(client, f"{LIST}{number}/replay/")
    assert not Replay.objects.exists()
    device = Device.objects.create(
        name="数采仪", protocol="hj212", address=hj212.MN, site=point.site,
        secret_digest=keys.digest(hj212.PW),
    )  # fmt: skip
    Channel.objects.create(device=device, address="a34004-Rtd", point=point)
    assert "入库 1 条读数" in press(client, f"{LIST}replay/", protocol="hj212")
    assert "没有登记的因子" in press(client, f"{LIST}{number}/replay/")  # a01001 has no point yet
    assert stored(line) == [(point.pk, 0.083)]
    other = Point.objects.create(site=point.site, name="粉尘", quantity="other")
    Channel.objects.create(device=device, address="a01001-Rtd", point=other)
    assert "入库 1 条读数" in press(client, f"{LIST}replay/", device=device.pk)
    assert "可能已经重放过" in press(client, f"{LIST}{number}/replay/")
    assert "可能已经重放过" in press(client, f"{LIST}replay/")
    assert stored(line) == [(point.pk, 0.083), (other.pk, 7.0)]
    assert Replay.objects.all()[0].rest == ""
    assert Replay.objects.filter(by=who.bureau_staff.user).count() == 2
    assert AuditRow.objects.filter(verb="monitoring.letter.replay").count() == 2
    assert str(who.bureau_staff.user) in client.get(f"{LIST}{number}/").content.decode()


def test_who_sees_a_letter_and_who_replays(
    line: Bridge, logger: Device, point: Point, who: SimpleNamespace
) -> None:
    Channel.objects.create(device=logger, address="a34004-Rtd", point=point)
    own, strange = bury(line, letter({"a34004-Rtd": "1"}, device=logger.pk), letter(mn=hj212.OTHER))
    for name, seen in (
        ("bureau_staff", {own, strange}), ("leader", {own, strange}), ("west_head", set()),
    ):  # fmt: skip
        client = browser(getattr(who, name).user)
        found = {n for n in (own, strange) if client.get(f"{LIST}{n}/").status_code == 200}
        assert found == seen, name
    leader, west = browser(who.leader.user), browser(who.west_head.user)
    assert leader.post(f"{LIST}{own}/replay/").status_code == 403
    assert leader.post(f"{LIST}replay/").status_code == 403
    assert west.post(f"{LIST}{own}/replay/").status_code == 404
    press(west, f"{LIST}replay/")
    assert not Replay.objects.exists()
    assert stored(line) == []


def test_bytes_with_a_password_are_for_whoever_keeps_the_device(
    line: Bridge, logger: Device, who: SimpleNamespace
) -> None:
    own, strange = bury(line, letter(device=logger.pk), letter(mn=hj212.OTHER))
    password = f"PW={hj212.PW}".encode().hex()
    both = {own, strange}
    for name, told in (("bureau_staff", both), ("clerk", both), ("leader", set())):
        client = browser(getattr(who, name).user)
        for number in (own, strange):
            shown = client.get(f"{LIST}{number}/").content.decode()
            bare = "".join(part.partition("</pre>")[0] for part in shown.split("<pre")[1:])
            pairs = "".join(each for each in re.findall(r"\b[0-9a-f]{2}\b", bare))
            assert (password in pairs) is (number in told), (name, number)
            assert ("只给登记这台设备的单位看" in shown) is (number not in told)
            assert hj212.PW not in shown
            assert "a34004" in shown  # what it says is told to all who see it


def test_a_filter_narrows(line: Bridge, logger: Device, who: SimpleNamespace) -> None:
    bury(line, letter(), DeadLetter(1, "jt808", "10.0.0.8:1", None, "噪声：前面的", b"\x00\xff"))
    client = browser(who.clerk.user)
    shown = client.get(f"{LIST}?protocol=jt808").content.decode()
    assert "噪声" in shown
    assert "数采仪" not in shown
    shown = client.get(f"{LIST}?device={logger.pk}").content.decode()
    assert "噪声" not in shown
    for query in ("?protocol=x&device=x", "?page=99", "?device=" + "9" * 30):
        assert client.get(f"{LIST}{query}").status_code == 200


def test_a_broker_that_does_not_answer_is_said(
    monkeypatch: pytest.MonkeyPatch, who: SimpleNamespace
) -> None:
    monkeypatch.setattr(letters, "PATIENCE", 0.2)
    monkeypatch.setattr(letters, "bridge", Bridge(lambda: "nats://127.0.0.1:9"))
    client = browser(who.bureau_staff.user)
    for page in (LIST, f"{LIST}1/"):
        assert "消息服务没有应答" in client.get(page).content.decode()
    assert "没有重放" in press(client, f"{LIST}replay/")
    assert bridges.bridge is not None


def _known(key: int) -> Known:
    return Known(key, 5, {"a34004-Rtd": 1, "1": 2}, 100, lambda shown: shown == hj212.PW)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (letter(pw="000000"), "PW"),
        (letter(mn=hj212.OTHER), "没有登记"),
        (DeadLetter(1, "hj212", "", 1, "", b"noise"), "没有登记"),
        (DeadLetter(1, "coal", "x", 1, "", b""), "重新放入"),
        (DeadLetter(1, "mqtt", "10.0.0.1", 1, "", b""), "没有登记"),
        (DeadLetter(1, "mqtt", "/devices/A/other", 1, "", b""), "没有登记"),
        (DeadLetter(1, "mqtt", "/devices/A/readings", 2, "", b""), "身份验证"),
        (DeadLetter(1, "mqtt", "/devices/A/readings", 1, "", b"{"), ""),
    ],
)
def test_what_is_not_understood_or_not_proven_stays(given: DeadLetter, said: str) -> None:
    found = again(given, hj212.Register({("hj212", hj212.MN): _known(1), ("mqtt", "A"): _known(1)}))
    assert len(found.batch) == 0
    assert found.rest
    assert said in found.rest


def test_a_batch_is_read_by_the_time_at_which_it_came() -> None:
    data = b'{"readings": [{"point": 1, "time": 1000, "value": 2}]}'
    devices = hj212.Register({("mqtt", "A"): _known(1)})
    came = 1_700_000_000_000
    found = again(DeadLetter(came, "mqtt", "/devices/A/readings", 1, "", data), devices)
    assert (found.batch.point.tolist(), found.batch.time.tolist()) == ([2], [came])
    assert found.batch.quality.tolist() == [6]  # the device's own time was impossible then, too


def test_strangers_are_counted_by_what_is_wrong_and_not_by_their_names() -> None:
    """A hundred names of one who knocks would fill the list of reasons."""
    reason = "MN 没有登记，或这个连接上的设备太多"
    rows = [
        letters.Letter(
            n, DeadLetter(5, "hj212", "10.0.0.1:5", None, f"{reason}：A{n}", b""), None, []
        )
        for n in range(30)
    ]
    assert letters.Found(30, rows).counts == [("HJ 212", reason, 30)]
