"""The table: its columns, how it is written small, and what of the stream it already holds.

Readings of a part of the stream are appended together with the number of the last message that
they come from, in one commit of the table's own log (an application transaction of Delta Lake). So
a writer that dies leaves either both or neither, and the next one goes on after that number.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import (
    ColumnProperties,
    CommitProperties,
    DeltaTable,
    Transaction,
    WriterProperties,
    write_deltalake,
)  # fmt: skip
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from anlan.monitoring.history.sound import mend, settle
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.stream.bookmarks import Bookmark

DAY = 24 * 3600 * 1000
CITY_OFFSET = 8 * 3600 * 1000  # days are the city's
PARTS = ["part", "day"]
COLUMNS = ["point", "time", "value", "quality"]
TIME = pa.timestamp("us", "UTC")
SCHEMA = pa.schema(
    [
        pa.field("part", pa.int32(), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("point", pa.int32(), nullable=False),
        pa.field("time", TIME, nullable=False),
        pa.field("value", pa.float64()),
        pa.field("quality", pa.int8(), nullable=False),
    ]
)


def _written(rows: int) -> WriterProperties:
    """Sorted by point and time, neighbours differ little: differences cost a bit or two. Values of
    a sensor are few: a dictionary names each once. ``rows``: what is read at once at least."""
    return WriterProperties(
        compression="ZSTD",
        compression_level=6,
        max_row_group_size=rows,
        column_properties={
            "point": ColumnProperties(dictionary_enabled=False, encoding="DELTA_BINARY_PACKED"),
            "time": ColumnProperties(dictionary_enabled=False, encoding="DELTA_BINARY_PACKED"),
            "value": ColumnProperties(dictionary_enabled=True),
            "quality": ColumnProperties(dictionary_enabled=True),
        },
    )


SMALL = _written(1_000_000)
# a past day, sorted as a whole: a point's day lies in one or two groups, and only those are read
ORDERED = _written(65_536)
LOG_KEPT = "interval 2 days"  # of the table's own log: each part adds a line each half minute


@dataclass(frozen=True)
class History:
    """One table in a folder (or, by ``s3://…``, in an object store)."""

    where: str

    @classmethod
    def at(cls, folder: Path) -> History:
        """In a folder of this machine."""
        return cls(str(folder))

    def table(self) -> DeltaTable:
        """As it is now; made where there is none. Each part's writer begins by asking, so several
        make it at once: one does, the others' commit is refused and they open what it made."""
        try:
            return DeltaTable(self.where)
        except TableNotFoundError:
            with suppress(CommitFailedError):
                DeltaTable.create(
                    self.where, SCHEMA, mode="ignore", partition_by=PARTS,
                    configuration={
                        "delta.enableChangeDataFeed": "false",
                        "delta.logRetentionDuration": LOG_KEPT,
                    },
                )  # fmt: skip
            return DeltaTable(self.where)

    def last(self, part: int) -> int:
        """The number of the last message of a part of the stream that the table holds."""
        return self.after(part).number

    def after(self, part: int) -> Bookmark:
        """The last message of a part of the stream that the table holds."""
        table = self.table()
        number, at = (table.transaction_version(name) or 0 for name in _names(part))
        return Bookmark(number, at)

    def append(self, part: int, batch: Batch, last: int, at: int = 0) -> None:
        """The readings and their last message (``Bookmark``), both or neither; on the disk."""
        marks = [Transaction(*each) for each in zip(_names(part), (last, at), strict=True)]
        table = self.table()
        before = table.version()
        write_deltalake(
            table, rows(part, batch), mode="append", writer_properties=SMALL,
            commit_properties=CommitProperties(app_transactions=marks, max_commit_retries=20),
        )  # fmt: skip
        settle(self.where, before, table.version())

    def mend(self) -> None:
        """Before anything is written: what a power cut left half written is set aside."""
        mend(self.where)

    def add(self, part: int, batch: Batch) -> None:
        """Readings that came by no stream."""
        write_deltalake(
            self.table(), rows(part, batch), mode="append", writer_properties=SMALL,
            commit_properties=CommitProperties(max_commit_retries=20),
        )  # fmt: skip

    def compact(self, since: int = 0) -> dict[str, int]:
        """Many small files of a day become few, of days from ``since`` on (a number since 1970);
        readers see the old ones until it is done. Says how many files went and came."""
        first = date.fromordinal(date(1970, 1, 1).toordinal() + since).isoformat()
        done = self.table().optimize.compact([("day", ">=", first)], writer_properties=SMALL)
        return {"removed": int(done["numFilesRemoved"]), "added": int(done["numFilesAdded"])}

    def read(self, points: Sequence[int], begin: int, end: int) -> pa.Table:
        """Readings of these points from ``begin`` to before ``end`` (ms), by point and time."""
        if not DeltaTable.is_deltatable(self.where):
            return SCHEMA.empty_table().select(COLUMNS)
        first, last = ((each + CITY_OFFSET) // DAY for each in (begin, end - 1))
        moments = [pa.scalar(each * 1000, TIME) for each in (begin, end)]
        chosen = (
            (ds.field("day") >= pa.scalar(first, pa.int32()).cast(pa.date32()))
            & (ds.field("day") <= pa.scalar(last, pa.int32()).cast(pa.date32()))
            & ds.field("point").isin(points)
            & (ds.field("time") >= moments[0])
            & (ds.field("time") < moments[1])
        )
        found = self.table().to_pyarrow_dataset().to_table(COLUMNS, filter=chosen)
        return found.sort_by([("point", "ascending"), ("time", "ascending")])


def rows(part: int, batch: Batch) -> pa.Table:
    """A batch as rows of the table, sorted by point and time."""
    order = np.lexsort((batch.time, batch.point))
    sorted_ = batch.take(order)
    day = ((sorted_.time + CITY_OFFSET) // DAY).astype(np.int32)
    value = pa.array(sorted_.value, mask=np.isnan(sorted_.value))
    return pa.Table.from_arrays(
        [
            pa.array(np.full(len(batch), part, np.int32)),
            pa.array(day).cast(pa.date32()),
            pa.array(sorted_.point.astype(np.int32)),
            pa.array(sorted_.time * 1000).cast(TIME),
            value,
            pa.array(sorted_.quality.astype(np.int8)),
        ],
        schema=SCHEMA,
    )


def _names(part: int) -> tuple[str, str]:
    """Under which the table keeps the two halves of a bookmark."""
    return f"readings.{part}", f"readings.{part}.at"
