"""Past days put in order: each day of a part as one file, point by point, old days thinned.

A day is read, sorted, thinned and written as one commit that takes away exactly the files that were
read. Who dies before it has changed nothing; files that nobody refers to are cleared away later.
Where somebody has appended to the day meanwhile the commit is refused, and the day is read again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError

from anlan.monitoring.history.policy import Policy
from anlan.monitoring.history.table import COLUMNS, ORDERED, SCHEMA, History
from anlan.monitoring.history.thinning import Rows, Spans, kept

log = logging.getLogger("anlan.monitoring")
MOST_ROWS = 2_000_000  # sorted at once; a point with more in a day is taken alone
TRIES = 5  # of one day in one night, while others append to it
ONE_FILE = 2**40  # bytes: whatever a day holds goes into one file, by which it is known as ordered


@dataclass(frozen=True, slots=True)
class Task:
    """A day of a part that is to be put in order; ``seconds`` as in :class:`Policy`."""

    part: int
    day: int  # since 1970
    seconds: int

    @property
    def name(self) -> str:
        """Of the table's own note of what was done, kept in the same commit as the files."""
        return f"ordered.{self.part}.{self.day}"

    @property
    def date(self) -> date:
        return date.fromordinal(date(1970, 1, 1).toordinal() + self.day)


@dataclass(frozen=True, slots=True)
class Done:
    """How many readings a day held before and after."""

    before: int
    after: int


Whole = Callable[[Task], Spans]
"""Which stretches of a day are not thinned."""


class Upkeep:
    """Looks after one table by one policy."""

    def __init__(self, history: History, policy: Policy) -> None:
        self._history = history
        self._policy = policy

    def due(self, today: int) -> list[Task]:
        """Days before ``today`` that are not in order: oldest first, for they free most room.

        In order is a day of one file, whose note says that it is thinned as far as its age asks;
        late readings make it two files.
        """
        table = self._history.table()
        found = pa.table(table.get_add_actions(flatten=True))
        pairs = zip(found["partition.part"].to_pylist(), found["partition.day"], strict=True)
        files = Counter((part, day.cast(pa.int32()).as_py()) for part, day in pairs)
        tasks = (
            Task(part, day, self._policy.seconds(today - day))
            for part, day in sorted(files, key=lambda each: (each[1], each[0]))
            if day < today
        )
        return [each for each in tasks if files[each.part, each.day] > 1 or _lacks(table, each)]

    def order(self, task: Task, whole: Whole) -> Done | None:
        """Put a day in order; None where others appended to it again and again."""
        for _ in range(TRIES):
            try:
                return self._order(task, whole)
            except CommitFailedError as error:
                log.info("%s of part %s was appended to: %s", task.date, task.part, error)
        return None

    def clear(self) -> int:
        """Remove files that nobody needs any more, and what the log says of them; how many."""
        table = self._history.table()
        removed = table.vacuum(
            self._policy.keep_files_hours, dry_run=False,
            # the policy's own hours hold, and files of writers that died are cleared away too
            enforce_retention_duration=False, full=True,
        )  # fmt: skip
        table.create_checkpoint()
        table.cleanup_metadata()
        return len(removed)

    def _order(self, task: Task, whole: Whole) -> Done:
        table = self._history.table()  # as it is now: what comes later makes the commit fail
        done = table.transaction_version(task.name)
        task = replace(task, seconds=max(task.seconds, done or 0))  # thinned never grows whole
        rewriting = _Rewriting(table, task, whole(task) if task.seconds else Spans.none())
        with ThreadPoolExecutor(1) as reader:
            write_deltalake(
                table, rewriting.stream(reader), mode="overwrite",
                predicate=f"part = {task.part} AND day = '{task.date}'",
                target_file_size=ONE_FILE, writer_properties=ORDERED,
                commit_properties=CommitProperties(
                    app_transactions=[Transaction(task.name, task.seconds)]
                ),
            )  # fmt: skip
        return Done(rewriting.before, rewriting.after)


def _lacks(table: DeltaTable, task: Task) -> bool:
    done = table.transaction_version(task.name)
    return done is None or done < task.seconds


class _Rewriting:
    """The readings of a day, some points at a time, so that memory does not grow with the city."""

    def __init__(self, table: DeltaTable, task: Task, whole: Spans) -> None:
        self._dataset = table.to_pyarrow_dataset()
        self._chosen = (ds.field("part") == task.part) & (
            ds.field("day") == pa.scalar(task.day, pa.int32()).cast(pa.date32())
        )
        self._task = task
        self._whole = whole
        self.before = self.after = 0

    def stream(self, reader: ThreadPoolExecutor) -> pa.RecordBatchReader:
        """A batch for each group of points, made in the thread of ``reader``: the writer asks for
        them from within its own runtime, where the table cannot be read. It may write the batches
        in another order, so no point may be divided between two."""

        def batches() -> Iterator[pa.RecordBatch]:
            for first, last in reader.submit(self._groups).result():
                found = reader.submit(self._part, first, last).result()
                yield from found.combine_chunks().to_batches()

        return pa.RecordBatchReader.from_batches(SCHEMA, batches())

    def _groups(self) -> list[tuple[int, int]]:
        """First and last point of what is sorted at once."""
        counts = Counter[int]()
        for batch in self._dataset.scanner(["point"], filter=self._chosen).to_batches():
            points, numbers = np.unique(batch.column("point").to_numpy(), return_counts=True)
            counts.update(dict(zip(points.tolist(), numbers.tolist(), strict=True)))
        self.before = counts.total()
        groups: list[tuple[int, int]] = []
        room = 0
        for point in sorted(counts):
            if counts[point] > room:
                groups.append((point, point))
                room = MOST_ROWS
            groups[-1] = (groups[-1][0], point)
            room -= counts[point]
        return groups

    def _part(self, first: int, last: int) -> pa.Table:
        points = (ds.field("point") >= first) & (ds.field("point") <= last)
        found = self._dataset.to_table(COLUMNS, filter=self._chosen & points)
        found = found.sort_by([("point", "ascending"), ("time", "ascending")])
        if self._task.seconds:
            found = found.filter(
                pa.array(kept(_rows(found), self._task.seconds * 1000, self._whole))
            )
        self.after += found.num_rows
        part = pa.repeat(pa.scalar(self._task.part, pa.int32()), found.num_rows)
        day = pa.repeat(pa.scalar(self._task.day, pa.int32()), found.num_rows).cast(pa.date32())
        columns = [part, day, *(found.column(each) for each in COLUMNS)]
        return pa.Table.from_arrays(columns, schema=SCHEMA)


def _rows(found: pa.Table) -> Rows:
    return Rows(
        found["point"].to_numpy().astype(np.int64),
        found["time"].to_numpy().astype("datetime64[ms]").astype(np.int64),
        found["value"].to_numpy().astype(np.float64),
        found["quality"].to_numpy(),
    )
