"""Reads of the registry, scoped to the viewer."""

from __future__ import annotations

from datetime import date

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy
from anlan.kernel.access.scope import within_areas
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs.models import Area, AreaLevel, Organisation, OrganisationKind
from anlan.kernel.orgs.selectors import COUNTY_RANK, in_force
from anlan.registry import policies
from anlan.registry.choices import OPEN_DISPUTE, DisputeState
from anlan.registry.identifiers import mask
from anlan.registry.models import (
    Dispute,
    Enterprise,
    Entry,
    Opinion,
    Person,
    Register,
    Sector,
    Site,
)
from anlan.registry.sealing import SealBroken, opened


def enterprises(actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises that the actor sees, without those merged into another."""
    found = Enterprise.objects.visible_to(actor).standing()
    return found.select_related("sector", "area__parent", "regulator")


def sites(actor: Actor) -> QuerySet[Site]:
    """The sites that the actor sees, without those merged into another."""
    found = Site.objects.visible_to(actor).standing()
    return found.select_related("sector", "area__parent", "regulator", "enterprise")


def entries(actor: Actor, register: Register) -> QuerySet[Entry]:
    """The register's entries on standing subjects that the actor sees."""
    model = Enterprise if register.subject == "enterprise" else Site
    seen = model.objects.visible_to(actor).standing()
    subject = register.subject
    return Entry.objects.filter(
        register=register, **{f"{subject}__in": seen.order_by()}
    ).select_related("version", f"{subject}__area__parent", f"{subject}__regulator")


def registers(on: date | None = None) -> QuerySet[Register]:
    """The registers in use on the day (today)."""
    day = on or timezone.localdate()
    return Register.objects.filter(Q(retired_on=None) | Q(retired_on__gt=day))


def registers_for(subject: Enterprise | Site) -> list[Register]:
    """The registers in use in which the subject can stand: by its kind, then by its sector."""
    kind = "site" if isinstance(subject, Site) else "enterprise"
    found = registers().filter(subject=kind)
    if isinstance(subject, Site):
        found = found.filter(Q(site_kind="") | Q(site_kind=subject.kind))
    return list(found.filter(Q(sector=None) | Q(sector__in=_lines(subject.sector))))


def default_regulator(sector: Sector, area: Area) -> Organisation | None:
    """Who regulates a subject of the sector in the area unless somebody decided otherwise.

    Below the city the county's organisation, where the county has it; else the city's. A sector
    that names neither takes after the one that it is part of. None: nobody is named.
    """
    for line in _lines(sector):
        if found := _county_regulator(line, area) or _existing(line.city_regulator):
            return found
    return None


def county_of(area: Area) -> Area | None:
    """The county or zone in which the area lies, itself included; None for the city."""
    if area.level in COUNTY_RANK:
        return area
    if area.level == AreaLevel.CITY:
        return None
    above = area.path.split("/")
    return Area.objects.filter(code__in=above, level__in=COUNTY_RANK).first()


def masked(person: Person) -> str:
    """The person's identity number with all but its end hidden; empty if none was given."""
    if person.identity is None or person.digest is None:
        return ""
    try:
        return mask(opened(bytes(person.identity), person.digest))
    except SealBroken:
        return "无法读取"


def _lines(sector: Sector) -> list[Sector]:
    """The sector and those it is part of, nearest first."""
    found = [sector]
    while (parent := found[-1].parent) is not None and parent not in found:
        found.append(parent)
    return found


def _county_regulator(sector: Sector, area: Area) -> Organisation | None:
    county = county_of(area)
    if county is None or not sector.county_regulator:
        return None
    code = f"{county.code}-{sector.county_regulator}"
    return Organisation.objects.filter(in_force(timezone.localdate()), code=code).first()


def _existing(organisation: Organisation | None) -> Organisation | None:
    today = timezone.localdate()
    if organisation and organisation.valid_to and organisation.valid_to < today:
        return None
    return organisation


# --- disputes -------------------------------------------------------------------------------------


def disputes(actor: Actor) -> QuerySet[Dispute]:
    """The disputes that the actor sees; what waits for him first, then the open ones, newest first.

    ``waits``: he has an opinion to give, organisations to ask, or a decision to take.
    """
    waiting = Case(When(_waits(actor), then=True), default=False, output_field=BooleanField())
    opened = Case(When(state__in=OPEN_DISPUTE, then=True), default=False)
    found = Dispute.objects.visible_to(actor).select_related(*_DISPUTE_NAMES)
    return found.annotate(waits=waiting, opened=opened).order_by(
        "-waits", "-opened", "-raised_at", "-pk"
    )


def dispute(actor: Actor, pk: int) -> Dispute:
    """The dispute that the actor sees; Unknown if there is none."""
    found: Dispute | None = disputes(actor).filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这项归属争议，或不在您的管辖范围内。请从归属争议清单重新进入。")
    return found


def askable(dispute: Dispute) -> QuerySet[Organisation]:
    """Whom the office may ask: the city's organisations and those of the subject's county and
    township; without committees, which act by their offices, and who has answered already."""
    codes = dispute.subject.area.path.split("/")
    given = dispute.opinions.filter(given_at__isnull=False).values("organisation")
    return (
        Organisation.objects.filter(in_force(timezone.localdate()), area__code__in=codes)
        .exclude(kind__in=(OrganisationKind.COMMITTEE, OrganisationKind.ENTERPRISE))
        .exclude(pk__in=given)
        .select_related("area")
        .order_by("area__path", "sort", "code")
    )


_DISPUTE_NAMES = (
    "enterprise__area__parent", "enterprise__sector", "enterprise__regulator", "site__area__parent",
    "site__sector", "site__regulator", "organisation", "raised_by", "regulator", "regulator_before",
    "sector", "closed_by", "decided_for",
)  # fmt: skip


def _waits(actor: Actor) -> Q:
    """Condition on Dispute: the actor is whom the next step waits for."""
    own = [each.organisation_id for each in policies.OPINE.grants(actor)]
    unanswered = Opinion.objects.filter(dispute=OuterRef("pk"), given_at__isnull=True)
    awaited = unanswered.filter(until__gte=timezone.localdate())
    asked, raised = Q(state=DisputeState.ASKED), Q(state=DisputeState.RAISED)
    return (
        asked & Exists(unanswered.filter(organisation__in=own))
        | raised & _subject_within(actor, policies.ASK)
        | asked & ~Exists(awaited) & _subject_within(actor, policies.DECIDE)
    )


def _subject_within(actor: Actor, policy: Policy) -> Q:
    roles = policy.roles
    return within_areas(actor, "enterprise__area", *roles) | within_areas(
        actor, "site__area", *roles
    )
