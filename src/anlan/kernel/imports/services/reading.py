"""Reading a file and judging its rows, portion by portion."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.errors import Refused
from anlan.kernel.imports import flow, registry
from anlan.kernel.imports.choices import BatchState
from anlan.kernel.imports.models import ImportBatch
from anlan.kernel.imports.registry import WHOLE_ROW, Context, Importer, Judged, RawRow
from anlan.kernel.imports.services.uploading import tell
from anlan.kernel.imports.sheets.bounded import Stream, reading
from anlan.kernel.imports.sheets.errors import NotReadable
from anlan.kernel.imports.sheets.headings import Wanted
from anlan.kernel.imports.sheets.table import Data
from anlan.kernel.write import Write

log = logging.getLogger("anlan.imports")

PORTION = 1_000  # rows
PORTION_CHARACTERS = 5_000_000  # of cells: a thousand long rows would be too much at once
NO_ROWS = "表头下面没有数据行。请填写数据后重新上传。"
GONE = "上传的文件不在存储中。请重新上传；若再次出现，请联系系统管理员检查数据目录。"
_COPY = """
COPY imports_importrow (batch_id, number, cells, "values", faults, good, same) FROM STDIN
"""


@dataclass(frozen=True)
class _Kept:
    """A row ready to be stored."""

    data: Data
    judged: Judged
    faults: dict[str, str]
    same: str


class _Overtaken(Exception):
    """Another job reads the same batch, or it was dropped: this one has nothing more to do."""


def batch_read(*, batch: int) -> None:
    """Read the file of an uploaded batch to its end; a file that cannot be read fails with its
    reason. Safe to repeat and to interrupt: what is kept is not read in again."""
    row = ImportBatch.objects.select_related("by", "organisation", "deputy").get(pk=batch)
    if row.state != BatchState.UPLOADED:
        return
    try:
        _read(row)
    except _Overtaken:
        log.info("batch %s is read by another job, or was dropped", batch)
    except NotReadable as error:
        _fail(row, str(error))
    except Refused as refusal:  # by the importer: what it imports into is gone
        _fail(row, refusal.message)


def _read(row: ImportBatch) -> None:
    importer, context = registry.find(row.importer), row.bringer()
    if not row.path.exists():
        raise NotReadable(GONE)
    version = importer.version(context)[:80]
    wanted = [Wanted(c.key, c.label, c.required) for c in importer.columns(context)]
    with reading(row.path, wanted) as stream:
        read_to = _begin(row, stream, version)
        for portion in portions(each for each in stream.rows if each.number > read_to):
            read_to = _store(row, read_to, portion, judge(importer, context, portion))
        _finish(row, read_to, stream)


def portions(rows: Iterable[Data]) -> Iterator[list[Data]]:
    """At most ``PORTION`` rows, and fewer where they are long."""
    portion: list[Data] = []
    weight = 0
    for row in rows:
        portion.append(row)
        weight += sum(len(each) for each in row.cells.values() if isinstance(each, str))
        if len(portion) == PORTION or weight > PORTION_CHARACTERS:
            yield portion
            portion, weight = [], 0
    if portion:
        yield portion


def judge(importer: Importer, context: Context, rows: list[Data]) -> list[Judged]:
    """What the importer says of the rows; ValueError if it does not answer for each."""
    judged = importer.judge(context, [RawRow(each.number, each.cells) for each in rows])
    if len(judged) != len(rows):
        raise ValueError(f"{importer.key} judged {len(judged)} of {len(rows)} rows")
    return judged


def _begin(row: ImportBatch, stream: Stream, version: str) -> int:
    """Where to go on: after the last row kept, or from the top if the rules changed meanwhile."""
    with Write(system(), "imports.batch.read") as write:
        batch = _locked(write, row)
        if batch.read_to and batch.version == version:
            return batch.read_to
        batch.rows.all().delete()
        write.change(
            batch,
            sheet=stream.sheet[:100],
            heading_row=stream.heading_row,
            keys=stream.keys,
            version=version,
            moved_at=timezone.now(),
            **_NOTHING,
        )
        return 0


def _store(row: ImportBatch, read_to: int, portion: list[Data], judged: list[Judged]) -> int:
    """Keep a portion and how far the reading is, together; the number of its last row."""
    with Write(system(), "imports.batch.read") as write:
        batch = _locked(write, row, read_to)
        kept = [_kept(data, said) for data, said in zip(portion, judged, strict=True)]
        _mark_repeated(batch, kept)
        _copy(batch, kept)
        good = sum(not each.faults for each in kept)
        write.change(
            batch,
            read_to=portion[-1].number,
            good=batch.good + good,
            faulty=batch.faulty + len(kept) - good,
            moved_at=timezone.now(),
        )
    return portion[-1].number


def _finish(row: ImportBatch, read_to: int, stream: Stream) -> None:
    if not read_to:
        raise NotReadable(NO_ROWS)
    with Write(system(), "imports.batch.read") as write:
        batch = _locked(write, row, read_to)
        fields = {"notes": stream.notes, "moved_at": timezone.now()}
        flow.BATCH.move(write, batch, "read", fields=fields)
        tell(write, batch)


def _fail(row: ImportBatch, error: str) -> None:
    """Rows that were read before it failed go: half a file is not to be taken."""
    with Write(system(), "imports.batch.fail") as write:
        batch = write.lock(ImportBatch.objects.all(), row.pk)
        if batch.state != BatchState.UPLOADED:
            return  # dropped, or read by another job, meanwhile
        batch.rows.all().delete()
        flow.BATCH.move(write, batch, "fail", fields={"error": error, **_NOTHING})
        tell(write, batch)


_NOTHING = {"read_to": 0, "good": 0, "faulty": 0}


def _locked(write: Write, row: ImportBatch, read_to: int | None = None) -> ImportBatch:
    batch = write.lock(ImportBatch.objects.all(), row.pk)
    if batch.state != BatchState.UPLOADED or read_to not in (None, batch.read_to):
        raise _Overtaken
    return batch


def _kept(data: Data, judged: Judged) -> _Kept:
    """What could not be read goes before what was judged of it."""
    same = hashlib.sha256(judged.same.encode()).hexdigest()[:32] if judged.same else ""
    return _Kept(data, judged, {**judged.faults, **data.wrong}, same)


def _mark_repeated(batch: ImportBatch, kept: list[_Kept]) -> None:
    """The second of two rows that are the same thing is at fault, the first is not."""
    keys = [each.same for each in kept if each.same]
    known = batch.rows.filter(same__in=keys).order_by("-number").values_list("same", "number")
    first = dict(known)
    for each in kept:
        number = first.setdefault(each.same, each.data.number) if each.same else each.data.number
        if number != each.data.number:
            said = f"与第 {number} 行重复，请删去其中一行。"
            each.faults[WHOLE_ROW] = each.faults.get(WHOLE_ROW, "") + said


def _copy(batch: ImportBatch, kept: list[_Kept]) -> None:
    """COPY stores a portion several times faster than INSERT does."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for each in kept:
            copy.write_row(
                (
                    batch.pk,
                    each.data.number,
                    _json(each.data.cells),
                    _json(each.judged.values),
                    _json(each.faults),
                    not each.faults,
                    each.same,
                )
            )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
