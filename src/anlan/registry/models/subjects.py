"""Enterprises and sites, and the grades of their risk."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from anlan.kernel.audit.triggers import append_only, audited
from anlan.kernel.orgs.models import Area, Organisation
from anlan.registry.choices import Business, Colour, SiteKind
from anlan.registry.identifiers import CREDIT_CODE
from anlan.registry.models.sectors import Sector
from anlan.registry.naming import key
from anlan.registry.visibility import kept_by, seen_by

if TYPE_CHECKING:
    from anlan.kernel.access.actor import Actor


class SubjectQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The subjects that the actor sees; merged ones among them, which lead on."""
        return self.filter(seen_by(actor))

    def kept_by(self, actor: Actor) -> Self:
        """The subjects whose facts the actor may change."""
        return self.filter(kept_by(actor))

    def standing(self) -> Self:
        """Without those that were merged into another."""
        return self.filter(merged_into=None)


class Subject(models.Model):
    """What enterprises and sites have in common.

    ``regulator`` None: nobody has been found to regulate it. ``regulator_reason``: why another
    than the sector's default. ``grade`` repeats the newest :class:`Grade`. ``revision`` counts the
    changes: a form carries the one that its clerk saw. ``merged_into``: it was the same as that.
    """

    name = models.CharField("名称", max_length=120)
    name_key = models.CharField(max_length=120, editable=False)
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+", verbose_name="行业领域")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所在区划")
    address = models.CharField("地址", max_length=200, blank=True)
    regulator = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="监管部门",
    )
    regulator_reason = models.CharField("监管部门的依据", max_length=300, blank=True)
    business = models.CharField(
        "生产经营状态", max_length=10, choices=Business, default=Business.RUNNING
    )
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    grade = models.CharField("风险等级", max_length=6, choices=Colour, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    is_demo = models.BooleanField("演示数据", default=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Keeps ``name_key`` true to ``name``; bulk writers set it themselves."""
        self.name_key = key(self.name)
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, "name_key"}
        super().save(*args, update_fields=update_fields, **kwargs)


def _constraints(table: str) -> list[models.BaseConstraint]:
    # A comparison with nothing is neither true nor false, and a check lets it pass: say "not null".
    place = Q(latitude__isnull=True, longitude__isnull=True) | Q(
        latitude__isnull=False, latitude__range=(-90, 90),
        longitude__isnull=False, longitude__range=(-180, 180),
    )  # fmt: skip
    return [
        models.CheckConstraint(condition=place, name=f"{table}_place_is_one"),
        models.CheckConstraint(
            condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
            name=f"{table}_is_not_merged_into_itself",
        ),
        models.CheckConstraint(
            condition=Q(grade="") | Q(grade__in=Colour.values), name=f"{table}_grade_is_a_colour"
        ),
    ]


def _indexes(table: str) -> list[models.Index]:
    standing = Q(merged_into=None)
    return [
        models.Index(fields=["name", "id"], name=f"{table}_by_name", condition=standing),
        models.Index(fields=["name_key"], name=f"{table}_by_key"),
        models.Index(fields=["area", "sector"], name=f"{table}_by_area", condition=standing),
        models.Index(fields=["grade", "area"], name=f"{table}_by_grade", condition=~Q(grade="")),
    ]


class Enterprise(Subject):
    """A body that produces or trades (生产经营单位). One may not have its credit code yet."""

    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    staff = models.PositiveIntegerField("从业人数", null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            *_constraints("enterprise"),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="enterprise_credit_code_once",
            ),
            models.CheckConstraint(
                condition=Q(credit_code="") | Q(credit_code__regex=CREDIT_CODE),
                name="enterprise_credit_code_has_its_form",
            ),
        ]
        indexes = _indexes("enterprise")
        triggers = [audited()]
        verbose_name = verbose_name_plural = "企业"


def new_token() -> str:
    """What the QR code of a site's label names: not guessable, so that labels cannot be made up."""
    return secrets.token_urlsafe(12)


class Site(Subject):
    """A place or thing under supervision. Without an enterprise where nobody owns it."""

    kind = models.CharField("类别", max_length=16, choices=SiteKind)
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
        verbose_name="所属企业",
    )
    token = models.CharField(max_length=24, unique=True, default=new_token, editable=False)

    class Meta:
        ordering = ["name", "pk"]
        constraints = _constraints("site")
        indexes = _indexes("site")
        triggers = [audited()]
        verbose_name = verbose_name_plural = "场所"


class Grade(models.Model):
    """A grade that was set. Never changed, only followed by another.

    A merge alone may lead it to another subject; the database refuses every other change.
    ``basis``: the method or document by which it was graded; ``reason``: why this colour.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="grades"
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="grades")
    colour = models.CharField("等级", max_length=6, choices=Colour)
    basis = models.CharField("评定依据", max_length=200)
    reason = models.CharField("理由", max_length=500)
    set_on = models.DateField("评定日期")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )  # None: one of our own jobs
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-set_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True) ^ Q(site__isnull=True),
                name="grade_is_of_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(colour__in=Colour.values), name="grade_colour_is_one"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="unchanged", exclude=["enterprise", "site"]),
            pgtrigger.Protect(name="not_removed", operation=pgtrigger.Delete),
            append_only()[1],
            audited(),
        ]
        verbose_name = verbose_name_plural = "风险等级"

    def __str__(self) -> str:
        return f"{self.get_colour_display()} {self.set_on}"
