"""Taking a file in, and letting go of one that was not taken."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from django.conf import settings
from django.db import connection
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, Unknown, WrongState
from anlan.kernel.evidence.storing import Stored, Upload, store
from anlan.kernel.imports import flow, registry
from anlan.kernel.imports.choices import BatchState
from anlan.kernel.imports.models import ImportBatch
from anlan.kernel.imports.registry import Context, Importer
from anlan.kernel.imports.sheets import guard
from anlan.kernel.imports.sheets.errors import NotReadable
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write

MOST_BYTES = 50 * 1024 * 1024
# What the store may find: the form itself was judged before, and tells more exactly what is wrong.
_KEPT = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel（.xlsx）",
    "application/zip": "Excel（.xlsx）",
    "text/plain": "文本（.csv）",
}


class SeekableUpload(Upload, Protocol):
    """An upload whose beginning can be looked at; Django's are."""

    @property
    def file(self) -> BinaryIO: ...


def start(
    actor: Actor, key: str, given: Mapping[str, str], organisation: Organisation | None = None
) -> tuple[Importer, Context]:
    """The importer and the context for a new batch. Without ``organisation``: the first for which
    the actor may. Unknown: no such importer, or not for this actor."""
    importer = registry.find(key)
    allowed = registry.organisations(importer, actor)
    if not allowed or (organisation and organisation not in allowed):
        raise Unknown
    options = importer.options(actor, given)
    return importer, Context(actor, organisation or allowed[0], options)


def batch_upload(
    *,
    actor: Actor,
    importer: str,
    given: Mapping[str, str],
    organisation: Organisation | None,
    upload: SeekableUpload,
) -> ImportBatch:
    """Keep the file and have a job read it. Refused: not a file that can be kept."""
    from anlan.kernel.imports.tasks import read_batch

    declared, context = start(actor, importer, given, organisation)
    kept = _keep(upload)
    with Write(actor, "imports.batch.upload") as write:
        _hold(kept.digest)
        if not kept.path.exists():  # dropped by another in this very moment
            raise Refused("storage", "文件没有保存成功，请重新上传。")
        batch = write.add(
            ImportBatch(
                importer=importer,
                title=declared.named(context)[:120],
                options=context.options,
                asked=dict(given),
                name=Path(upload.name or "").name[:200] or "文件",
                digest=kept.digest,
                size=kept.size,
                organisation=context.organisation,
                by=actor.person,
                deputy=actor.deputy,
            )
        )
        tell(write, batch)
        read_batch.defer(batch=batch.pk)
    return batch


def batch_drop(*, actor: Actor, batch: int) -> None:
    """Give a batch up: its rows go, and its file unless another batch has the same content."""
    with Write(actor, "imports.batch.drop") as write:
        row = write.lock(ImportBatch.objects.visible_to(actor), batch)
        flow.BATCH.move(write, row, "drop", fields={"ended_at": timezone.now()})
        row.rows.all().delete()
        tell(write, row)
        _hold(row.digest)
        alive = ImportBatch.objects.filter(digest=row.digest).exclude(state=BatchState.DROPPED)
        if not alive.exists():
            # While the digest is held, so that no upload counts on a file about to go. Should the
            # commit fail now, the batch only lacks its original.
            row.path.unlink(missing_ok=True)


def batch_resume(*, actor: Actor, batch: int) -> None:
    """Set the job of a halted batch going again. WrongState while it makes progress.

    Should the old job be alive after all, both go on from the place in the database: nothing is
    read or taken twice.
    """
    with Write(actor, "imports.batch.resume") as write:
        row = write.lock(ImportBatch.objects.visible_to(actor), batch)
        if not row.halted:
            raise WrongState("这一批正在进行或已经结束，不需要继续。请刷新后再看。")
        write.change(row, moved_at=timezone.now())
        set_going(row)


def set_going(batch: ImportBatch) -> None:
    """Queue the job that the batch's state waits for."""
    from anlan.kernel.imports.tasks import read_batch, take_batch

    job: Any = take_batch if batch.state == BatchState.TAKING else read_batch
    job.defer(batch=batch.pk)


def tell(write: Write, batch: ImportBatch) -> None:
    """Let open pages know."""
    organisation = batch.organisation
    write.event("import.changed", batch, area=organisation.area, organisation=organisation)


def _keep(upload: SeekableUpload) -> Stored:
    try:
        guard.form_of(upload.file)
    except NotReadable as error:
        raise Refused("not_readable", str(error)) from error
    folder = Path(settings.VAR) / "imports"
    return store(upload, folder, limit=MOST_BYTES, allowed=_KEPT)


def _hold(digest: str) -> None:
    """Until the end of the transaction nobody else stores or drops this content."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"imports {digest}"]
        )
