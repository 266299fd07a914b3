"""Counts all counted duties anew from the ledgers' rows; people may be at work meanwhile."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from anlan.plan.services import counting


class Command(BaseCommand):
    help = "按台账记录重新计算由指标计数的任务进度，随时可运行，可重复运行。"

    def handle(self, *args: Any, **options: Any) -> None:
        duties = counting.counted()
        total = duties.count()
        changed = counting.recount(duties)
        self.stdout.write(f"重新计数 {total} 项任务，其中 {changed} 项有变化。")
