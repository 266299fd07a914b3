"""What a clause has as it is read (``intake``) and as it is published (``plan``) alike."""

from __future__ import annotations

from django.db import models

from anlan.plan.choices import DutyKind


class ClauseWords(models.Model):
    """The words and the arithmetic of a binding clause, as it is read and as it is published.

    See ``notices.document.Obligation``. ``measure`` names the indicator that counts it (the key of
    its definition); empty: progress is reported by people. ``assigned``: owners get a duty of
    their own for it; where not, an indicator is only observed. ``working_day``: a stretch ends
    with its last working day.
    """

    number = models.PositiveSmallIntegerField("序")
    part = models.CharField("方面", max_length=60, blank=True)
    text = models.TextField("条款")
    kind = models.CharField("类型", max_length=10, choices=DutyKind)
    subject = models.CharField("主体", max_length=100, blank=True)
    value = models.DecimalField("数值", max_digits=14, decimal_places=3, null=True, blank=True)
    value_max = models.DecimalField("上限", max_digits=14, decimal_places=3, null=True, blank=True)
    unit = models.CharField("计量单位", max_length=20, blank=True)
    op = models.CharField("关系", max_length=3, blank=True)
    period = models.CharField("周期", max_length=10, blank=True)
    deadline = models.DateField("期限", null=True, blank=True)
    window_months = models.PositiveSmallIntegerField("统计窗口（月）", null=True, blank=True)
    working_day = models.BooleanField("遇休息日提前到工作日", default=False)
    measure = models.CharField("指标", max_length=80, blank=True)
    assigned = models.BooleanField("单独列为任务", default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text
