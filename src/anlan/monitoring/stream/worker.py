"""The engine at work on one part of the stream.

What it does depends on the messages alone: rules are read anew when a message says so, time passes
when a message says so. The ledger takes transitions together with the number of the last message
they come from. Whoever goes on after a crash takes the state that was written down last and
evaluates the messages after it once more: the same transitions come out, and the ledger, which
knows an event by rule, point and beginning, takes none twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from typing import ParamSpec, Protocol, TypeVar

from anlan.monitoring.engine import Engine, Event, Key, Plan, State, Transition
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.protocols.batch import unpack
from anlan.monitoring.stream.following import Follower
from anlan.monitoring.stream.names import Kind
from anlan.monitoring.stream.publishing import Publisher
from anlan.monitoring.stream.seldom import Seldom

log = logging.getLogger("anlan.monitoring")
TICK_SECONDS = 1.0
KEEP_SECONDS = 10.0  # how much of the stream is evaluated anew after a crash
RETRY_SECONDS = 1.0
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Kept:
    """What the ledger has of a part: the rules now in force, and the state that was written down
    last (it names its message; None where nobody has worked yet)."""

    plan: Plan
    revision: int
    state: bytes | None


class Ledger(Protocol):
    """Where transitions become alarms. Calls block; raises ``Overtaken`` where another worker has
    taken the part over, ``NotRecorded`` where nothing can be read or written now."""

    def kept(self, partition: int) -> Kept:
        """Take the part over, and what is needed to go on."""
        ...

    def plan(self, partition: int) -> tuple[Plan, int]:
        """The rules now in force for points of the part, with their revision."""
        ...

    def revision(self) -> int:
        """Of the rules now in force; cheap."""
        ...

    def record(
        self,
        partition: int,
        last: int,
        transitions: Sequence[Transition],
        dropped: Sequence[Key],
        state: bytes | None,
        revision: int,
    ) -> None:
        """All in one transaction; ``state`` None leaves the older state as it is."""
        ...

    def going(self, partition: int) -> Set[Event]:
        """What stands as going on at the part's points."""
        ...

    def settle(self, partition: int, events: Set[Event]) -> None:
        """They go on no more."""
        ...


class Overtaken(Exception):
    """Another worker has this part now."""


class NotRecorded(Exception):
    """The ledger does not answer or cannot write (its disk is full): later it may."""


