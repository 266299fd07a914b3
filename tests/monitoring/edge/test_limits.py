"""How much a node may send: an honest one is slowed and loses nothing, a mad one harms nobody."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.monitoring.edge import asking, burying, forwarding, landing, pace, share
from anlan.monitoring.edge.landing import Landing
from anlan.monitoring.edge.memory import BIRTHS
from anlan.monitoring.edge.pace import NotYet, Pace, readings_per_second
from anlan.monitoring.edge.snapshot import Entry, Told
from anlan.monitoring.edge.wire import (
    Ask,
    Place,
    Standing,
    Stretch,
    answered,
    subject,
)  # fmt: skip
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.gateways.limits import Rates
from anlan.monitoring.gateways.readings import AHEAD
from anlan.monitoring.protocols.batch import Batch, Quality, pack_all, unpack
from anlan.monitoring.stream.following import Follower, all_of
from anlan.monitoring.stream.names import STREAM, Kind
from anlan.monitoring.stream.publishing import Publisher
from tests.monitoring.edge.flooder import bulk
from tests.monitoring.edge.given import NODE
from tests.monitoring.edge.scene import (
    HERE,
    MAD,
    SITE,
    Scene,
    another,
    forwarding_on,
    play,
    readings,
    reasons,
    send,
)


@pytest.mark.parametrize(
    ("rates", "wanted"),
    [
        ([], pace.LEAST),
        ([100] * 20, pace.LEAST),
        ([100] * 80, 80_000),
        ([100] * 900, pace.MOST),
        ([1_000] * 700, 700_000),
    ],
)
def test_the_pace_is_that_of_the_countys_devices(rates: list[int], wanted: float) -> None:
    devices = tuple(Entry("mqtt", str(n), n, 1, rate, "", {}) for n, rate in enumerate(rates))
    assert readings_per_second(Told(1, "", devices)) == wanted


@pytest.mark.parametrize("hold", [10.0, 0.02])
def test_after_a_cut_all_comes_once_in_order_and_no_faster_than_the_pace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hold: float
) -> None:
    """Whether it is answered later, or told *not yet*."""
    rate, told = 2_000.0, list[NotYet]()
    monkeypatch.setattr(pace, "LEAST", rate)
    monkeypatch.setattr(pace, "HOLD_SECONDS", hold)
    monkeypatch.setattr(pace, "SOONEST", 0.1)
    monkeypatch.setattr(forwarding, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 3.0)
    monkeypatch.setattr(forwarding, "TOGETHER", 400)
    turn = Pace.turn

    async def spied(self: Pace, node: str, rate: float, amount: float) -> None:
        try:
            await turn(self, node, rate, amount)
        except NotYet as not_yet:
            told.append(not_yet)
            raise

    monkeypatch.setattr(Pace, "turn", spied)

    async def act(scene: Scene) -> None:
        await scene.store(range(1_500))  # ten readings each
        await scene.link.open()
        began = time.monotonic()
        async with forwarding_on(scene):
            await asyncio.sleep(1.5)
            await scene.link.cut()
            await scene.store(range(1_500, 2_000))
            await scene.link.open()
            await scene.nothing_left()
        took = time.monotonic() - began
        assert await scene.arrived() == list(range(2_000))
        saved = rate * Rates.BURST
        assert took > (20_000 - saved) / rate - 0.5  # not without it
        assert took < 20_000 / rate + 15  # not much more: a link needs some seconds to come
        assert bool(told) == (hold < 1)
        assert await reasons(scene.there) == []  # it has done nothing wrong

    play(tmp_path, act)


def test_a_node_fills_a_third_of_the_stream_and_the_others_have_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 6_000_000

    async def act(scene: Scene) -> None:
        async with another(scene, tmp_path) as mad:
            data, number = bulk(5_000), 0
            while True:
                said = await send(mad, Stretch(HERE, number, number + 1), data)
                if "wait" in said:
                    break
                assert Standing.of(said) == Standing(number + 1)
                number += 1
                await asyncio.sleep(0.03)  # the room that is free is asked for each second
            state = (await scene.there.stream.stream_info(STREAM)).state
            assert most * 0.3 < state.bytes < most * 0.4
            assert said["wait"] == landing.FULL_SECONDS
            told = [each for each in await reasons(scene.there) if "已占满" in each]
            again = await send(mad, Stretch(HERE, number, number + 1), data)
            assert "wait" in again
            assert len(told) == len([e for e in await reasons(scene.there) if "已占满" in e]) == 1
            await scene.link.open()
            async with forwarding_on(scene):  # another node
                await scene.store(range(100))
                await scene.nothing_left()
            await Publisher(scene.there.stream).store(SITE, readings(100))  # a device of the city's
            assert await scene.arrived() == list(range(101))

            await scene.there.stream.purge_stream(STREAM, subject="readings.0")  # a day goes by
            monkeypatch.setattr(share, "KEPT", -1.0)
            said = await send(mad, Stretch(HERE, number, number + 1), data)
            assert Standing.of(said) == Standing(number + 1)  # it was not refused for ever

    monkeypatch.setattr(share, "FRESH_SECONDS", 0.0)
    play(tmp_path, act, most_bytes=most)


def test_of_a_node_one_stretch_is_stored_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one that speaks of sixty parts would have fifteen times what one of four has."""
    at_once, most = 0, list[int]()
    marked = Publisher.marked

    async def counted(self: Publisher, *said: Any) -> int:
        nonlocal at_once
        at_once += 1
        most.append(at_once)
        await asyncio.sleep(0.02)
        try:
            return await marked(self, *said)
        finally:
            at_once -= 1

    monkeypatch.setattr(Publisher, "marked", counted)

    async def act(scene: Scene) -> None:
        async with another(scene, tmp_path) as mad:
            places = [Place(part, "2026") for part in range(6)]
            await asyncio.gather(*(send(mad, Stretch(each, 0, 1), bulk(1)) for each in places))
            assert most == [1] * 6

    play(tmp_path, act)


