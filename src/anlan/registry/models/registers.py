"""A sector's typed data on an enterprise or a site (docs/typed.md)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from anlan.kernel.audit.triggers import append_only, audited
from anlan.kernel.orgs.models import PublicQuerySet
from anlan.kernel.typed.models import TypeBase, VersionBase
from anlan.registry.choices import SiteKind, SubjectKind
from anlan.registry.models.sectors import Sector
from anlan.registry.models.subjects import Enterprise, Site

if TYPE_CHECKING:
    from anlan.kernel.access.actor import Actor

# An entry repeats the register of its version, so that the database can keep entries unique.
OF_ITS_REGISTER = pgtrigger.Trigger(
    name="of_its_register",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF NEW.register_id IS DISTINCT FROM
            (SELECT type_id FROM registry_registerversion WHERE id = NEW.version_id) THEN
            RAISE check_violation USING
                CONSTRAINT = 'entry_version_is_of_its_register',
                MESSAGE = 'the version belongs to another register';
        END IF;
        RETURN NEW;
    """,
)


class Register(TypeBase):
    """A sector's register. ``site_kind``: the kind of sites that it is about, any if empty.

    ``check_months``: an entry is to be looked through again after so many months; None: never.
    """

    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="registers"
    )
    subject = models.CharField("登记对象", max_length=10, choices=SubjectKind)
    site_kind = models.CharField("场所类别", max_length=16, choices=SiteKind, blank=True)
    check_months = models.PositiveSmallIntegerField("核对周期（月）", null=True, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["sort", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(site_kind="") | Q(subject=SubjectKind.SITE),
                name="register_of_enterprises_has_no_site_kind",
            ),
            models.CheckConstraint(
                condition=Q(subject__in=SubjectKind.values), name="register_subject_is_one"
            ),
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "行业台账"

    def newest(self, on: date) -> RegisterVersion:
        """The newest version in force on the day; DoesNotExist if none is yet."""
        in_force = RegisterVersion.objects.filter(type=self, effective_from__lte=on)
        found = in_force.order_by("-number").first()
        if found is None:
            raise RegisterVersion.DoesNotExist
        return found


class RegisterVersion(VersionBase):
    """The fields of a register from a day on; the database refuses to change them."""

    type = models.ForeignKey(Register, models.PROTECT, related_name="versions")

    class Meta:
        ordering = ["type", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["type", "number"], name="register_version_once")
        ]
        triggers = [*append_only(), audited()]
        verbose_name = verbose_name_plural = "行业台账版本"


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, actor: Actor) -> Self:
        """The entries on subjects that the actor sees."""
        if actor.is_system:
            return self
        return self.filter(
            Q(enterprise__in=Enterprise.objects.visible_to(actor))
            | Q(site__in=Site.objects.visible_to(actor))
        )


class Entry(models.Model):
    """What a register holds of one subject now; what it held before stands in the audit chain.

    ``values`` are as ``version.schema`` stores them. ``checked_on``: the day on which somebody
    last said that they are true.
    """

    register = models.ForeignKey(Register, models.PROTECT, related_name="entries")
    version = models.ForeignKey(RegisterVersion, models.PROTECT, related_name="entries")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="entries"
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="entries")
    values: Any = models.JSONField("内容", default=dict)
    checked_on = models.DateField("核对日期")
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["register", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True) ^ Q(site__isnull=True),
                name="entry_is_on_one_subject",
            ),
            models.UniqueConstraint(
                fields=["register", "enterprise"],
                condition=Q(enterprise__isnull=False),
                name="entry_of_enterprise_once",
            ),
            models.UniqueConstraint(
                fields=["register", "site"],
                condition=Q(site__isnull=False),
                name="entry_of_site_once",
            ),
        ]
        indexes = [models.Index(fields=["register", "checked_on"], name="entry_by_check")]
        triggers = [OF_ITS_REGISTER, audited()]
        verbose_name = verbose_name_plural = "台账登记"

    def __str__(self) -> str:
        return f"{self.register} · {self.subject}"

    @property
    def subject(self) -> Enterprise | Site:
        """The enterprise or the site that it is about."""
        found = self.enterprise or self.site
        if found is None:  # the database refuses such a row; one that is not stored may be so
            raise ValueError("an entry without a subject")
        return found
