"""Steps of a batch's way that tests take."""

from __future__ import annotations

from types import SimpleNamespace

from procrastinate.contrib.django.models import ProcrastinateJob

from anlan.kernel.imports.models import ImportBatch
from anlan.kernel.imports.services.taking import batch_consent
from anlan.kernel.orgs.models import Area, AreaLevel

GOOD = [["001", "甲村"], ["002", "乙村", "社区"], ["003", "丙村", None, "远"]]


def fresh(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.get(pk=batch.pk)


def faults(batch: ImportBatch) -> dict[int, dict[str, str]]:
    return {row.number: row.faults for row in batch.rows.filter(good=False)}


def jobs(batch: ImportBatch) -> list[str]:
    found = ProcrastinateJob.objects.filter(args={"batch": batch.pk}).order_by("pk")
    return list(found.values_list("task_name", flat=True))


def made() -> list[str]:
    return list(
        Area.objects.filter(level=AreaLevel.VILLAGE).order_by("code").values_list("name", flat=True)
    )


def consent(who: SimpleNamespace, batch: ImportBatch, good: int | None = None) -> ImportBatch:
    return batch_consent(
        actor=who.bureau_staff, batch=batch.pk, good=fresh(batch).good if good is None else good
    )
