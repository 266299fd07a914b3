"""The worker's ledger in PostgreSQL: transitions become alarms, state and position beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import TypeVar
from uuid import uuid4

from django.db import InterfaceError, OperationalError, transaction

from anlan.kernel.errors import Refused
from anlan.kernel.visits import release
from anlan.monitoring.engine import Event, Key, Plan, Transition
from anlan.monitoring.rules import compiling
from anlan.monitoring.services import alarms, engines
from anlan.monitoring.stream.worker import Kept, NotRecorded, Overtaken

T = TypeVar("T")


class DjangoLedger:
    """One for a process: its parts carry its name, and who takes them later shuts it out."""

    def __init__(self) -> None:
        self.holder = uuid4()
        self._counted: dict[int, int] = {}  # the last message of the state that was written down

    def kept(self, partition: int) -> Kept:
        """Take the part over."""

        def take() -> Kept:
            row = engines.take(partition=partition, holder=self.holder)
            revision = compiling.revision()  # read first: the plan may be newer, never older
            state = bytes(row.state) if row.state else None
            self._counted[partition] = row.last
            return Kept(compiling.compiled(compiling.of_part(partition)), revision, state)

        return _visit(take)

    def plan(self, partition: int) -> tuple[Plan, int]:
        """The rules now in force, with their revision."""

        def read() -> tuple[Plan, int]:
            revision = compiling.revision()
            return compiling.compiled(compiling.of_part(partition)), revision

        return _visit(read)

    def revision(self) -> int:
        """Of the rules now in force."""
        return _visit(compiling.revision)

    def going(self, partition: int) -> Set[Event]:
        """What stands as going on at the part's points."""
        return _visit(lambda: alarms.going(compiling.of_part(partition)))

    def settle(self, partition: int, events: Set[Event]) -> None:
        """End them; Overtaken where the part is another's."""
        self._write(lambda: alarms.settle(partition=partition, holder=self.holder, events=events))

    def record(
        self,
        partition: int,
        last: int,
        transitions: Sequence[Transition],
        dropped: Sequence[Key],
        state: bytes | None,
        revision: int,
    ) -> None:
        """Alarms, position and state in one transaction; Overtaken where the part is another's.

        The position moves with the state alone: who goes on must see again what came after it.
        """
        counted = self._counted[partition] if state is None else last

        @transaction.atomic  # refused together: an overtaken worker ends no alarm either
        def write() -> None:
            if dropped:
                alarms.drop(dropped)
            alarms.record(
                partition=partition, holder=self.holder, last=counted, transitions=transitions,
                state=state, revision=revision,
            )  # fmt: skip

        self._write(write)
        self._counted[partition] = counted

    def _write(self, work: Callable[[], object]) -> None:
        try:
            _visit(work)
        except Refused as refused:
            raise Overtaken(str(refused)) from refused


def _visit(work: Callable[[], T]) -> T:
    """In a thread that keeps no connection afterwards. A database that is away, starts, or has no
    room on its disk is NotRecorded."""
    try:
        return work()
    except (OperationalError, InterfaceError) as error:
        raise NotRecorded(str(error).strip().split("\n")[0]) from error
    finally:
        release()
