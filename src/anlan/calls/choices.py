"""The words of progress calls; beside each value, what is true when it holds."""

from django.db import models


class CallKind(models.TextChoices):
    WEEKLY = "weekly", "周调度"
    MONTHLY = "monthly", "月调度"


class CallState(models.TextChoices):
    OPEN = "open", "进行中"  # figures are frozen; units explain, the office writes the minutes
    SUBMITTED = "submitted", "纪要待审签"  # the minutes wait for a second person
    CLOSED = "closed", "已办结"  # signed; the decisions are duties
    CANCELLED = "cancelled", "已取消"  # with a reason; another may take its place


RUNNING = (CallState.OPEN, CallState.SUBMITTED)


class ExplanationState(models.TextChoices):
    ASKED = "asked", "待说明"  # told, and has not answered
    ANSWERED = "answered", "已说明"
    STRUCK = "struck", "不需说明"  # the office took it off the list, with a reason


class Change(models.TextChoices):
    """What became of an overdue duty since the last call; empty for all others."""

    NEW = "new", "新增逾期"  # overdue now, not then
    AGAIN = "again", "连续两次逾期"  # overdue then and now
    SETTLED = "settled", "已办结"  # overdue then, met now
    LIFTED = "lifted", "不再逾期"  # overdue then; now neither overdue nor met: its date was moved
