"""What the watchman asks of the imports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from anlan.kernel.imports.models import WORKING, ImportBatch
from anlan.kernel.watchman.registry import Fault, check

LATE = timedelta(minutes=10)


@check("imports.halted", "Excel 导入没有停住")
def halted(now: datetime) -> Iterator[Fault]:
    """Batches that a job should be reading or taking, without progress for ten minutes."""
    late = ImportBatch.objects.filter(state__in=WORKING, moved_at__lt=now - LATE)
    for batch in late.select_related("organisation").order_by("pk"):
        since = timezone.localtime(batch.moved_at)
        yield Fault(
            str(batch.pk),
            f"{batch.organisation}的导入“{batch}”{batch.get_state_display()}，"
            f"从 {since:%m-%d %H:%M} 起没有进展。请查看后台任务是否在运行；"
            "在运行的，请导入人在该页面点“继续”。",
        )