def test_births_without_end_fill_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[Landing]()
    begin = Landing.open

    async def opened(self: Landing) -> None:
        made.append(self)
        await begin(self)

    monkeypatch.setattr(Landing, "open", opened)

    async def act(scene: Scene) -> None:
        async with another(scene, tmp_path) as mad:
            before = (await scene.there.stream.stream_info(STREAM)).state.messages
            began = time.monotonic()
            for number in range(24):
                said = await mad.client.request(
                    subject(MAD, Ask.WHERE), b"", timeout=15,
                    headers=Place(1, f"2026-{number}").headers(),
                )  # fmt: skip
                assert Standing.of(answered(said.data)) == Standing(0)
            after = (await scene.there.stream.stream_info(STREAM)).state.messages
            assert after - before == 24 * 4  # a sign of the clock in each part
            assert time.monotonic() - began > (24 - 10) * pace.LOOK_SECONDS
            assert len(made[0]._memory) == BIRTHS

    play(tmp_path, act)


def test_letters_of_a_node_leave_room_for_those_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(burying._Saved, "BURST", 2.0)
    monkeypatch.setattr(pace, "SOONEST", 0.2)

    async def act(scene: Scene) -> None:
        async with another(scene, tmp_path) as mad:
            rubbish = b"ANB1" + bytes(3_000)
            for number in range(10):
                said = await send(mad, Stretch(HERE, number, number + 1), rubbish)
                assert Standing.of(said) == Standing(number + 1)  # it does not stand still
            (only,) = await reasons(scene.there)
            await asyncio.sleep(3.2)  # a letter's worth
            await send(mad, Stretch(HERE, 10, 11), rubbish)
            first, second = await reasons(scene.there)
            assert only == first
            assert "另有 9 封" in second
            letters = Place(-1, "2026")
            said = await send(mad, Stretch(letters, 0, 1), b"{}")
            assert "wait" in said

    play(tmp_path, act)


def test_what_is_to_come_silences_no_point(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        async with another(scene, tmp_path) as mad:
            now = round(time.time() * 1000)
            (data,) = pack_all(
                Batch.of(
                    [40, 41, 42], [now, now + AHEAD // 2, now + 10 * AHEAD], [1.0] * 3, [0] * 3
                )
            )
            await send(mad, Stretch(HERE, 0, 1), data)
            found = [each async for each in all_of(Follower(scene.there.stream, 0, 0))]
            (batch,) = [unpack(each.data) for each in found if each.kind == Kind.BATCH]
            assert batch.time[:2].tolist() == [now, now + AHEAD // 2]
            assert now <= batch.time[2] < now + 60_000
            assert batch.quality.tolist() == [0, 0, Quality.TIME_NOT_TRUSTED]

    play(tmp_path, act)


def test_a_node_heeds_the_city(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not yet is no refusal, and no word of the city stops a node for ever."""
    said, slept = [b'{"error": "x", "wait": 7}', b'{"wait": 1e9}', b'{"last": 3, "until": 0}'], []

    class Client:
        async def request(self, *_: object, **__: object) -> object:
            return type("Reply", (), {"data": said.pop(0)})

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asking.asyncio, "sleep", sleep)

    def ask() -> object:
        return asyncio.run(asking.asked(Client(), NODE, Ask.WHERE, b""))  # type: ignore[arg-type]

    assert ask() == {"last": 3, "until": 0}
    assert slept == [7, asking.LONGEST_SECONDS]
    said.append('{"error": "停用"}'.encode())
    with pytest.raises(NotStored, match="停用"):
        ask()


@pytest.mark.parametrize(("held", "full"), [(20, False), (80, True)])
def test_a_node_has_at_most_what_is_in_the_stream(held: int, full: bool) -> None:
    """What both readers have had leaves the stream before its day: a busy county sends more in a
    day than the stream ever holds."""
    info = SimpleNamespace(
        config=SimpleNamespace(max_bytes=100), state=SimpleNamespace(bytes=held)
    )  # fmt: skip

    async def stream_info(name: str) -> SimpleNamespace:
        return info

    shares = share.Shares(SimpleNamespace(stream_info=stream_info))  # type: ignore[arg-type]
    shares.add("linxian", 10_000)
    assert asyncio.run(shares.full("linxian")) is full
