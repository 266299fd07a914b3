"""A ledger in a file, for workers that are killed: one transaction, an event only once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence, Set
from pathlib import Path

from anlan.monitoring.engine import Event, Key, Plan, State, Step, Transition
from anlan.monitoring.stream.worker import Kept

TABLES = """
create table if not exists state (part integer primary key, last integer, data blob);
create table if not exists event (
    rule integer, point integer, begin integer, raised integer, cleared integer, times integer,
    primary key (rule, point, begin)
);
"""


class SqliteLedger:
    """``times`` counts how often an event was offered: at least once, and more after a crash."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path, self._plan = path, plan
        with self._open() as db:
            db.executescript(TABLES)

    def kept(self, partition: int) -> Kept:
        with self._open() as db:
            row = db.execute("select data from state where part = ?", [partition]).fetchone()
        return Kept(self._plan, 1, row[0] if row else None)

    def last(self, partition: int) -> int:
        """The number of the last message that the state counts."""
        state = self.kept(partition).state
        return State.restored(state, self._plan)[1][0] if state else 0

    def plan(self, partition: int) -> tuple[Plan, int]:
        return self._plan, 1

    def revision(self) -> int:
        return 1

    def record(
        self,
        partition: int,
        last: int,
        transitions: Sequence[Transition],
        dropped: Sequence[Key],
        state: bytes | None,
        revision: int,
    ) -> None:
        with self._open() as db:
            for each in transitions:
                name = (each.key.rule, each.key.point, each.begin)
                if each.step == Step.RAISED:
                    db.execute(
                        "insert into event values (?, ?, ?, ?, null, 1) on conflict"
                        " do update set times = times + 1",
                        [*name, each.time],
                    )
                elif each.step == Step.CLEARED:
                    db.execute(
                        "update event set cleared = ? where rule = ? and point = ? and begin = ?",
                        [each.time, *name],
                    )
            if state is not None:
                db.execute(
                    "insert or replace into state values (?, ?, ?)", [partition, last, state]
                )

    def going(self, partition: int) -> Set[Event]:
        keys = {(key.rule, key.point): key for key in self._plan.keys}
        with self._open() as db:
            rows = db.execute("select rule, point, begin from event where cleared is null")
            return {(keys[rule, point], begin) for rule, point, begin in rows}

    def settle(self, partition: int, events: Set[Event]) -> None:
        with self._open() as db:
            db.executemany(
                "update event set cleared = begin where rule = ? and point = ? and begin = ?",
                [(key.rule, key.point, begin) for key, begin in events],
            )

    def events(self) -> list[tuple[int, int, int, int, int | None]]:
        with self._open() as db:
            return list(
                db.execute("select rule, point, begin, raised, cleared from event order by 1, 2, 3")
            )

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30)
