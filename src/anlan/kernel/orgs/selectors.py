"""Reads of areas, organisations and groups. All of them are public to every account."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from anlan.kernel.orgs.models import (
    Area,
    AreaLevel,
    Group,
    Membership,
    Organisation,
    OrganisationName,
)

COUNTY_RANK = (AreaLevel.COUNTY, AreaLevel.ZONE)
TOWNSHIP_RANK = (AreaLevel.TOWNSHIP, AreaLevel.PARK)


def in_force(on: date, prefix: str = "") -> Q:
    """Condition on rows with ``valid_from``/``valid_to``: in force on the day, edges included."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": on})
    )


def exists_on(organisation: Organisation, day: date) -> bool:
    """Whether the organisation exists on the day, edges included."""
    ended: date | None = organisation.valid_to
    return organisation.valid_from <= day and (ended is None or ended >= day)


# --- areas ------------------------------------------------------------------------------------


def areas_of_county_rank() -> QuerySet[Area]:
    """The columns of the matrix, in official order: the counties, then the development zone."""
    return Area.objects.filter(level__in=COUNTY_RANK)


def areas_of_township_rank(county: Area) -> QuerySet[Area]:
    """Townships, streets and parks of the county, in the order of their codes."""
    return Area.objects.filter(county.within, level__in=TOWNSHIP_RANK)


def villages_of(township: Area) -> QuerySet[Area]:
    """Villages and communities of the township, in the order of their codes."""
    return Area.objects.filter(township.within, level=AreaLevel.VILLAGE)


def ancestors(area: Area) -> list[Area]:
    """The areas around ``area``, nearest first, without itself."""
    codes = area.path.split("/")[:-1]
    found = {each.code: each for each in Area.objects.filter(code__in=codes)}
    return [found[code] for code in reversed(codes)]


# --- organisations ----------------------------------------------------------------------------


def organisations_under(organisation: Organisation, *, on: date) -> QuerySet[Organisation]:
    """The organisations that answer to it at any depth and exist on the day, without itself."""
    return Organisation.objects.filter(
        in_force(on), path__startswith=f"{organisation.path}/"
    ).select_related("area")


def answering_to(organisation: Organisation, *, on: date) -> QuerySet[Organisation]:
    """The organisations to which it may hand down directly and that exist on the day."""
    return Organisation.objects.filter(in_force(on), parent=organisation).select_related("area")


def government_of(area: Area) -> Organisation:
    """The government of the area (a zone's management committee); DoesNotExist if it has none."""
    found: Organisation = Organisation.objects.select_related("area").get(
        area=area, kind="government", valid_to__isnull=True
    )
    return found


def names_of(organisation: Organisation, *, on: date) -> list[str]:
    """What documents call the organisation on the day."""
    names = OrganisationName.objects.filter(in_force(on), organisation=organisation)
    return list(names.order_by("pk").values_list("name", flat=True))


# --- groups -----------------------------------------------------------------------------------


def members(group: Group, *, on: date, within: Area | None = None) -> QuerySet[Organisation]:
    """The organisations in the group on the day that exist on it, ``within`` an area if given."""
    of_group = Membership.objects.filter(in_force(on), group=group).values("organisation")
    found = Organisation.objects.filter(in_force(on), pk__in=of_group).select_related("area")
    if within is not None:
        found = found.filter(Q(area=within) | Q(area__path__startswith=f"{within.path}/"))
    return found


def groups_of(organisation: Organisation, *, on: date) -> QuerySet[Group]:
    """The groups in which the organisation is on the day."""
    of_it = Membership.objects.filter(in_force(on), organisation=organisation).values("group")
    return Group.objects.filter(pk__in=of_it)
