"""Data loggers of pollution sources."""

from __future__ import annotations

import math
import time
from datetime import datetime

import pytest

from anlan.monitoring.gateways.hj212 import Hj212
from anlan.monitoring.protocols.hj212 import Message, Splitter, parse, write
from anlan.monitoring.protocols.hj212.readings import CHINA
from tests.monitoring.gateways.given import (
    Client,
    MemorySink,
    Register,
    known,
    refuses,
    run,
    serving,
    until,
)

MN, OTHER, PW = "MN0000000000000000000001", "MN0000000000000000000002", "123456"
POINTS = {"a34004-Rtd": 1, "a34004-Avg": 2, "a01001-Rtd": 3}
# When the tests were collected: this gateway trusts the clock of a device for a year.
STAMP = f"{datetime.now(CHINA):%Y%m%d%H%M%S}"
QN = f"{STAMP}001"


def register() -> Register:
    return Register(
        {
            ("hj212", MN): known(1, POINTS, site=5, secret=PW),
            ("hj212", OTHER): known(2, {"a34004-Rtd": 9}, site=6, secret="654321"),
        }
    )


def message(*groups: dict[str, str], **more) -> Message:
    content = ({"DataTime": STAMP}, *groups)
    values = {"cn": "2011", "mn": MN, "st": "39", "pw": PW, "qn": QN, "flag": 5}
    return Message(**values | {"groups": tuple(tuple(g.items()) for g in content)} | more)


async def answered(client: Client) -> Message:
    return parse(await client.read())


async def sent(given: Message, sink: MemorySink) -> Message:
    async with serving(Hj212, sink, register()) as (_, port):
        client = await Client.connect(port)
        client.write(write(given))
        answer = await answered(client)
        client.close()
    return answer


@pytest.mark.parametrize(
    ("flag", "quality"),
    [("N", 0), ("F", 0), ("M", 4), ("C", 4), ("S", 5), ("D", 2), ("T", 1), ("B", 3), ("?", 0)],
)
def test_flags_become_qualities(flag: str, quality: int):
    async def scene() -> None:
        sink = MemorySink()
        given = message({"a34004-Rtd": "0.083", "a34004-Flag": flag}, {"a01001-Rtd": "-7"})
        answer = await sent(given, sink)
        assert (answer.cn, answer.qn) == ("9014", QN)
        assert sink.rows() == [(5, 1, 0.083, quality), (5, 3, -7, 0)]
        assert sink.letters == []

    run(scene())


def test_a_value_that_is_none_is_a_fault_of_the_sensor():
    async def scene() -> None:
        sink = MemorySink()
        await sent(message({"a34004-Rtd": "---", "a34004-Flag": "N"}), sink)
        [(_, point, value, quality)] = sink.rows()
        assert (point, quality) == (1, 2)
        assert math.isnan(value)

    run(scene())


@pytest.mark.parametrize(
    ("given", "rows", "word"),
    [
        (message({"a34004-Rtd": "1"}, {"w01018-Avg": "2"}), [(5, 1, 1, 0)], "w01018-Avg"),
        (message({"a34004-Min": "1", "a34004-Rtd": "2"}), [(5, 1, 2, 0)], ""),
        (message(groups=((("a34004-Rtd", "1"),),)), [], "DataTime"),
        (message(cn="2081", groups=((("RestartTime", STAMP),),)), [], "2081"),
    ],
)
def test_what_has_no_point_is_kept_and_answered(given: Message, rows: list, word: str):
    async def scene() -> None:
        sink = MemorySink()
        assert (await sent(given, sink)).cn == "9014"
        assert sink.rows() == rows
        assert len(sink.letters) == bool(word)
        for letter in sink.letters:
            assert word in letter.reason
            assert parse(letter.data) == given

    run(scene())


def test_several_packets_are_kept_whole():
    async def scene() -> None:
        sink = MemorySink()
        async with serving(Hj212, sink, register()) as (_, port):
            client = await Client.connect(port)
            client.write(write(message({"a34004-Rtd": "1"}, flag=7, pnum=2, pno=1)))
            client.write(write(message({"b1-Rtd": "2"}, flag=7, pnum=2, pno=2)))
            assert (await answered(client)).cn == "9014"
            client.close()
        assert sink.rows() == [(5, 1, 1, 0)]
        assert b"a34004-Rtd" in sink.letters[0].data
        assert b"b1-Rtd" in sink.letters[0].data

    run(scene())


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (message({"a34004-Rtd": "1"}, pw="000000"), "PW"),
        (message({"a34004-Rtd": "1"}, mn=OTHER), "PW"),  # another's MN with its own password
        (message({"a34004-Rtd": "1"}, mn="MN3"), "没有登记"),
    ],
)
def test_who_does_not_prove_who_he_is_gets_no_answer_and_is_cut_off(given: Message, word: str):
    async def scene() -> None:
        sink = MemorySink()
        async with serving(Hj212, sink, register()) as (_, port):
            client = await Client.connect(port)
            client.write(write(given))
            assert await client.closed() == b""
        assert sink.stored == []
        assert word in sink.letters[0].reason

    run(scene())


def test_a_stranger_beside_a_known_device_does_not_cost_it_its_line():
    async def scene() -> None:
        sink = MemorySink()
        async with serving(Hj212, sink, register()) as (_, port):
            client = await Client.connect(port)
            client.write(write(message({"a34004-Rtd": "1"})))
            assert (await answered(client)).cn == "9014"
            client.write(write(message({"a34004-Rtd": "1"}, mn="MN3")))
            client.write(write(message({"a34004-Rtd": "2"}, qn=f"{STAMP}002")))
            assert (await answered(client)).qn == f"{STAMP}002"
            client.close()
        assert sink.rows() == [(5, 1, 1, 0), (5, 1, 2, 0)]

    run(scene())


def test_silence_where_it_was_not_stored_and_taken_when_it_comes_again():
    async def scene() -> None:
        sink = MemorySink(refuses)
        async with serving(Hj212, sink, register()) as (server, port):
            client = await Client.connect(port)
            client.write(write(message({"a34004-Rtd": "1"})))
            await until(lambda: server.gateway.counters.refused == 1)
            sink.before = None
            client.write(write(message({"a34004-Rtd": "1"})))
            assert (await answered(client)).cn == "9014"
            client.write(write(message({"a34004-Rtd": "1"})))
            assert (await answered(client)).cn == "9014"  # answered again, not stored again
            client.close()
        assert sink.rows() == [(5, 1, 1, 0)]

    run(scene())


def test_who_asks_for_the_time_is_set_once_with_its_own_password():
    async def scene() -> None:
        async with serving(Hj212, MemorySink(), register()) as (_, port):
            client = await Client.connect(port)
            wish = message(cn="1013", groups=())
            client.write(write(wish) + write(wish))
            splitter, came = Splitter(), []
            while len(came) < 3:
                came += [parse(piece.data) for piece in splitter.feed(await client.read())]
            client.close()
        assert sorted(each.cn for each in came) == ["1012", "9013", "9013"]
        [order] = [each for each in came if each.cn == "1012"]
        assert (order.mn, order.pw) == (MN, PW)
        asked = datetime.strptime(order.value("SystemTime"), "%Y%m%d%H%M%S").replace(tzinfo=CHINA)
        assert abs(asked.timestamp() - time.time()) < 5

    run(scene())
