"""What the watchman asks of the audit rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Max
from django.utils import timezone

from anlan.kernel.audit.chain import unsealed
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.watchman.registry import Fault, check

LATE = timedelta(minutes=10)
LATELY = timedelta(days=7)  # how long a change without a name stays a finding


@check("audit.unsealed", "审计记录及时封存")
def late(now: datetime) -> Iterator[Fault]:
    """Rows that have waited for their seal for more than ten minutes."""
    if count := unsealed(before=now - LATE):
        yield Fault(
            "",
            f"{count} 条审计记录超过 10 分钟没有封存。请查看后台任务是否在运行、"
            "数据库中是否有长时间不结束的事务。",
        )


@check("audit.unnamed", "每次改动都有事项名称")
def unnamed(now: datetime) -> Iterator[Fault]:
    """Changes of the last week that were made around our services, by table.

    Migrations name themselves (``system.migrate``, see ``audit.apps``), and loaders write through
    services; what is left was done by hand in the database, or by code that forgot to.
    """
    rows = AuditRow.objects.filter(verb="", at__gt=now - LATELY)
    groups = rows.values("table_name").annotate(count=Count("pk"), last=Max("at"))
    for group in groups.order_by("table_name"):
        at = timezone.localtime(group["last"])
        yield Fault(
            group["table_name"],
            f"一周内数据表 {group['table_name']} 有 {group['count']} 次改动没有经过程序的办理"
            f"流程，最近一次在 {at:%m-%d %H:%M}。请由审计员在审计记录中查看。",
        )


@check("audit.order", "数据库的事务编号没有倒退")
def order(now: datetime) -> Iterator[Fault]:
    """Rows of transactions that this server has not reached: it was restored from a dump.

    New rows would then stand before the old ones: they would be neither sealed nor shown live
    (docs/decisions/0005).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM audit_auditrow WHERE xid > (SELECT pg_current_xact_id()))"
        )
        if cursor.fetchone()[0]:
            yield Fault(
                "",
                "数据库的事务编号比已有的审计记录小，多半是从逻辑备份恢复而来："
                "新的审计记录不能封存。请按运维手册用 pg_resetwal 调高事务编号。",
            )
