"""What a leader answers for and has to do in a year: his duty list and his list of key tasks."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.triggers import audited
from anlan.stewardship import flow
from anlan.stewardship.choices import ItemState, ListKind
from anlan.stewardship.models.stewards import LeaderPost
from anlan.stewardship.visibility import lists_seen

USER = settings.AUTH_USER_MODEL


class ResponsibilityListQuerySet(models.QuerySet["ResponsibilityList"]):
    def visible_to(self, actor: Actor) -> Self:
        """Lists of posts that the actor sees; a draft only for the unit and those above it."""
        return self.filter(lists_seen(actor))


class ResponsibilityList(models.Model):
    """One leader's list of one kind for one year. ``author`` None: one of our own jobs."""

    post = models.ForeignKey(
        LeaderPost, models.PROTECT, related_name="lists", verbose_name="领导岗位"
    )
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("类别", max_length=10, choices=ListKind)
    state = flow.LIST.field()
    author = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", verbose_name="起草人"
    )
    issued_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="印发人"
    )
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)

    objects = ResponsibilityListQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "post", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "year", "kind"], name="responsibility_list_once"
            )
        ]
        triggers = [flow.LIST.trigger(), audited()]
        verbose_name = verbose_name_plural = "领导责任清单"

    def __str__(self) -> str:
        return f"{self.post} {self.year} 年{self.get_kind_display()}"


class ListItemQuerySet(models.QuerySet["ListItem"]):
    def visible_to(self, actor: Actor) -> Self:
        """The items of lists that the actor sees."""
        return self.filter(lists_seen(actor, "of__"))


class ListItem(models.Model):
    """One duty, or one task with its last day. ``makers``: the accounts by which and in whose name
    it was reported done. ``revision`` counts changes of its words."""

    of = models.ForeignKey(
        ResponsibilityList, models.PROTECT, related_name="items", verbose_name="清单"
    )
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("内容", max_length=500)
    due_on = models.DateField("完成期限", null=True, blank=True)
    state = flow.ITEM.field()
    makers = ArrayField(models.BigIntegerField(), verbose_name="上报人", default=list, blank=True)
    note = models.CharField("完成情况", max_length=500, blank=True)
    verifier = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核验人"
    )
    verified_at = models.DateTimeField("核验时间", null=True, blank=True)
    reason = models.CharField("意见", max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ListItemQuerySet.as_manager()

    class Meta:
        ordering = ["of", "number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["of", "number"], name="list_item_number_once")
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state=ItemState.OPEN), name="list_item_due")
        ]
        triggers = [flow.ITEM.trigger(), audited()]
        verbose_name = verbose_name_plural = "清单任务"

    def __str__(self) -> str:
        return self.text
