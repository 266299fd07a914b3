"""A node and a city with real brokers: everything comes once and in order, whatever is cut."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from anlan.monitoring.edge import asking, forwarding, landing
from anlan.monitoring.edge.memory import Position
from anlan.monitoring.edge.snapshot import Entry, Told
from anlan.monitoring.edge.wire import (
    BIRTH,
    PART,
    Ask,
    Place,
    Standing,
    Stretch,
    answered,
)  # fmt: skip
from anlan.monitoring.gateways.contracts import DeadLetter, NotStored
from anlan.monitoring.protocols.batch import unpack
from anlan.monitoring.stream.following import Follower, Letters, all_of
from anlan.monitoring.stream.letters import unpack_letter
from anlan.monitoring.stream.names import DEAD, KIND, STREAM, Kind
from anlan.monitoring.stream.publishing import Publisher
from tests.monitoring.edge.given import NODE, city
from tests.monitoring.edge.scene import SITE, Scene, forwarding_on, play, readings


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 2.0)
    monkeypatch.setattr(forwarding, "RETRY_SECONDS", 0.1)


def test_what_was_kept_while_the_link_was_gone_comes_once_and_in_order(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        await scene.store(range(30))
        async with forwarding_on(scene):
            assert await scene.left() == 30  # kept: there is no link yet
            await scene.link.open()
            await scene.nothing_left()
            assert await scene.arrived() == list(range(30))
            for begin in range(30, 90, 20):  # cut in the middle of it, three times
                storing = asyncio.create_task(scene.store(range(begin, begin + 20)))
                await asyncio.sleep(0.02)
                await scene.link.cut()
                await storing
                await scene.store(range(900, 900 + 3), site=4)  # another part is no other matter
                await scene.link.open()
            await scene.nothing_left()
        assert await scene.arrived() == list(range(90))
        assert await scene.arrived(part=0) == [900, 901, 902] * 3

    play(tmp_path, act)


def test_an_answer_that_is_lost_is_asked_for_however_late(tmp_path: Path) -> None:
    """The city stored it and died before it wrote its position down, or could answer."""

    async def act(scene: Scene) -> None:
        keep, stolen = scene.register.keep, list[object]()

        def lost(node: str, place: object, at: object) -> None:
            if getattr(at, "last", 0) and len(stolen) < 3:
                stolen.append(at)
                raise OSError("the database is away")
            keep(node, place, at)  # type: ignore[arg-type]

        scene.register.keep = lost  # type: ignore[method-assign]
        await scene.store(range(40))
        await scene.link.open()
        async with forwarding_on(scene):
            await scene.nothing_left()
            await scene.store(range(40, 50))
            await scene.nothing_left()
        assert len(stolen) == 3
        assert await scene.arrived() == list(range(50))

    play(tmp_path, act)


def test_a_city_that_begins_anew_goes_on_where_it_was(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        await scene.link.open()
        async with forwarding_on(scene):
            await scene.store(range(20))
            await scene.nothing_left()
        await scene.programs.aclose()
        async with city(scene.brokers.city, scene.register) as there:
            scene.there = there
            async with forwarding_on(scene):
                await scene.store(range(20, 40))
                await scene.nothing_left()
            assert await scene.arrived() == list(range(40))

    play(tmp_path, act)


def test_a_node_speaks_for_its_own_county_alone(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.register.sites_now = dict.fromkeys(range(10, 15), SITE)
        await scene.store(range(3))
        await scene.link.open()
        async with forwarding_on(scene):
            await scene.nothing_left()
        found = [each async for each in all_of(Follower(scene.there.stream, SITE, 0))]
        own = [unpack(each.data) for each in found if each.kind == Kind.BATCH]
        assert {int(p) for each in own for p in each.point} == set(range(10, 15))
        letters = [each async for each in all_of(Letters(scene.there.stream))]
        letter = unpack_letter(letters[0].data)
        assert "15 条外县" in letter.reason
        assert set(unpack(letter.data).point.tolist()) == set(range(15, 20))  # kept

    play(tmp_path, act)


@pytest.mark.parametrize("fails", ["keep", "second part"])
def test_a_city_deals_sites_anew_and_still_stores_once(
    tmp_path: Path, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sites 1 and 5 lie in one part of the node's and in two of the city's, neither of that name;
    what was stored of a stretch that was not finished is not stored again."""
    monkeypatch.setattr(landing, "partition_of", lambda site: {1: 2, 5: 3}[site])
    failed = list[object]()

    async def act(scene: Scene) -> None:
        keep, marked = scene.register.keep, Publisher.marked

        def no_keep(node: str, place: Place, at: Position) -> None:
            if at.last and fails == "keep" and len(failed) < 2:
                failed.append(at)
                raise OSError("the database is away")
            keep(node, place, at)

        async def no_second(self: Publisher, part: int, *rest: Any) -> int:
            if part == 3 and fails != "keep" and len(failed) < 2:
                failed.append(part)
                raise NotStored("the disk is full")
            return await marked(self, part, *rest)

        scene.register.keep = no_keep  # type: ignore[method-assign]
        monkeypatch.setattr(Publisher, "marked", no_second)
        for number in range(20):
            await scene.store(range(number, number + 1), site=1)
            await scene.store(range(number, number + 1), site=5)
        await scene.link.open()
        async with forwarding_on(scene):
            await scene.store(range(20, 25), site=5)
            await scene.nothing_left()
        assert await scene.arrived(part=2) == list(range(20))
        assert await scene.arrived(part=3) == list(range(25))

    play(tmp_path, act)
    assert len(failed) == 2


