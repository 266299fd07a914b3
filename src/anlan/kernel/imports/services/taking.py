"""Consent, and taking the good rows into the ledger: each exactly once."""

from __future__ import annotations

from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import Actor, system
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.imports import flow, registry
from anlan.kernel.imports.choices import BatchState
from anlan.kernel.imports.models import ImportBatch, ImportRow
from anlan.kernel.imports.registry import WHOLE_ROW, Context, Importer
from anlan.kernel.imports.services.reading import PORTION, judge
from anlan.kernel.imports.services.uploading import set_going, tell
from anlan.kernel.imports.sheets.table import Data
from anlan.kernel.write import Write

CLASH = "与台账中已有的记录冲突（可能刚由他人录入），没有接收。请核对后改正再上传。"
CHANGED = "页面显示的行数与现在不同，没有接收。请刷新后看过结果再接收。"
_BECAME = """
UPDATE imports_importrow AS r SET became = v.became
FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, became) WHERE r.id = v.id
"""


def batch_consent(*, actor: Actor, batch: int, good: int) -> ImportBatch:
    """Consent to take the ``good`` rows that the page showed; a job does it.

    WrongState: consented already, dropped, or not as many rows as shown. If the rules by which
    the rows were judged have changed, they are judged again instead: the batch that comes back is
    then not ``taking`` but ``uploaded``.
    """
    with Write(actor, "imports.batch.consent") as write:
        row = write.lock(ImportBatch.objects.visible_to(actor), batch)
        flow.BATCH.check(row, "take", actor)
        if row.good != good:
            raise WrongState(CHANGED)
        now = timezone.now()
        if _version(registry.find(row.importer), row.bringer()) != row.version:
            fields = {"read_to": 0, "good": 0, "faulty": 0, "moved_at": now}
            row.rows.all().delete()
            flow.BATCH.move(write, row, "judge_again", fields=fields)
        else:
            fields = {"consented_by": actor.person, "consented_as": actor.deputy}
            flow.BATCH.move(
                write, row, "take", fields={**fields, "consented_at": now, "moved_at": now}
            )
        tell(write, row)
        set_going(row)
    return row


def batch_take(*, batch: int) -> None:
    """Take what was consented to, portion by portion, to the end.

    Safe to repeat and to interrupt: a portion and its place commit together.
    """
    while _take_portion(batch):
        pass
    _finish(batch)


def _take_portion(pk: int) -> bool:
    """One portion; False when there is nothing more to take.

    In the name of who consented. The batch is locked: a second job waits, and then finds the
    place moved on.
    """
    row = ImportBatch.objects.select_related("consented_by", "consented_as", "organisation")
    seen = row.get(pk=pk)
    if seen.state != BatchState.TAKING:
        return False
    importer, context = registry.find(seen.importer), seen.taker()
    with Write(context.actor, "imports.batch.take") as write:
        batch = write.lock(ImportBatch.objects.all(), pk)
        if batch.state != BatchState.TAKING:
            return False
        rows = list(_next_rows(batch, importer, context))
        if not rows:
            return False
        made = _take(write, context, importer, batch, rows)
        write.change(
            batch,
            place=rows[-1].number,
            taken=batch.taken + made,
            refused=batch.refused + len(rows) - made,
            moved_at=timezone.now(),
        )
    return True


def _next_rows(batch: ImportBatch, importer: Importer, context: Context) -> QuerySet[ImportRow]:
    """The next portion; what was read is asked for only where it must be judged again."""
    rows = batch.rows.filter(good=True, number__gt=batch.place)
    judged = _version(importer, context) == batch.version
    return (rows.defer("cells") if judged else rows)[:PORTION]


def _finish(pk: int) -> None:
    """By the system itself: the grant of who consented may have ended meanwhile."""
    with Write(system(), "imports.batch.finish") as write:
        batch = write.lock(ImportBatch.objects.all(), pk)
        if batch.state != BatchState.TAKING:
            return  # another job was faster
        now = timezone.now()
        flow.BATCH.move(write, batch, "finish", fields={"ended_at": now, "moved_at": now})
        tell(write, batch)


def _take(
    write: Write, context: Context, importer: Importer, batch: ImportBatch, rows: list[ImportRow]
) -> int:
    """How many rows entered the ledger; the others are marked with what refused them."""
    rows = _judged_again(context, importer, batch, rows)
    if not rows:
        return 0
    try:
        made = _made(write, context, importer, rows)
    except (Refused, IntegrityError, DataError) as error:
        if len(rows) == 1:
            _refuse(rows[0], {WHOLE_ROW: _words(error)})
            return 0
        return sum(_take(write, context, importer, batch, [each]) for each in rows)
    with connection.cursor() as cursor:
        cursor.execute(_BECAME, [[each.pk for each in rows], made])
    return len(rows)


def _made(write: Write, context: Context, importer: Importer, rows: list[ImportRow]) -> list[int]:
    with transaction.atomic():
        made = importer.take(write, context, rows)
        if len(made) != len(rows):
            raise ValueError(f"{importer.key} took {len(made)} of {len(rows)} rows")
        _check_constraints()
        return made


def _check_constraints() -> None:
    """Constraints that wait for the commit are judged here, where a row can still be refused."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _judged_again(
    context: Context, importer: Importer, batch: ImportBatch, rows: list[ImportRow]
) -> list[ImportRow]:
    """The rows that are still good, where the rules changed after the consent."""
    if _version(importer, context) == batch.version:
        return rows
    raw = [Data(each.number, each.cells, {}) for each in rows]
    still = []
    for row, judged in zip(rows, judge(importer, context, raw), strict=True):
        if judged.faults:
            _refuse(row, judged.faults)
        else:
            row.values = judged.values
            still.append(row)
    return still


def _refuse(row: ImportRow, faults: dict[str, str]) -> None:
    row.good, row.faults = False, faults
    row.save(update_fields=["good", "faults"])


def _version(importer: Importer, context: Context) -> str:
    return importer.version(context)[:80]


def _words(error: Refused | DatabaseError) -> str:
    return error.message if isinstance(error, Refused) else CLASH
