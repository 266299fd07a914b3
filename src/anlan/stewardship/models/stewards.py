"""Leaders' posts, and which leader answers for which mine (包保责任制)."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.triggers import audited
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.selectors import in_force
from anlan.registry.models import Site
from anlan.stewardship.choices import Level
from anlan.stewardship.visibility import posts_given, posts_kept, posts_seen


def _ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=name
    )


class LeaderPostQuerySet(models.QuerySet["LeaderPost"]):
    def visible_to(self, actor: Actor) -> Self:
        """The posts that the actor sees."""
        return self.filter(posts_seen(actor))

    def kept_by(self, actor: Actor) -> Self:
        """The posts that the actor may change."""
        return self.filter(posts_kept(actor))

    def given_by(self, actor: Actor, mine: Site) -> Self:
        """The posts whose holders the actor may make stewards of the mine."""
        return self.filter(posts_given(actor, mine))

    def held(self, on: date) -> Self:
        """Those that somebody holds on the day, the last day included."""
        return self.filter(in_force(on))

    def with_mine_count(self, on: date) -> Self:
        """With ``mine_count``: how many mines the holder stewards on the day."""
        running = in_force(on, "stewardships__")
        return self.annotate(mine_count=Count("stewardships", filter=running))


class LeaderPost(models.Model):
    """Who holds which post of an organisation, as it published it, from a day through another.

    One row for one person in one post: a successor gets a row of his own, so that what was his
    predecessor's stays his. ``user``: his account, if he has one.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="leader_posts", verbose_name="单位"
    )
    title = models.CharField("职务", max_length=60)
    name = models.CharField("姓名", max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="账号",
    )
    valid_from = models.DateField("任职日期")
    valid_to = models.DateField("离任日期", null=True, blank=True)  # the last day in it
    is_demo = models.BooleanField("演示数据", default=False)

    objects = LeaderPostQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__sort", "organisation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "title", "name"],
                condition=Q(valid_to__isnull=True),
                name="leader_post_held_once",
            ),
            _ends_after_it_begins("leader_post_ends_after_it_begins"),
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "领导岗位"

    def __str__(self) -> str:
        return f"{self.name}（{self.title}）"


class StewardshipQuerySet(models.QuerySet["Stewardship"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of mines that the actor sees, and those of posts that he sees."""
        if actor.is_system:
            return self
        seen = Site.objects.visible_to(actor).order_by()
        return self.filter(Q(site__in=seen) | posts_seen(actor, "post__"))

    def in_force(self, on: date) -> Self:
        """Those in force on the day, the last day included."""
        return self.filter(in_force(on))


class Stewardship(models.Model):
    """The holder of ``post`` answers for the mine ``site`` from a day through another.

    ``level`` repeats that of the post's organisation, for the constraint. Never edited but to be
    ended, with the reason: who answered when is history that an inquiry asks for.
    """

    post = models.ForeignKey(
        LeaderPost, models.PROTECT, related_name="stewardships", verbose_name="包保领导"
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="stewardships", verbose_name="矿山")
    level = models.CharField("层级", max_length=10, choices=Level)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=300, blank=True)

    objects = StewardshipQuerySet.as_manager()

    class Meta:
        ordering = ["site", "level", "-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "level"],
                condition=Q(valid_to__isnull=True),
                name="stewardship_one_of_a_level",
            ),
            _ends_after_it_begins("stewardship_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | ~Q(end_reason=""),
                name="stewardship_ends_for_a_reason",
            ),
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "矿山包保"

    def __str__(self) -> str:
        return f"{self.post}包保{self.site}"
