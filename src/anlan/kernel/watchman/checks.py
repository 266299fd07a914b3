"""Checks of the ground itself: messages, jobs, room on the disk, backups."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from anlan.kernel.notify.models import Delivery, DeliveryState
from anlan.kernel.watchman.registry import Fault, check

WAIT = timedelta(minutes=10)
LATELY = timedelta(days=1)  # how long something that failed for good stays a finding
WORKER_SILENCE = timedelta(minutes=2)  # a worker signs every ten seconds
FREE_BYTES = 2 * 1024**3
BACKUP_AGE = timedelta(hours=26)  # a nightly backup may take two hours


@check("notify.undelivered", "消息及时送出")
def undelivered(now: datetime) -> Iterator[Fault]:
    """Messages that wait for more than ten minutes, and those given up within the last day."""
    late = Delivery.objects.filter(state=DeliveryState.QUEUED, due_at__lt=now - WAIT).count()
    if late:
        yield Fault("queued", f"{late} 条消息超过 10 分钟没有送出。请检查短信、邮件等发送渠道。")
    failed = Delivery.objects.filter(state=DeliveryState.FAILED, due_at__gt=now - LATELY)
    if count := failed.count():
        error = failed.order_by("-due_at").values_list("error", flat=True)[0]
        yield Fault("failed", f"一天内有 {count} 条消息多次重试后放弃，最近的错误：{error}")


@check("jobs.failed", "后台任务没有失败")
def failed_jobs(now: datetime) -> Iterator[Fault]:
    """Jobs that failed within the last day, by task."""
    failures = ProcrastinateEvent.objects.filter(
        type="failed", at__gt=now - LATELY, job__status="failed"
    )
    groups = failures.values("job__task_name").annotate(count=Count("pk"), last=Max("at"))
    for group in groups.order_by("job__task_name"):
        at = timezone.localtime(group["last"])
        yield Fault(
            group["job__task_name"],
            f"后台任务 {group['job__task_name']} 一天内失败 {group['count']} 次，"
            f"最近一次在 {at:%m-%d %H:%M}。原因见后台任务的日志。",
        )


@check("jobs.stalled", "后台任务没有停滞")
def stalled_jobs(now: datetime) -> Iterator[Fault]:
    """Jobs whose worker is gone, and jobs that nobody took for ten minutes."""
    gone = Q(worker=None) | Q(worker__last_heartbeat__lt=now - WORKER_SILENCE)
    if count := ProcrastinateJob.objects.filter(gone, status="doing").count():
        yield Fault("doing", f"{count} 个后台任务执行到一半，执行它的进程已不在。")
    waiting = ProcrastinateEvent.objects.filter(
        Q(job__scheduled_at=None) | Q(job__scheduled_at__lt=now - WAIT),
        type="deferred", at__lt=now - WAIT, job__status="todo",
    )  # fmt: skip
    if count := waiting.count():
        yield Fault("todo", f"{count} 个后台任务排队超过 10 分钟。请查看后台任务进程是否在运行。")


@check("disk.free", "数据盘有足够空间")
def disk(now: datetime) -> Iterator[Fault]:
    """At least two gigabytes free where files, and the embedded database, are kept."""
    free = shutil.disk_usage(settings.VAR).free
    if free < FREE_BYTES:
        size = f"{free / 1024**3:.1f}"
        yield Fault("", f"数据文件夹所在的磁盘只剩 {size} GB，少于 2 GB。请清理或扩容。")


@check("backup.recent", "每日有备份", applies=lambda: bool(settings.BACKUPS))
def backup(now: datetime) -> Iterator[Fault]:
    """A new file within 26 hours in the folder of backups."""
    newest = _newest(Path(settings.BACKUPS))
    if newest is None:
        yield Fault("", f"备份文件夹 {settings.BACKUPS} 里没有备份。请检查备份任务。")
    elif now - newest > BACKUP_AGE:
        at = timezone.localtime(newest)
        yield Fault("", f"最近一次备份在 {at:%Y-%m-%d %H:%M}，已超过 26 小时。请检查备份任务。")


def _newest(folder: Path) -> datetime | None:
    if not folder.is_dir():
        return None
    times = [each.stat().st_mtime for each in folder.iterdir() if each.is_file()]
    return datetime.fromtimestamp(max(times), timezone.get_current_timezone()) if times else None
