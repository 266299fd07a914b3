"""Reads of the work records, always scoped to the viewer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.access.scope import NOTHING
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.selectors import in_force
from anlan.kernel.ui import nav
from anlan.records.choices import INTERNAL, RecordState
from anlan.records.models import Record, RecordQuerySet, RecordTypeVersion
from anlan.records.policies import OFFICE, UNIT

# --- types ------------------------------------------------------------------------------------


def versions(*, on: date | None = None) -> QuerySet[RecordTypeVersion]:
    """The version in force of each type that is not retired, in the order of the types."""
    on = on or timezone.localdate()
    newest = (
        RecordTypeVersion.objects.filter(effective_from__lte=on)
        .order_by("type_id", "-number")
        .distinct("type_id")
    )
    return (
        RecordTypeVersion.objects.filter(pk__in=newest.values("pk"))
        .filter(Q(type__retired_on=None) | Q(type__retired_on__gt=on))
        .select_related("type")
        .order_by("type__sort", "type")
    )


def version_of(code: str, *, on: date | None = None) -> RecordTypeVersion:
    """The version of the type in force; Unknown for no such type, Refused for a retired one."""
    found = versions(on=on).filter(type__code=code).first()
    if found is not None:
        return found
    if RecordTypeVersion.objects.filter(type__code=code).exists():
        raise Refused("type_retired", "这类记录已停用或尚未启用，不能新增。")
    raise Unknown("没有这类工作记录。")


def newest_version(record: Record) -> RecordTypeVersion:
    """By what an open record is to be judged today: the newest rules, even of a retired type."""
    found = RecordTypeVersion.objects.filter(
        type=record.type_id, effective_from__lte=timezone.localdate()
    ).select_related("type")
    return found.order_by("-number").first() or record.version


def versions_for(organisations: Iterable[Organisation]) -> list[RecordTypeVersion]:
    """The types that one of the organisations records."""
    units = list(organisations)
    return [each for each in versions() if any(each.open_to(unit) for unit in units)]


# --- who records ------------------------------------------------------------------------------


def own_units(actor: Actor) -> list[Organisation]:
    """The organisations that the actor works for, the first one first."""
    return list(dict.fromkeys(g.organisation for g in actor.grants if g.role in UNIT))


def units(actor: Actor) -> QuerySet[Organisation]:
    """Whom the actor records for: his own organisations and those directly below them."""
    own = [each.pk for each in own_units(actor)]
    return Organisation.objects.filter(
        Q(pk__in=own) | (Q(parent__in=own) & in_force(timezone.localdate()))
    ).order_by("path")


def nearest(actor: Actor) -> QuerySet[Organisation]:
    """By which organisations the actor looks at records: his own units and those directly below;
    in an area that he oversees, its own and those of the areas directly below."""
    wanted = NOTHING
    for grant in actor.grants:
        if grant.role in UNIT:
            wanted |= Q(pk=grant.organisation_id) | Q(parent=grant.organisation_id)
        elif grant.role in (*OFFICE, Role.LEADER):
            wanted |= Q(area=grant.area_id) | Q(area__parent=grant.area_id)
    return Organisation.objects.filter(wanted).order_by("area__path", "sort", "code")


# --- records ----------------------------------------------------------------------------------


def records(actor: Actor) -> RecordQuerySet:
    """The records that the actor sees, with what lists show of them."""
    return Record.objects.visible_to(actor).select_related("type", "version", "organisation")


def record(actor: Actor, pk: int) -> Record:
    """One record; Unknown outside the actor's scope."""
    seen = Record.objects.visible_to(actor).select_related(
        "type", "version__type", "organisation", "area", "author", "verifier"
    )
    found = seen.filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这条工作记录，或它不在您的管辖范围内。")
    return found


def to_copy(actor: Actor) -> list[Record]:
    """The newest record of each type of the actor's own units, at most six: work that recurs."""
    own = [each.pk for each in own_units(actor)]
    since = timezone.localdate() - timedelta(days=400)
    newest = (
        Record.objects.filter(
            organisation__in=own, held_on__gt=since, type__in=versions().values("type")
        )
        .exclude(state__in=INTERNAL)
        .order_by("type_id", "-held_on", "-pk")
        .distinct("type_id")
        .select_related("type")
    )
    return sorted(newest, key=lambda each: (each.held_on, each.pk), reverse=True)[:6]


def to_verify(actor: Actor) -> RecordQuerySet:
    """What falls to the actor to verify: what is marked first, then what has waited longest.

    Not what he, or the one for whom he stands in, has written himself.
    """
    waiting = Record.objects.filter(falls_to(actor), state=RecordState.SUBMITTED)
    mine = Q(author__in=actor.people) | Q(makers__overlap=sorted(actor.people))
    return (
        waiting.exclude(mine)
        .select_related("type", "version", "organisation", "author")
        .order_by("-mark_count", "submitted_at", "pk")
    )


def waiting_count(actor: Actor) -> int:
    """How much waits for the actor to verify, as far as the navigation shows it."""
    return to_verify(actor).order_by()[: nav.MOST + 1].count()


def falls_to(actor: Actor) -> Q:
    """Records within the areas of his office; of what answers to his units, but not their own."""
    falls = NOTHING
    for grant in actor.grants:
        if grant.role in OFFICE:
            path = grant.area.path
            falls |= Q(area__path=path) | Q(area__path__startswith=f"{path}/")
        elif grant.role in UNIT:
            falls |= Q(organisation__path__startswith=f"{grant.organisation.path}/")
    return falls
