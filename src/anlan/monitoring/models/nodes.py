"""Counties' nodes, and how far the city has come with each (docs/edge.md)."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.triggers import audited
from anlan.kernel.orgs.models import Area
from anlan.monitoring import policies
from anlan.monitoring.models.counting import counted


class EdgeNodeQuerySet(models.QuerySet["EdgeNode"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the areas in which the actor looks at monitoring, and of the areas below."""
        if actor.is_system:
            return self
        held = Q(pk__in=[])
        for grant in policies.VIEW.grants(actor):
            held |= grant.area.within_of("area")
        return self.filter(held)


class EdgeNode(models.Model):
    """A node (县级节点) that keeps and forwards readings of a county's sites.

    ``waiting``: messages that it had still to send when it was last heard, at ``heard_at``.
    """

    name = models.CharField("节点名称", max_length=32, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="所在县")
    secret_digest = models.CharField("密钥摘要", max_length=64)
    heard_at = models.DateTimeField("最近联系", null=True, blank=True)
    waiting = models.PositiveBigIntegerField("待上送", default=0)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = EdgeNodeQuerySet.as_manager()

    class Meta:
        ordering = ["area__sort", "name"]
        triggers = [
            audited(secret=("secret_digest",), derived=("heard_at", "waiting")),
            counted("name", "area_id", "secret_digest", "retired_at"),
        ]
        verbose_name = verbose_name_plural = "县级节点"

    def __str__(self) -> str:
        return self.name


class EdgePosition(models.Model):
    """How far the city has come with a part of a node's stream, which was made at ``birth``:
    ``last`` is the node's number, ``number`` that of the message in the city's stream. Not audited:
    it changes with every message."""

    node = models.ForeignKey(EdgeNode, models.PROTECT, related_name="positions")
    part = models.SmallIntegerField()
    birth = models.CharField(max_length=40)
    last = models.BigIntegerField()
    number = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "part"], name="edge_position_once")]
