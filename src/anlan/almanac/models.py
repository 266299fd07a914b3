"""Subscriptions to one's own calendar, and who was told of which fixed day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models

from anlan.kernel.audit.triggers import append_only, audited
from anlan.kernel.orgs.models import Organisation

if TYPE_CHECKING:
    from anlan.kernel.access.actor import Actor


class SubscriptionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The actor's own, also while he stands in for somebody."""
        return self.all() if actor.is_system else self.filter(user=actor.user)


class Subscription(models.Model):
    """The address at which a calendar program reads what one account may see.

    ``digest`` is the SHA-256 of the address's token, which is stored nowhere. ``ended_at``: the
    address is dead until it is made anew. ``read_at``: when a program last read it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar", verbose_name="账号"
    )
    digest = models.CharField("地址密钥摘要", max_length=64)
    made_at = models.DateTimeField("生成时间")
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)
    read_at = models.DateTimeField("最近读取时间", null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        triggers = [audited(secret=("digest",), derived=("read_at",))]
        verbose_name = verbose_name_plural = "日历订阅"

    def __str__(self) -> str:
        return f"{self.user}的日历订阅"


class Told(models.Model):
    """The organisation's people were told of the fixed day of the year, ``distance`` days before
    it. ``organisation`` None: the committee's offices."""

    code = models.CharField("固定日", max_length=40)
    year = models.PositiveSmallIntegerField("年份")
    distance = models.PositiveSmallIntegerField("提前天数")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="单位"
    )
    told_at = models.DateTimeField("提醒时间", auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "year", "distance", "organisation"],
                nulls_distinct=False,
                name="told_once",
            )
        ]
        triggers = append_only()
        verbose_name = verbose_name_plural = "固定日提醒"

    def __str__(self) -> str:
        return f"{self.code} {self.year} {self.organisation or '安委办'}"
