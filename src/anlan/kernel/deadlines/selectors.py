"""Reading clocks for pages."""

from __future__ import annotations

from django.db import models

from anlan.kernel.audit.selectors import Entry
from anlan.kernel.deadlines.models import DeadlineStep

STEPS = {"remind": "到期提醒", "escalate": "逾期提醒"}


def history(subject: models.Model) -> list[Entry]:
    """The steps taken on the subject's clocks, newest first, as entries of its timeline."""
    taken = DeadlineStep.objects.filter(
        deadline__subject_type=subject._meta.label_lower, deadline__subject_id=subject.pk
    ).order_by("-fired_at", "-pk")
    return [
        Entry(each.fired_at, STEPS.get(each.step, each.step), "系统", each.text) for each in taken
    ]
