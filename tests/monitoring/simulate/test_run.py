"""The whole city at once, against all gateways."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from anlan.monitoring.gateways.http import accept
from anlan.monitoring.simulate.city import Unreadable
from anlan.monitoring.simulate.run import Running, Target
from anlan.monitoring.simulate.world import World
from tests.monitoring.gateways.given import MemorySink, Register, run, serving, until
from tests.monitoring.simulate.given import city
from tests.monitoring.simulate.test_senders import GATEWAYS, register, web


def test_a_city_speaks_all_its_protocols_and_all_of_it_is_acknowledged(tmp_path: Path):
    async def scene() -> None:
        sink, ports, devices = MemorySink(), {}, Register()
        async with AsyncExitStack() as stack:
            for protocol, opener in GATEWAYS.items():
                server = serving(opener, sink, register(protocol))
                _, ports[protocol] = await stack.enter_async_context(server)
            devices |= register("http")
            mine = devices["http", "mine-1"]

            async def answer(body: bytes) -> tuple[int, dict[str, object]]:
                kind = "application/octet-stream"
                found = await accept(body, kind, mine, sink, time.time(), None)
                return found.status, dict(found.body)

            url, _ = await stack.enter_async_context(web(answer))
            made = replace(city(), ports=ports)
            world = World(made, [], seed=1, start=time.time())
            target = Target("127.0.0.1", url, tmp_path)
            running = Running(made, world, target, rate=40 * made.rate)
            stop = asyncio.Event()
            task = asyncio.create_task(running.run(stop))
            spoken = running.tallies.values()
            await until(lambda: task.done() or all(tally.sent for tally in spoken))
            stop.set()
            await task
        answered = {name: tally for name, tally in running.tallies.items() if name != "coal"}
        assert all(tally.acknowledged == tally.sent > 0 for tally in answered.values())
        assert len(sink.rows()) >= sum(tally.sent for tally in answered.values())
        assert list(tmp_path.glob("*/*CDSS*"))

    run(scene())


@pytest.mark.parametrize(
    ("ports", "target", "told"),
    [
        ({}, Target("h", "http://h", Path()), "没有它的端口"),
        ({"gb26875": 1, "jt808": 2, "hj212": 3}, Target("h", "http://h", None), "--folder"),
        ({"gb26875": 1, "jt808": 2, "hj212": 3}, Target("h", "ftp://h", Path()), "--web"),
        ({"gb26875": 1, "jt808": 2, "hj212": 3}, Target("h", "http://h:x", Path()), "端口不对"),
    ],
)
def test_a_city_without_a_way_is_told_before_it_speaks(ports, target, told):
    made = replace(city(), ports=ports)
    with pytest.raises(Unreadable, match=told):
        Running(made, World(made, [], seed=1, start=0), target, rate=None)
