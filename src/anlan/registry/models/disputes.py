"""Disputes about who regulates a subject, and the opinions that were asked on them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anlan.kernel.audit.triggers import audited
from anlan.kernel.orgs.models import Organisation
from anlan.registry import flow
from anlan.registry.choices import OPEN_DISPUTE, DisputeScope, DisputeState
from anlan.registry.models.sectors import Sector
from anlan.registry.models.subjects import Enterprise, Site
from anlan.registry.visibility import OFFICE, UNIT

if TYPE_CHECKING:
    from anlan.kernel.access.actor import Actor

USER = settings.AUTH_USER_MODEL
SPEAKING = OFFICE | UNIT  # roles in which one speaks for an organisation

_CLOSED = "OLD.state IN ('decided', 'withdrawn')"
_SUBJECT = "ARRAY['enterprise_id', 'site_id']"


class DisputeQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Disputes on subjects that the actor sees, those that his organisation raised, and those
        on which it was asked, wherever the subject stands."""
        if actor.is_system:
            return self.all()
        own = [g.organisation_id for g in actor.grants if g.role in SPEAKING]
        seen = {
            f"{name}__in": model.objects.visible_to(actor).order_by().values("pk")
            for name, model in (("enterprise", Enterprise), ("site", Site))
        }
        asked = Opinion.objects.filter(organisation__in=own).values("dispute")
        return self.filter(
            Q(enterprise__in=seen["enterprise__in"])
            | Q(site__in=seen["site__in"])
            | Q(organisation__in=own)
            | Q(pk__in=asked)
        )

    def open(self) -> Self:
        """Neither decided nor withdrawn."""
        return self.filter(state__in=OPEN_DISPUTE)


class Dispute(models.Model):
    """Who regulates the subject is not clear, or not agreed upon.

    ``organisation`` raised it; ``makers``: the accounts by which and in whose name. ``regulator``,
    ``scope``, ``effective_on`` and ``decision_basis`` are the decision; ``sector`` is the line of
    business that it holds for, where it holds for a whole one. ``closing_reason``: why it was
    decided so, or withdrawn. ``decided_for``: the office in whose name it was decided, which need
    not be that of the account; None where it was decided before that was kept. The database keeps a
    closed dispute as it is; a merge alone may lead it to another subject.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="disputes"
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="disputes")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="提出单位"
    )
    raised_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="提出人")
    makers = ArrayField(models.BigIntegerField(), verbose_name="经办账号", default=list, blank=True)
    raised_at = models.DateTimeField("提出时间", auto_now_add=True)
    reason = models.TextField("争议理由", max_length=2000)
    basis = models.CharField("引用的依据", max_length=300)
    regulator_before = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="提出时的监管部门",
    )  # fmt: skip
    state = flow.DISPUTE.field()
    regulator = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="决定的监管部门",
    )  # fmt: skip
    scope = models.CharField("适用范围", max_length=10, choices=DisputeScope, blank=True)
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="disputes",
        verbose_name="适用的行业领域",
    )  # fmt: skip
    decision_basis = models.CharField("决定依据", max_length=300, blank=True)
    effective_on = models.DateField("自何日起", null=True, blank=True)
    closing_reason = models.TextField("办结理由", max_length=2000, blank=True)
    closed_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人"
    )
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    decided_for = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="作出决定的单位",
    )  # fmt: skip

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True) ^ Q(site__isnull=True),
                name="dispute_is_of_one_subject",
            ),
            *(
                models.UniqueConstraint(
                    fields=[kind],
                    condition=Q(state__in=OPEN_DISPUTE),
                    name=f"one_open_dispute_of_{kind}",
                )
                for kind in ("enterprise", "site")
            ),
            models.CheckConstraint(
                condition=~Q(state=DisputeState.DECIDED)
                | Q(
                    regulator__isnull=False,
                    scope__in=DisputeScope.values,
                    effective_on__isnull=False,
                    closed_by__isnull=False,
                    closed_at__isnull=False,
                )
                & ~Q(decision_basis="")
                & ~Q(closing_reason=""),
                name="dispute_decision_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=DisputeState.DECIDED) | ~Q(closed_by=F("raised_by")),
                name="dispute_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(scope=DisputeScope.SECTOR, sector__isnull=False)
                | ~Q(scope=DisputeScope.SECTOR) & Q(sector__isnull=True),
                name="dispute_sector_where_it_holds_for_one",
            ),
        ]
        triggers = [
            flow.DISPUTE.trigger(),
            pgtrigger.Trigger(  # after the flow's own, in the order of names
                name="outcome_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"""
                    IF {_CLOSED}
                       AND to_jsonb(OLD) - {_SUBJECT} <> to_jsonb(NEW) - {_SUBJECT} THEN
                        RAISE EXCEPTION 'a closed dispute is not changed'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="not_removed", operation=pgtrigger.Delete),
            audited(),
        ]
        verbose_name = verbose_name_plural = "归属争议"

    def __str__(self) -> str:
        return f"{self.subject}的监管归属"

    @property
    def subject(self) -> Enterprise | Site:
        """What it is about."""
        return self.enterprise or self.site  # type: ignore[return-value]

    @property
    def kind(self) -> str:
        """``enterprise`` or ``site``."""
        return "enterprise" if self.enterprise_id else "site"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_DISPUTE


class Opinion(models.Model):
    """What an organisation was asked, until when (the last day), and what it said.

    ``regulator``: who should regulate, in its opinion; None where it names nobody. What was said
    is kept as it is by the database.
    """

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="opinions")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="征求意见的单位"
    )
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="征求人")
    asked_at = models.DateTimeField("征求时间", auto_now_add=True)
    until = models.DateField("答复期限")
    regulator = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="认为应由谁监管",
    )  # fmt: skip
    text = models.TextField("意见", max_length=2000, blank=True)
    basis = models.CharField("依据", max_length=300, blank=True)
    given_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    given_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "organisation"], name="opinion_asked_once"),
            models.CheckConstraint(
                condition=Q(given_at__isnull=True, given_by__isnull=True)
                | Q(given_at__isnull=False, given_by__isnull=False) & ~Q(text=""),
                name="opinion_is_given_whole",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="given_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF OLD.given_at IS NOT NULL THEN
                        RAISE EXCEPTION 'an opinion that was given is not changed'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
                """,
            ),
            audited(),
        ]
        verbose_name = verbose_name_plural = "归属意见"

    def __str__(self) -> str:
        return f"{self.organisation}的意见"

    def silent(self, today: date) -> bool:
        """Whether its time is over and it has said nothing."""
        return self.given_at is None and self.until < today

    def awaited(self, today: date) -> bool:
        """Whether it may still answer in time, and has not yet."""
        return self.given_at is None and self.until >= today
