"""Writes on organisations and their names."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.orgs.models import (
    Area,
    Group,
    Organisation,
    OrganisationKind,
    OrganisationName,
)
from anlan.kernel.orgs.naming import local_names
from anlan.kernel.orgs.selectors import in_force, names_of
from anlan.kernel.orgs.services.checks import (
    EDITORS_OF_GROUPS,
    EDITORS_OF_ORGANISATIONS,
    check_exists,
    check_period,
    guard,
    overlapping,
)
from anlan.kernel.write import Write


def organisation_add(
    *,
    actor: Actor,
    name: str,
    short_name: str,
    kind: OrganisationKind,
    area: Area,
    parent: Organisation,
    valid_from: date,
) -> Organisation:
    """Add an organisation that answers to ``parent``, known by its names from ``valid_from`` on.

    Sends ``orgs.organisation.added``.
    """
    with Write(actor, "orgs.organisation.add") as write:
        area = write.lock(Area.objects.visible_to(actor), area.pk)
        guard(actor, area, EDITORS_OF_ORGANISATIONS)
        parent = write.lock(Organisation.objects.visible_to(actor), parent.pk)
        check_exists(parent, valid_from, None)
        code = _new_code(area)
        organisation = write.add(
            Organisation(
                code=code,
                name=name,
                short_name=short_name,
                kind=kind,
                area=area,
                parent=parent,
                path=f"{parent.path}/{code}",
                valid_from=valid_from,
                edited=True,
            )
        )
        for each in _own_names(name, short_name, area):
            _add_name(write, organisation, each, valid_from)
        write.event("orgs.organisation.added", organisation, area=area, organisation=organisation)
    return organisation


def organisation_add_name(
    *, actor: Actor, organisation: Organisation, name: str
) -> OrganisationName:
    """Let documents of the organisation's area call it ``name``, too.

    Refused where the name means another organisation or a group there.
    """
    with Write(actor, "orgs.organisation.add_name") as write:
        organisation = _lock(write, organisation, EDITORS_OF_GROUPS)
        added = _add_name(write, organisation, name, organisation.valid_from)
        write.change(organisation, edited=True)
    return added


def organisation_rename(
    *, actor: Actor, organisation: Organisation, name: str, short_name: str, on: date, reason: str
) -> Organisation:
    """Give it a new full and short name from ``on`` (today or earlier); the old stay on record.

    Sends ``orgs.organisation.renamed``.
    """
    with Write(actor, "orgs.organisation.rename", reason=reason) as write:
        organisation = _lock(write, organisation, EDITORS_OF_ORGANISATIONS)
        _check_rename(organisation, on)
        wanted = _own_names(name, short_name, organisation.area)
        former = _own_names(organisation.name, organisation.short_name, organisation.area)
        _end_names(write, organisation, set(former) - set(wanted), on - timedelta(days=1))
        standing = set(names_of(organisation, on=on))
        for each in wanted:
            if each not in standing:
                _add_name(write, organisation, each, on)
        write.change(organisation, name=name, short_name=short_name, edited=True)
        write.event(
            "orgs.organisation.renamed",
            organisation,
            area=organisation.area,
            organisation=organisation,
        )
    return organisation


def organisation_dissolve(
    *, actor: Actor, organisation: Organisation, on: date, reason: str
) -> Organisation:
    """Make ``on`` the last day on which it exists: its names and memberships end with it.

    Refused while organisations that last longer answer to it or are set up in it, and where it
    took a name or came into a group only after that day. Sends ``orgs.organisation.dissolved``.
    """
    with Write(actor, "orgs.organisation.dissolve", reason=reason) as write:
        organisation = _lock(write, organisation, EDITORS_OF_ORGANISATIONS)
        if organisation.valid_to is not None:
            raise WrongState(f"{organisation}已于{organisation.valid_to}撤销。")
        check_period(organisation.valid_from, on)
        _check_alone(organisation, on)
        _check_nothing_after(organisation, on)
        for name in organisation.names.filter(in_force(on)):
            write.change(name, valid_to=on)
        for membership in organisation.memberships.filter(in_force(on)):
            write.change(membership, valid_to=on)
        write.change(organisation, valid_to=on, edited=True)
        write.event(
            "orgs.organisation.dissolved",
            organisation,
            area=organisation.area,
            organisation=organisation,
        )
    return organisation


def organisation_set_host(
    *, actor: Actor, organisation: Organisation, host: Organisation | None
) -> Organisation:
    """Record in which body an office is set up (confirming it where it was an assumption)."""
    with Write(actor, "orgs.organisation.set_host") as write:
        organisation = _lock(write, organisation, EDITORS_OF_GROUPS)
        if host is not None:
            host = write.lock(Organisation.objects.visible_to(actor), host.pk)
            check_exists(host, timezone.localdate(), None)
        write.change(organisation, host=host, verified=True, note="", edited=True)
    return organisation


# --- parts ------------------------------------------------------------------------------------


def _lock(write: Write, organisation: Organisation, roles: tuple[Role, ...]) -> Organisation:
    found: Organisation = write.lock(Organisation.objects.visible_to(write.actor), organisation.pk)
    guard(write.actor, found.area, roles)
    return found


def _check_rename(organisation: Organisation, on: date) -> None:
    if on > timezone.localdate():
        raise Refused("too_early", f"更名日期{on}还没有到，请在更名当日或之后办理。")
    check_exists(organisation, on, None)
    present = organisation.names.filter(
        name__in=(organisation.name, organisation.short_name), valid_to__isnull=True
    )
    if newest := present.filter(valid_from__gte=on).order_by("-valid_from").first():
        raise WrongState(f"现用名称“{newest}”自{newest.valid_from}启用，更名日期须晚于这一天。")


def _check_alone(organisation: Organisation, on: date) -> None:
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    bound = Q(parent=organisation) | Q(host=organisation)
    others = list(Organisation.objects.filter(lasting, bound)[:3])
    if others:
        names = "、".join(str(each) for each in others)
        raise WrongState(f"{organisation}下还有{names}等单位，请先调整它们的归属再撤销。")


def _check_nothing_after(organisation: Organisation, on: date) -> None:
    """What began later would outlive it: a name that still means it, a seat in a group."""
    name = organisation.names.filter(valid_from__gt=on).order_by("-valid_from").first()
    if name:
        raise WrongState(f"它的名称“{name}”自{name.valid_from}才启用，最后一天不能早于这一天。")
    seat = organisation.memberships.filter(valid_from__gt=on).select_related("group").first()
    if seat:
        raise WrongState(f"它自{seat.valid_from}列入“{seat.group}”，最后一天不能早于这一天。")


def _own_names(name: str, short_name: str, area: Area) -> list[str]:
    both = (name.strip(), short_name.strip())
    if not all(both):
        raise Refused("name_missing", "请填写单位全称和简称。")
    return list(dict.fromkeys(local for each in both for local in local_names(each, area.name)))


def _add_name(
    write: Write, organisation: Organisation, name: str, valid_from: date
) -> OrganisationName:
    name = name.strip()
    if not name:
        raise Refused("name_missing", "请填写名称。")
    area = organisation.area
    taken = OrganisationName.objects.filter(overlapping(valid_from, None), area=area, name=name)
    if holder := taken.select_related("organisation").first():
        raise WrongState(f"在{area}，“{name}”已指{holder.organisation.name}，请换一个名称。")
    if Group.objects.filter(Q(name=name) | Q(aliases__contains=[name]), area=area).exists():
        raise WrongState(f"“{name}”是单位组的名称，请换一个名称。")
    return write.add(
        OrganisationName(organisation=organisation, area=area, name=name, valid_from=valid_from)
    )


def _end_names(write: Write, organisation: Organisation, names: set[str], last: date) -> None:
    for row in organisation.names.filter(in_force(last), name__in=names):
        write.change(row, valid_to=last)


def _new_code(area: Area) -> str:
    """Codes of organisations that people add: the area's code, ``-n`` and a running number."""
    prefix = f"{area.code}-n"
    codes = Organisation.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    taken = [int(tail) for code in codes if (tail := code.removeprefix(prefix)).isdigit()]
    return f"{prefix}{max(taken, default=0) + 1}"
