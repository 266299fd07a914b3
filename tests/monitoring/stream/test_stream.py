"""The stream with a real broker: what is confirmed is there, whoever is killed."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nats
import numpy as np
import pytest
from nats.errors import Error as NatsError

from anlan.monitoring.engine import Engine, State, Step
from anlan.monitoring.gateways.contracts import DeadLetter, NotStored
from anlan.monitoring.protocols.batch import SPAN, Batch, unpack
from anlan.monitoring.stream.broker import Broker, await_answer
from anlan.monitoring.stream.connection import Connection, connected
from anlan.monitoring.stream.doors import NoBroker
from anlan.monitoring.stream.following import Follower, Message, all_of
from anlan.monitoring.stream.letters import newest
from anlan.monitoring.stream.names import DEAD, STREAM, Kind
from anlan.monitoring.stream.publishing import Publisher
from anlan.monitoring.stream.worker import Worker
from tests.monitoring.stream.sqlite_ledger import SqliteLedger
from tests.monitoring.stream.work import POINTS, rules

OnStream = Callable[..., Any]


def batch(second: int, seed: int = 0) -> Batch:
    """One reading of each point."""
    chance = np.random.default_rng(seed * 100_000 + second)
    values = chance.integers(0, 10, POINTS) / 8
    return Batch.of(
        np.arange(POINTS), np.full(POINTS, second * 1000), values, np.zeros(POINTS, int)
    )


async def _messages(connection: Connection, after: int = 0) -> list[Message]:
    return [each async for each in all_of(Follower(connection.stream, 0, after))]


def test_what_is_published_is_followed_in_order_from_any_place(on_stream: OnStream) -> None:
    async def work(connection: Connection) -> None:
        publisher = Publisher(connection.stream)
        await publisher.tick(0, 5)
        for second in range(150):
            await publisher.store(0, batch(second))
        await publisher.store(1, batch(999))  # another part
        await publisher.rules(0, 7)
        found = await _messages(connection)

        assert [each.kind for each in found] == [Kind.TICK, *[Kind.BATCH] * 150, Kind.RULES]
        assert (found[0].data, found[-1].data) == (b"5", b"7")
        assert [unpack(each.data) for each in found[1:-1]] == [batch(s) for s in range(150)]
        rest = await _messages(connection, found[99].number)
        assert [each.number for each in rest] == [each.number for each in found[100:]]

    on_stream(work)


def test_a_stream_that_was_made_anew_is_followed_from_its_beginning(on_stream: OnStream) -> None:
    async def work(connection: Connection) -> None:
        await Publisher(connection.stream).store(0, batch(1))
        found = await _messages(connection, after=10**9)
        assert [unpack(each.data) for each in found] == [batch(1)]

    on_stream(work)


def test_dead_letters_are_kept_as_they_came(on_stream: OnStream) -> None:
    letters = [
        DeadLetter(5, "hj212", "10.0.0.1:5", None, "校验不对", bytes(range(256))),
        DeadLetter(6, "gb26875", "10.0.0.2:5", 7, "不认识的部件", b""),
    ]

    async def work(connection: Connection) -> None:
        await connection.stream.purge_stream(DEAD)
        publisher = Publisher(connection.stream)
        for letter in letters:
            await publisher.bury(letter)
        count, found = await newest(connection.stream, 10)
        assert (count, [each for _, each in found]) == (2, letters[::-1])
        assert len((await newest(connection.stream, 1))[1]) == 1

    on_stream(work)


def test_a_full_stream_refuses_and_keeps_what_it_has(broker: Broker) -> None:
    async def work() -> None:
        async with connected(broker.url) as connection:
            await connection.stream.delete_stream(STREAM)
        async with connected(broker.url, most_bytes=20_000) as connection:
            publisher, stored = Publisher(connection.stream), 0
            try:
                while stored < 1000:
                    await publisher.store(0, batch(stored))
                    stored += 1
            except NotStored:
                pass
            found = await _messages(connection)
            assert [unpack(each.data) for each in found] == [batch(s) for s in range(stored)]
            assert 0 < stored < 100
            await connection.stream.delete_stream(STREAM)

    asyncio.run(work())


def test_a_killed_broker_has_what_it_confirmed(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    process = subprocess.Popen(broker.command())
    await_answer(broker, process)

    async def work() -> list[int]:
        nonlocal process
        confirmed = []
        async with connected(broker.url) as connection:
            publisher = Publisher(connection.stream)
            for second in range(300):
                if second in (100, 200):
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    process = subprocess.Popen(broker.command())
                    await asyncio.to_thread(await_answer, broker, process)
                try:
                    await publisher.store(0, batch(second))
                    confirmed.append(second)
                except NotStored:
                    continue
            found = await _messages(connection)
        seen = [int(unpack(each.data).time[0]) // 1000 for each in found]
        assert [each for each in seen if each in set(confirmed)] == confirmed
        return confirmed

    try:
        assert len(asyncio.run(work())) > 250
    finally:
        process.kill()
        process.wait()


def test_nobody_without_the_token(broker: Broker) -> None:
    async def work() -> None:
        await nats.connect(f"nats://wrong@127.0.0.1:{broker.port}", allow_reconnect=False)

    # whoever is unknown is asked about at the gateways; where none runs, nobody is let in
    with pytest.raises((NatsError, TimeoutError)):
        asyncio.run(work())
    assert oct((broker.folder / "token").stat().st_mode)[-3:] == "600"


def test_a_broker_that_cannot_start_says_why(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    command = broker.command()
    (tmp_path / "nats" / "nats.conf").write_text("listen: nonsense:\n")
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    with pytest.raises(NoBroker, match="消息服务没有启动"):
        await_answer(broker, process)
    process.wait()


def expected(messages: list[Message]) -> list[tuple[int, int, int, int, int | None]]:
    """What one worker that never dies makes of the stream."""
    engine = Engine(rules(), State.fresh(rules(), 0))
    events: dict[tuple[int, int, int], list[int | None]] = {}
    for message in messages:
        if message.kind == Kind.TICK:
            steps = engine.tick(int(message.data))
        else:
            steps = engine.evaluate(unpack(message.data))
        for step in steps:
            name = (step.key.rule, step.key.point, step.begin)
            if step.step == Step.RAISED:
                events[name] = [step.time, None]
            elif step.step == Step.CLEARED:
                events[name][1] = step.time
    return sorted((*name, raised, cleared) for name, (raised, cleared) in events.items())


def test_workers_are_killed_and_each_event_is_told_once(
    broker: Broker, on_stream: OnStream, tmp_path: Path
) -> None:
    """kill -9 five times under load: no event lost, none doubled, none with another moment."""
    path = tmp_path / "ledger"
    ledger = SqliteLedger(path, rules())
    command = [sys.executable, "-m", "tests.monitoring.stream.work", broker.url, str(path)]

    async def work(connection: Connection) -> list[Message]:
        publisher = Publisher(connection.stream)
        process = subprocess.Popen(command)
        for second in range(400):
            await publisher.store(0, batch(second, seed=1))
            await asyncio.sleep(0.01)
            if second % 70 == 60:
                seen = len(ledger.events())
                while len(ledger.events()) == seen:  # it has worked before it dies
                    await publisher.store(0, batch(second, seed=1))
                    await asyncio.sleep(0.05)
                process.send_signal(signal.SIGKILL)
                process.wait()
                process = subprocess.Popen(command)
        last = (await connection.stream.stream_info(STREAM)).state.last_seq
        while ledger.last(0) < last:
            await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        process.wait()
        return await _messages(connection)

    messages = on_stream(work)

    assert process_ticks(messages) > 0
    counted = [each for each in messages if each.number <= ledger.last(0)]
    assert ledger.events() == expected(counted)
    assert len(ledger.events()) > 500


def test_a_worker_whose_clock_stops_ends(on_stream: OnStream, tmp_path: Path) -> None:
    """Without ticks no silence would be seen: it must fall over, to be started again."""

    class Broken(SqliteLedger):
        def revision(self) -> int:
            raise OSError("the database is gone")

    async def work(connection: Connection) -> None:
        ledger = Broken(tmp_path / "ledger", rules())
        follower, publisher = Follower(connection.stream, 0, 0), Publisher(connection.stream)
        with pytest.raises(OSError, match="the database is gone"):
            await Worker(0, ledger, follower, publisher).run(asyncio.Event())

    on_stream(work)


def process_ticks(messages: list[Message]) -> int:
    return sum(each.kind == Kind.TICK for each in messages)


def test_what_the_client_dropped_is_asked_for_again(on_stream: OnStream) -> None:
    async def work(connection: Connection) -> None:
        publisher = Publisher(connection.stream)
        follower = Follower(connection.stream, 0, 0)
        found = []
        for second in range(30):
            await publisher.store(0, batch(second))
            if second == 10:
                found = await follower.some()
        assert found
        assert follower._asked is not None
        lost = await follower._asked.fetch(3, timeout=1)  # as if the client had had no room
        assert len(lost) == 3
        while more := await follower.some() or await follower.some():
            found += more
        assert [unpack(each.data) for each in found] == [batch(s) for s in range(30)]

    on_stream(work)


def test_readings_of_many_devices_go_as_few_messages_each_confirmed(on_stream: OnStream) -> None:
    async def work(connection: Connection) -> None:
        publisher = Publisher(connection.stream)
        single = [batch(1).take(slice(point, point + 1)) for point in range(POINTS)]
        await asyncio.gather(*(publisher.store(0, each) for each in single))
        found = await _messages(connection)
        assert 1 <= len(found) < 5
        assert Batch.joined([unpack(each.data) for each in found]) == batch(1)

        later = Batch.of([0], [SPAN + 5000], [0.0], [0])  # a device whose clock is months ahead
        await asyncio.gather(*(publisher.store(0, each) for each in [*single, later, *single]))
        found = await _messages(connection, found[-1].number)
        assert Batch.joined([unpack(each.data) for each in found]) == Batch.joined(
            [batch(1), later, batch(1)]
        )

    on_stream(work)


def test_nobody_is_told_stored_when_the_broker_is_gone(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        async with connected(broker.url) as connection:
            publisher = Publisher(connection.stream)
            monkeypatch.setattr(connection.stream, "publish", _refused)
            told = await asyncio.gather(
                *(publisher.store(0, batch(second)) for second in range(3)),
                return_exceptions=True,
            )
            assert [type(each) for each in told] == [NotStored] * 3
            monkeypatch.undo()
            await publisher.store(0, batch(3))  # and it goes on afterwards

    asyncio.run(work())


async def _refused(*_: object, **__: object) -> None:
    raise NatsError
