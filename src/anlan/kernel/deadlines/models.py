"""Clocks that run for things, and what happened on them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from anlan.kernel.audit.triggers import append_only, audited
from anlan.kernel.deadlines.ladder import Rung, moment

RUNNING = Q(paused_at__isnull=True, met_at__isnull=True, ended_at__isnull=True)


class Deadline(models.Model):
    """The clock ``name`` of one subject (``plan.duty`` 17, ``due``).

    ``due_at`` is the first moment after the time allowed. ``ladder`` is frozen when the clock
    starts and lies in the order of time; ``next_step`` is the place of the rung that comes next
    and ``next_at`` its moment, None while nothing is to come. ``met_at``: what was asked was
    done; ``ended_at``: it is not asked any more.
    """

    subject_type = models.CharField("对象类型", max_length=60)
    subject_id = models.BigIntegerField("对象")
    name = models.CharField("期限", max_length=40)
    started_at = models.DateTimeField("起算时间")
    due_at = models.DateTimeField("到期时间")
    ladder = models.JSONField("提醒阶梯", default=list, blank=True)
    next_step = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField("下一步时间", null=True, blank=True, db_index=True)
    paused_at = models.DateTimeField("中止时间", null=True, blank=True)
    pause_reason = models.CharField("中止原因", max_length=200, blank=True)
    met_at = models.DateTimeField("完成时间", null=True, blank=True)
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "name"], name="deadline_once"
            ),
            models.CheckConstraint(
                condition=Q(next_at__isnull=True) | RUNNING, name="deadline_steps_while_it_runs"
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True) | ~Q(pause_reason=""),
                name="deadline_pauses_for_a_reason",
            ),
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "期限"

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.name}"

    @property
    def running(self) -> bool:
        """Neither paused nor met nor ended."""
        return self.paused_at is None and self.met_at is None and self.ended_at is None

    @property
    def rung(self) -> Rung:
        """The rung that comes next; IndexError if none does."""
        rung: Rung = self.ladder[self.next_step]
        return rung

    def moment_of_next(self) -> datetime | None:
        """When the next rung is due by ladder and due date, whether or not the clock runs."""
        if self.next_step >= len(self.ladder):
            return None
        return moment(self.rung, self.due_at)


class DeadlineStep(models.Model):
    """A rung that was taken: ``planned_at`` by the ladder, ``fired_at`` in fact, ``text`` what
    was done. For one due date each rung is taken once."""

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="steps")
    due_at = models.DateTimeField("当时的到期时间")
    place = models.PositiveSmallIntegerField()
    step = models.CharField("步骤", max_length=20)
    planned_at = models.DateTimeField("应执行时间")
    fired_at = models.DateTimeField("执行时间")
    text = models.CharField("所做的事", max_length=300, blank=True)

    class Meta:
        ordering = ["fired_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "due_at", "place"], name="deadline_step_once"
            )
        ]
        triggers = append_only()
        verbose_name = verbose_name_plural = "期限步骤"

    def __str__(self) -> str:
        return f"{self.deadline} {self.step}"
