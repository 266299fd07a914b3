"""Persons whom the law holds to account, and their posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from anlan.kernel.audit.triggers import append_only, audited
from anlan.registry.choices import PostKind
from anlan.registry.models.subjects import Enterprise

if TYPE_CHECKING:
    from anlan.kernel.access.actor import Actor


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> Self:
        """Persons who have or had a post in an enterprise that the actor sees."""
        posts = Post.objects.filter(enterprise__in=Enterprise.objects.visible_to(actor))
        return self if actor.is_system else self.filter(pk__in=posts.values("person"))


class Person(models.Model):
    """A natural person. The identity number lies encrypted (``sealing.py``); ``digest`` finds it.

    Without a number where none was given: such a person is never taken for another.
    """

    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("电话", max_length=20, blank=True)
    identity = models.BinaryField("身份证号（加密）", null=True, editable=False)
    digest = models.CharField(max_length=64, null=True, editable=False, unique=True)
    is_demo = models.BooleanField("演示数据", default=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(identity__isnull=True, digest__isnull=True)
                | Q(identity__isnull=False, digest__isnull=False),
                name="person_identity_has_its_digest",
            ),
            models.CheckConstraint(
                condition=Q(digest__isnull=True) | Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="person_digest_has_its_form",
            ),
        ]
        triggers = [audited(secret=("identity", "digest"))]
        verbose_name = verbose_name_plural = "人员"

    def __str__(self) -> str:
        return self.name


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, actor: Actor) -> Self:
        """The posts, held and past, in enterprises that the actor sees."""
        seen = Enterprise.objects.visible_to(actor)
        return self if actor.is_system else self.filter(enterprise__in=seen)

    def held(self) -> Self:
        """Without those that have ended."""
        return self.filter(valid_to=None)


class Post(models.Model):
    """``person`` is principal, actual controller or safety manager from a day through another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="posts")
    kind = models.CharField("岗位", max_length=16, choices=PostKind)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)  # the last day in it

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind", "person"],
                condition=Q(valid_to__isnull=True),
                name="post_held_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="post_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(kind__in=PostKind.values), name="post_kind_is_one"),
        ]
        indexes = [models.Index(fields=["enterprise", "kind"], name="post_of_enterprise")]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "任职"

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()}"


class IdentityOpening(models.Model):
    """Somebody opened a person's identity number, and why. Rows are only added."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="openings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)
    reason = models.CharField("理由", max_length=300)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="identity_opening_has_a_reason")
        ]
        triggers = [*append_only(), audited()]
        verbose_name = verbose_name_plural = "身份证号查看"

    def __str__(self) -> str:
        return f"{self.person} {self.at:%Y-%m-%d %H:%M}"
