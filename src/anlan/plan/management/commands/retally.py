"""Counts all duties anew; pages may be open and people at work meanwhile."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from anlan.plan import tally
from anlan.plan.models import KeyDuty


class Command(BaseCommand):
    help = "按任务重新统计各状态的项数（看板和清单上的数字）。随时可运行，可重复运行。"

    def handle(self, *args: Any, **options: Any) -> None:
        differed = tally.differs(KeyDuty.objects.values_list("pk", flat=True))
        tally.recount()
        self.stdout.write(
            "统计与任务不符，已更正。" if differed else "统计与任务相符，已重新统计。"
        )
