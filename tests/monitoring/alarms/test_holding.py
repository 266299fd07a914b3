"""Several monitors: each part has one at a time, and another soon after its death."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import psycopg
import pytest

from anlan.kernel.events.hub import connect
from anlan.monitoring.running import holding
from anlan.monitoring.running.holding import Holder
from tests.kernel.access.conftest import _log_guards as _log_guards
from tests.kernel.access.conftest import committed_db as committed_db

pytestmark = pytest.mark.usefixtures("committed_db")
PARTS = range(4)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(holding, "OTHERS_SECONDS", 0.5)


def test_three_share_the_parts_and_take_those_of_one_that_dies() -> None:
    async def work() -> None:
        stop = asyncio.Event()
        async with AsyncExitStack() as open_:
            lines = [await open_.enter_async_context(await connect()) for _ in range(3)]
            holders = [Holder(line, 2) for line in lines]
            asked = [
                [asyncio.create_task(holder.hold(part, stop)) for part in PARTS]
                for holder in holders
            ]

            def held() -> list[int]:
                return [sum(each.done() for each in tasks) for tasks in asked]

            async with asyncio.timeout(10):
                while sum(held()) < len(PARTS):
                    await asyncio.sleep(0.02)
            assert max(held()) <= 2
            await asyncio.sleep(1)
            assert sum(held()) == len(PARTS)  # nobody has what another has

            dying = max(range(3), key=lambda number: held()[number])
            for each in asked[dying]:
                each.cancel()
            await lines[dying].close()
            others = [tasks for number, tasks in enumerate(asked) if number != dying]
            async with asyncio.timeout(10):
                while sum(task.done() for tasks in others for task in tasks) < len(PARTS):
                    await asyncio.sleep(0.02)
            stop.set()
            for tasks in others:
                assert all(isinstance(each, bool) for each in await asyncio.gather(*tasks))

    asyncio.run(work())


def test_who_loses_the_database_loses_all_parts_and_says_so() -> None:
    async def work() -> None:
        async with await connect() as one, await connect() as two:
            holder, stop = Holder(one, 4), asyncio.Event()
            assert await holder.hold(1, stop)
            watching = asyncio.create_task(holder.watch(stop))
            pid = one.info.backend_pid
            await two.execute("SELECT pg_terminate_backend(%s)", [pid])
            with pytest.raises(psycopg.OperationalError):
                await asyncio.wait_for(watching, 10)
            assert await Holder(two, 4).hold(1, stop)

    asyncio.run(work())


def test_whoever_is_told_to_stop_waits_no_more() -> None:
    async def work() -> None:
        async with await connect() as one, await connect() as two:
            stop = asyncio.Event()
            assert await Holder(one, 4).hold(2, stop)
            waiting = asyncio.create_task(Holder(two, 4).hold(2, stop))
            await asyncio.sleep(0.2)
            stop.set()
            assert await waiting is False

    asyncio.run(work())


@pytest.mark.parametrize(("monitors", "most"), [("1", 4), ("2", 2), ("3", 2), ("4", 1), ("9", 1)])
def test_a_share(monkeypatch: pytest.MonkeyPatch, monitors: str, most: int) -> None:
    monkeypatch.setenv("ANLAN_MONITORS", monitors)
    assert holding.share(4) == most
