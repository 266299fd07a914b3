"""Each sender against the gateways' own servers: acknowledged, refused, sent again."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.gateways.gb26875 import Gb26875 as Gb26875Gateway
from anlan.monitoring.gateways.hj212 import Hj212 as Hj212Gateway
from anlan.monitoring.gateways.http import accept
from anlan.monitoring.gateways.jt808 import Jt808 as Jt808Gateway
from anlan.monitoring.protocols.coal import parse as parse_file
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.senders.coal import CoalSender
from anlan.monitoring.simulate.senders.gb26875 import Gb26875
from anlan.monitoring.simulate.senders.hj212 import Hj212
from anlan.monitoring.simulate.senders.http import HttpSender, Web
from anlan.monitoring.simulate.senders.jt808 import Jt808
from anlan.monitoring.simulate.senders.line import LineSender
from anlan.monitoring.simulate.world import Said, World
from tests.monitoring.gateways.given import MemorySink, Register, known, run, serving, until
from tests.monitoring.simulate.given import city, only

SPEAKERS = {"gb26875": Gb26875, "jt808": Jt808, "hj212": Hj212}
GATEWAYS = {
    "gb26875": Gb26875Gateway,
    "jt808": lambda directory, source: Jt808Gateway(directory, source, b"secret"),
    "hj212": Hj212Gateway,
}


def said(protocol: str, moments: int = 2) -> Said:
    """As now; the last seconds of ``moments``."""
    now = int(time.time())
    world = World(city(), [], seed=1, start=now)
    return world.said(only(protocol), np.arange(now - moments + 1, now + 1) * 1000)


def register(protocol: str, secret: str = "s3") -> Register:
    device = only(protocol)
    points = {point.channel: number for number, point in enumerate(device.points, 1)}
    return Register({(protocol, device.address): known(1, points, secret=secret)})


def line(protocol: str, port: int, tally: Tally) -> LineSender:
    speaker = SPEAKERS[protocol](only(protocol), tally, timeout=0.05)
    return LineSender(speaker, "127.0.0.1", port, tally, tick=0.02, pause=0.05)


def stored_values(sink: MemorySink) -> set[tuple[int, float]]:
    return {(point, round(value, 6)) for _, point, value, _ in sink.rows()}


@pytest.mark.parametrize("protocol", sorted(SPEAKERS))
def test_all_that_is_said_is_stored_and_acknowledged(protocol):
    async def scene() -> None:
        sink, tally, words = MemorySink(), Tally(), said(protocol)
        async with serving(GATEWAYS[protocol], sink, register(protocol)) as (_, port):
            sender = line(protocol, port, tally)
            sender.say(words, time.time())  # before the line stands: it must not be lost
            sender.start()
            await until(lambda: tally.acknowledged == len(words))
            await sender.stop(1)
        assert (tally.sent, tally.waiting, tally.lost) == (len(words), 0, 0)
        expected = zip((words.point + 1).tolist(), words.value.round(6).tolist(), strict=True)
        assert set(expected) <= stored_values(sink)

    run(scene())


@pytest.mark.parametrize("protocol", sorted(SPEAKERS))
def test_what_was_not_stored_is_sent_again_until_it_is(protocol):
    async def scene() -> None:
        failures = iter([True, True])

        async def twice() -> None:
            if next(failures, False):
                raise NotStored

        sink, tally, words = MemorySink(twice), Tally(), said(protocol, 1)
        async with serving(GATEWAYS[protocol], sink, register(protocol)) as (_, port):
            sender = line(protocol, port, tally)
            sender.start()
            sender.say(words, time.time())
            await until(lambda: tally.acknowledged == len(words))
            await sender.stop(1)
        assert tally.resent >= 1

    run(scene())


@pytest.mark.parametrize("protocol", sorted(SPEAKERS))
def test_a_line_that_breaks_is_opened_again_and_loses_nothing(protocol):
    async def scene() -> None:
        sink, tally, words = MemorySink(), Tally(), said(protocol, 1)
        cut = 0

        async def cuts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal cut
            await reader.read(10)
            cut += 1
            writer.close()

        bad = await asyncio.start_server(cuts, "127.0.0.1", 0)
        port = bad.sockets[0].getsockname()[1]
        sender = line(protocol, port, tally)
        sender.start()
        sender.say(words, time.time())
        await until(lambda: cut > 0)
        bad.close()
        async with serving(GATEWAYS[protocol], sink, register(protocol)) as (_, other):
            sender._port = other
            await until(lambda: tally.acknowledged == len(words))
            await sender.stop(1)
        assert tally.waiting == 0

    run(scene())


def test_a_refused_terminal_is_told_in_the_table():
    async def scene() -> None:
        tally = Tally()
        async with serving(GATEWAYS["jt808"], MemorySink(), register("jt808", "x")) as (_, port):
            sender = line("jt808", port, tally)
            sender.start()
            await until(lambda: tally.denied > 0)
            await sender.stop(0)
        assert any("注册或鉴权被拒" in reason for reason in tally.reasons)

    run(scene())


Answer = Callable[[bytes], "asyncio.Future[tuple[int, dict[str, object]]]"]


@asynccontextmanager
async def web(answer) -> AsyncIterator[tuple[str, list[str]]]:
    """A web server that gives ``answer(body, type)``: status and JSON, or None to break off."""
    heads: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            heads.append(head.decode())
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            found = await answer(await reader.readexactly(length))
            if found is None:
                break
            status, told = found
            body = json.dumps(told).encode()
            writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            writer.write(body)
        writer.close()

    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(quietly, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heads
    server.close()


async def posted(answer, words: Said) -> tuple[Tally, list[str]]:
    tally = Tally()
    async with web(answer) as (url, heads):
        pool = Web(url)
        sender = HttpSender(only("http"), pool, tally, pause=0.01)
        sender.start()
        sender.say(words, time.time())
        await until(lambda: tally.waiting == 0)
        await sender.stop(1)
        pool.close()
    return tally, heads


def test_a_batch_over_http_is_stored_but_for_channels_that_are_not_the_device_s():
    async def scene() -> None:
        sink, words = MemorySink(), said("http")
        device = known(1, {"1": 11, "2": 12})

        async def answer(body: bytes) -> tuple[int, dict[str, object]]:
            found = await accept(
                body, "application/vnd.anlan.anb1", device, sink, time.time(), None
            )
            return found.status, dict(found.body)

        tally, heads = await posted(answer, words)
        assert (tally.sent, tally.acknowledged, tally.refused) == (10, 4, 6)
        assert len(sink.rows()) == 4
        assert "POST /gateway/readings/ " in heads[0]
        assert "Authorization: Device mine-1:s3" in heads[0]

    run(scene())


def test_a_body_is_sent_again_after_a_lost_answer_and_after_503():
    async def scene() -> None:
        bodies: list[bytes] = []
        answers = iter([None, (503, {}), (200, {"stored": 10, "refused_readings": 0})])

        async def answer(body: bytes):
            bodies.append(body)
            return next(answers)

        tally, _ = await posted(answer, said("http"))
        assert len(bodies) == 3
        assert len(set(bodies)) == 1
        assert (tally.acknowledged, tally.resent, tally.denied) == (10, 2, 1)

    run(scene())


def test_a_refused_body_is_not_sent_again():
    async def scene() -> None:
        async def answer(body: bytes) -> tuple[int, dict[str, object]]:
            return 401, {"error": "设备号或密钥不对"}

        tally, heads = await posted(answer, said("http"))
        assert (tally.acknowledged, tally.refused, len(heads)) == (0, 10, 1)
        assert tally.reasons["401 设备号或密钥不对"] == 1

    run(scene())


def test_a_mine_writes_its_points_once_and_whole_files_of_values(tmp_path: Path):
    tally = Tally()
    sender = CoalSender(only("coal"), tmp_path, tally)
    sender.start()
    words = said("coal")
    sender.say(words, time.time())
    sender.say(words, time.time())
    files = sorted((tmp_path / "140000000001").iterdir())
    assert [file.name.split("_")[1] for file in files] == ["CDDY", "CDSS", "CDSS"]
    found = parse_file(files[1].read_bytes(), "CDSS")
    assert [record.number("value") for record in found.records] == words.value.tolist()
    assert parse_file(files[0].read_bytes(), "CDDY").records[0].number("high_cut") == 1.0
    assert tally.sent == 4


def test_a_full_or_missing_folder_is_told_and_ends_nothing(tmp_path: Path):
    tally = Tally()
    CoalSender(only("coal"), tmp_path / "none", tally).say(said("coal"), time.time())
    assert (tally.sent, tally.lost) == (0, 2)
    assert "文件写不进" in next(iter(tally.reasons))


def test_ctrl_c_does_not_wait_for_a_platform_that_never_answers():
    async def scene() -> None:
        asked = asyncio.Event()

        async def answer(body: bytes):
            asked.set()
            await asyncio.sleep(60)

        tally = Tally()
        async with web(answer) as (url, _):
            pool = Web(url)
            sender = HttpSender(only("http"), pool, tally)
            sender.start()
            sender.say(said("http"), time.time())
            await asked.wait()
            await sender.stop(0.05)
            pool.close()
            await asyncio.to_thread(pool._threads.shutdown)
        assert tally.waiting == 10

    begin = time.monotonic()
    run(scene())
    assert time.monotonic() - begin < 10