class Worker:
    """Follows one part until it is stopped or overtaken."""

    def __init__(
        self, partition: int, ledger: Ledger, follower: Follower, publisher: Publisher
    ) -> None:
        self.partition = partition
        self.readings = 0
        self._ledger = ledger
        self._follower = follower
        self._publisher = publisher
        self._engine: Engine | None = None
        self._revision = 0
        self._kept_at = 0.0
        self._kept = 0
        self._caught_up_at: int | None = None  # this message; None: it has been done
        self._stop = asyncio.Event()
        self._saying = Seldom()

    @property
    def engine(self) -> Engine | None:
        """As it stands between two messages; None before the part was taken over."""
        return self._engine

    @property
    def kept(self) -> int:
        """The last message that the state counts that was written down."""
        return self._kept

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``; returns early where another worker has taken over."""
        self._stop = stop
        try:
            engine = await self._begin()
            clock = asyncio.create_task(self._clock())
            try:
                while not stop.is_set():
                    if clock.done():
                        clock.result()  # raises: without ticks no silence would ever be seen
                    await self.step()
                await self._write(engine, [], [], keep=True)
            finally:
                clock.cancel()
        except Overtaken:
            log.warning("part %s of the stream has another worker now", self.partition)
        except NotRecorded as error:  # told to stop: who goes on evaluates the same once more
            log.warning("part %s: the last state was not written down: %s", self.partition, error)

    async def step(self) -> None:
        """Take what is there, evaluate it, write down what it changes."""
        engine = self._engine or await self._begin()
        messages = await self._follower.some()
        transitions: list[Transition] = []
        dropped: list[Key] = []
        for kind, run in groupby(messages, key=lambda each: each.kind):
            if kind == Kind.RULES:
                dropped += await self._change_rules(engine)
            else:
                transitions += self._take(engine, kind, [each.data for each in run])
        due = time.monotonic() - self._kept_at >= KEEP_SECONDS
        if transitions or dropped or (messages and due):
            await self._write(engine, transitions, dropped, keep=due or bool(dropped))
        if self._caught_up_at is not None and self._follower.last >= self._caught_up_at:
            await self._reconcile(engine)

    async def _reconcile(self, engine: Engine) -> None:
        """All that there was when we began is judged once more, and has told the ledger nothing
        new; unless a power cut took messages of which the ledger knows."""
        going = await self._told(self._ledger.going, self.partition)
        if unknown := engine.reconcile(going):
            log.warning("part %s: %s events have lost their readings", self.partition, len(unknown))
            await self._told(self._ledger.settle, self.partition, unknown)
        self._caught_up_at = None

    def _take(self, engine: Engine, kind: Kind, run: Sequence[bytes]) -> list[Transition]:
        """Neighbours of one kind."""
        if kind == Kind.TICK:
            return [step for each in run for step in engine.tick(int(each))]
        batches = [unpack(each) for each in run]
        self.readings += sum(map(len, batches))
        return engine.evaluate_all(batches)

    async def _begin(self) -> Engine:
        kept = await self._told(self._ledger.kept, self.partition)
        self._follower.go_on_after(0)
        self._revision = kept.revision
        self._kept_at = time.monotonic() - KEEP_SECONDS  # the first state soon: a sign of life
        state = State.fresh(kept.plan, 0)
        dropped: list[Key] = []
        if kept.state is not None:
            state, mark, dropped = State.restored(kept.state, kept.plan)
            self._follower.go_on_after(*mark)
            self._kept = mark[0]
        self._engine = Engine(kept.plan, state)
        self._caught_up_at = await self._follower.newest()
        if dropped:  # rules changed while nobody worked
            await self._write(self._engine, [], dropped, keep=True)
        return self._engine

    async def _change_rules(self, engine: Engine) -> list[Key]:
        plan, self._revision = await self._told(self._ledger.plan, self.partition)
        return engine.replan(plan)

    async def _write(
        self, engine: Engine, transitions: list[Transition], dropped: list[Key], *, keep: bool
    ) -> None:
        after = self._follower.after
        state = engine.state.saved(engine.plan, after) if keep else None
        await self._told(
            self._ledger.record,
            self.partition, after.number, transitions, dropped, state, self._revision,
        )  # fmt: skip
        if keep:
            self._kept_at, self._kept = time.monotonic(), after.number

    async def _told(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Tell or ask the ledger, again and again while it can do neither; nothing is taken from
        the stream meanwhile. Told to stop, it is asked once more and no further."""
        while True:
            try:
                found = await asyncio.to_thread(call, *args, **kwargs)
                self._saying.again()
                return found
            except NotRecorded as error:
                if self._stop.is_set():
                    raise
                if self._saying.due():
                    log.error(
                    "第 %s 分区的报警写不进数据库，读数留在消息服务里，恢复后自动补判。"
                    "请检查数据库，磁盘满时请清理：%s",
                    self.partition, error,
                )  # fmt: skip
            await asyncio.sleep(RETRY_SECONDS)

    async def _clock(self) -> None:
        """Tell the part what time it is, and when rules have changed."""
        told = self._revision
        while True:
            try:
                await self._publisher.tick(self.partition, time.time_ns() // 1_000_000)
                revision = await asyncio.to_thread(self._ledger.revision)
                if revision != told:
                    await self._publisher.rules(self.partition, revision)
                    told = revision
            except NotStored:
                log.warning("part %s: the stream takes no tick", self.partition)
            except NotRecorded:
                pass  # what has to be recorded says so, and the next second asks again
            await asyncio.sleep(TICK_SECONDS)
