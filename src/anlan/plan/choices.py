"""The words of the plan; beside each value, what is true when it holds."""

from django.db import models


class DutyKind(models.TextChoices):
    """What kind of binding clause the duty comes from (see ``notices.document``)."""

    QUOTA = "quota", "数量指标"  # a number to reach
    DEADLINE = "deadline", "限期任务"  # a date without a number
    FREQUENCY = "frequency", "频次要求"  # times per period
    TRIGGER = "trigger", "触发条件"  # what follows when events pile up
    CONDITION = "condition", "适用条件"  # whom it binds
    DUTY = "duty", "工作要求"  # binding, neither counted nor dated


class UnitRole(models.TextChoices):
    LEAD = "lead", "牵头"
    ASSIST = "assist", "配合"
    RESPONSIBLE = "responsible", "负责"
    OVERSEE = "oversee", "督促指导"


class DutyState(models.TextChoices):
    OPEN = "open", "办理中"  # the organisation works on it
    MET = "met", "已完成"  # a completing report was verified
    CANCELLED = "cancelled", "已撤销"  # a revision of the notice took it away


class DutyOrigin(models.TextChoices):
    """Who gave a duty; one that was handed down has the origin of the duty it is part of."""

    NOTICE = "notice", "通知"  # the year's notice, kept true to it by each revision
    CALL = "call", "调度会"  # the minutes of a progress call; no revision touches it


class Standing(models.TextChoices):
    """Where a duty stands today; computed, never typed in."""

    MET = "met", "已达标"  # verified as complete
    ON_TRACK = "on_track", "正常推进"  # verified progress keeps pace with the calendar
    AT_RISK = "at_risk", "有风险"  # the date is near or the pace too slow
    OVERDUE = "overdue", "已逾期"  # the date has passed, not complete
    NOT_DUE = "not_due", "未到期"  # its period has not begun
    NOT_MEASURED = "not_measured", "未计量"  # running, and nothing verified yet


class ReportState(models.TextChoices):
    SUBMITTED = "submitted", "待核验"
    ACCEPTED = "accepted", "已核验"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class ExtensionState(models.TextChoices):
    APPLIED = "applied", "待审批"
    GRANTED = "granted", "已同意"
    REFUSED = "refused", "未同意"


class OrderState(models.TextChoices):
    PROPOSED = "proposed", "建议督办"  # by a rule; nobody has signed
    ISSUED = "issued", "已下达"  # signed by the SCO's chief
    DISMISSED = "dismissed", "不予督办"  # with a reason
    ANSWERED = "answered", "已回复"  # the unit says what it did
    CLOSED = "closed", "已办结"