def test_dead_letters_come_as_readings_do_and_are_believed_no_further(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        own = Entry("hj212", "M1", 4, SITE, 10, "", {})
        scene.register.told_now = Told(1, "00" * 32, (own,))
        far = 2**60
        letters = [
            DeadLetter(5, "hj212", "10.0.0.1", 4, "认不出", b"##"),
            DeadLetter(far, "hj212", "10.0.0.2", 5, "认不出", b"##"),  # another county's device
            DeadLetter(5, "jt808", "10.0.0.3", 4, "认不出", b"~"),  # nor that of this protocol
        ]
        for each in letters:
            await Publisher(scene.here.stream).bury(each)
        for rubbish in (b"[]", b"{", b'{"device": 4, "protocol": "no.such"}'):
            await scene.here.stream.publish(
                "dead.hj212", rubbish, headers={KIND: Kind.LETTER.value}
            )
        await scene.link.open()
        async with forwarding_on(scene):

            async def none() -> bool:
                return (await scene.here.stream.stream_info(DEAD)).state.messages == 0

            await scene.until(none)
        kept = [each async for each in all_of(Letters(scene.there.stream))]
        found = [unpack_letter(each.data) for each in kept]
        assert [each.device for each in found] == [4, None, None, None, None, None]
        assert [each.protocol for each in found] == ["hj212", "hj212", "jt808", *["edge"] * 3]
        assert found[0].source == f"{NODE} 10.0.0.1"
        assert found[1].received < far
        assert [each.data for each in found[3:5]] == [b"[]", b"{"]

    play(tmp_path, act)


def test_what_is_no_batch_does_not_stand_in_the_way(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        await scene.link.open()
        async with forwarding_on(scene):
            await scene.store(range(1))
            await scene.nothing_left()
        where = next(each for each in scene.register.kept if each.part == SITE)
        at = scene.register.kept[where].last
        said = await scene.here.client.request(
            f"edge.{NODE}.store", b"ANB1rubbish", timeout=5,
            headers=Stretch(where, at, at + 1).headers(),
        )  # fmt: skip
        assert Standing.of(answered(said.data)) == Standing(at + 1)
        letters = [each async for each in all_of(Letters(scene.there.stream))]
        assert unpack_letter(letters[0].data).data == b"ANB1rubbish"

    play(tmp_path, act)


@pytest.mark.parametrize("reply", ["readings.1", "$JS.API.STREAM.DELETE.READINGS", "_EDGE.other.x"])
def test_no_answer_goes_where_a_node_should_not_write(tmp_path: Path, reply: str) -> None:
    async def act(scene: Scene) -> None:
        await scene.link.open()
        async with forwarding_on(scene):
            await scene.store(range(1))
            await scene.nothing_left()
        heard = list[str]()

        async def hear(message: Any) -> None:
            heard.append(message.subject)

        await scene.there.client.subscribe(reply, cb=hear)
        await scene.there.client.flush()
        before = (await scene.there.stream.stream_info(STREAM)).state
        headers = {"Anlan-Kind": "tick", PART: "1", BIRTH: "2026"}
        body = b'{"waiting": 0, "revision": 1}'
        for ask in Ask:
            await scene.here.client.publish(f"edge.{NODE}.{ask}", body, reply, headers)
        await asyncio.sleep(1)
        after = (await scene.there.stream.stream_info(STREAM)).state
        assert (after.messages, after.last_seq) == (before.messages, before.last_seq)
        assert heard == []

    play(tmp_path, act)


def test_a_retired_node_is_told_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        await scene.link.open()
        async with forwarding_on(scene):
            await scene.store(range(3))
            await scene.nothing_left()
            scene.register.retired = True
            await scene.store(range(3, 6))
            await asyncio.sleep(1)
            assert await scene.left() == 3
            scene.register.retired = False
            await scene.nothing_left()
        assert await scene.arrived() == list(range(6))

    play(tmp_path, act)


def test_a_node_hears_and_reaches_nothing_else(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        await scene.link.open()
        async with forwarding_on(scene):
            await scene.store(range(1))
            await scene.nothing_left()  # the link stands
        heard: list[str] = []

        async def hear(message: object) -> None:
            heard.append(getattr(message, "subject", ""))

        await scene.here.client.subscribe("readings.*", cb=hear)
        await scene.here.client.flush()
        await asyncio.sleep(0.3)
        await Publisher(scene.there.stream).store(SITE, readings(7))
        before = (await scene.there.stream.stream_info(STREAM)).state.last_seq
        await scene.here.client.publish("edge.another.store", b"")
        await scene.here.client.publish("live.1", b"")
        await scene.store(range(1, 2), site=2)  # onto its own stream, not the city's
        await asyncio.sleep(0.5)
        assert (await scene.there.stream.stream_info(STREAM)).state.last_seq == before
        assert heard == ["readings.2"]

    play(tmp_path, act)
