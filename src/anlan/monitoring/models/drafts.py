"""The draft of a first report (险情信息初报) that a grave alarm opens, and a person completes."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.triggers import audited
from anlan.monitoring.alarms import draft_flow
from anlan.monitoring.choices import DraftState
from anlan.monitoring.models.alarms import Alarm
from anlan.monitoring.visibility import of_sites_seen
from anlan.registry.models import Site

USER = settings.AUTH_USER_MODEL
UNFINISHED = (DraftState.DRAFT, DraftState.SUBMITTED)


class IncidentDraftQuerySet(models.QuerySet["IncidentDraft"]):
    def visible_to(self, actor: Actor) -> Self:
        """Drafts about the sites that the actor sees."""
        return self.filter(of_sites_seen(actor))


def _people(words: str) -> models.PositiveIntegerField[int | None, int | None]:
    return models.PositiveIntegerField(words, null=True, blank=True)


class IncidentDraft(models.Model):
    """One for an alarm. What the alarm knows (place, time, value, limit, who was called) is read
    from it when shown; here stands what a person adds: the rest of what 生产安全事故报告和调查
    处理条例 Art. 12 asks for.

    Numbers of people: None is not known yet, 0 is none. ``accident_by``: who said that it is an
    accident in the sense of that regulation; ``knew_at`` when the department received the report,
    ``unit_knew_at`` when the head of the unit did (None: not known): the hours of Art. 9 and 11
    run from these. ``revision`` counts the changes: a form carries the one that its writer saw.
    """

    alarm = models.OneToOneField(Alarm, models.PROTECT, related_name="draft", verbose_name="报警")
    site = models.ForeignKey(
        Site, models.PROTECT, related_name="incident_drafts", verbose_name="场所"
    )
    state = draft_flow.DRAFT.field()
    opened_at = models.DateTimeField("生成时间")
    dead = _people("死亡人数")
    missing = _people("下落不明人数")
    injured = _people("受伤人数")
    trapped = _people("被困或受威胁人数")
    loss = models.CharField("初步估计的直接经济损失", max_length=100, blank=True)
    situation = models.CharField("现场情况和简要经过", max_length=2000, blank=True)
    measures = models.CharField("已采取的措施", max_length=2000, blank=True)
    other = models.CharField("其他应当报告的情况", max_length=1000, blank=True)
    accident_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="认定为事故的人",
    )
    knew_at = models.DateTimeField("部门接报时间", null=True, blank=True)
    unit_knew_at = models.DateTimeField("单位负责人接报时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="提交人",
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    reason = models.CharField("不报或退回的理由", max_length=1000, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = IncidentDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accident_by__isnull=False, knew_at__isnull=False)
                | Q(accident_by__isnull=True, knew_at__isnull=True, unit_knew_at__isnull=True),
                name="draft_accident_is_whole",
            )
        ]
        triggers = [draft_flow.DRAFT.trigger(), audited()]
        verbose_name = verbose_name_plural = "险情信息初报草稿"

    def __str__(self) -> str:
        return f"{self.site} {self.alarm.point}"

    @property
    def accident(self) -> bool:
        """Whether somebody said that it is an accident."""
        return self.accident_by_id is not None

    @property
    def began(self) -> datetime | None:
        """When the alarm's event began, by the device's clock."""
        return self.alarm.began
