"""Writes on the members of groups."""

from __future__ import annotations

from datetime import date

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import WrongState
from anlan.kernel.orgs.models import Group, Membership, Organisation
from anlan.kernel.orgs.selectors import in_force
from anlan.kernel.orgs.services.checks import (
    EDITORS_OF_GROUPS,
    check_exists,
    check_period,
    guard,
    overlapping,
)
from anlan.kernel.write import Write


def group_add_member(
    *,
    actor: Actor,
    group: Group,
    organisation: Organisation,
    valid_from: date,
    valid_to: date | None = None,
) -> Membership:
    """Put the organisation into the group from ``valid_from`` through ``valid_to`` (None: open).

    Refused where the organisation is in the group on one of these days already, or does not exist
    on all of them. Sends ``orgs.group.changed``.
    """
    with Write(actor, "orgs.group.add_member") as write:
        group = write.lock(Group.objects.visible_to(actor), group.pk)
        guard(actor, group.area, EDITORS_OF_GROUPS)
        organisation = write.lock(Organisation.objects.visible_to(actor), organisation.pk)
        check_period(valid_from, valid_to)
        check_exists(organisation, valid_from, valid_to)
        standing = Membership.objects.filter(group=group, organisation=organisation)
        if standing.filter(overlapping(valid_from, valid_to)).exists():
            raise WrongState(f"{organisation}在这段时间里已是“{group}”的成员，不必再加。")
        membership = write.add(
            Membership(
                group=group, organisation=organisation, valid_from=valid_from, valid_to=valid_to
            )
        )
        _group_changed(write, group, organisation)
    return membership


def group_end_member(
    *, actor: Actor, group: Group, organisation: Organisation, valid_to: date
) -> Membership:
    """Make ``valid_to`` the last day on which the organisation is in the group.

    Sends ``orgs.group.changed``.
    """
    with Write(actor, "orgs.group.end_member") as write:
        group = write.lock(Group.objects.visible_to(actor), group.pk)
        guard(actor, group.area, EDITORS_OF_GROUPS)
        organisation = write.lock(Organisation.objects.visible_to(actor), organisation.pk)
        membership = Membership.objects.filter(
            in_force(valid_to), group=group, organisation=organisation
        ).first()
        if membership is None:
            raise WrongState(f"{organisation}在{valid_to}不是“{group}”的成员，请核对日期。")
        write.change(membership, valid_to=valid_to)
        _group_changed(write, group, organisation)
    return membership


def group_verify(*, actor: Actor, group: Group) -> Group:
    """Confirm that the group's members are the right ones."""
    with Write(actor, "orgs.group.verify") as write:
        group = write.lock(Group.objects.visible_to(actor), group.pk)
        guard(actor, group.area, EDITORS_OF_GROUPS)
        write.change(group, verified=True, note="", edited=True)
    return group


def _group_changed(write: Write, group: Group, organisation: Organisation) -> None:
    write.change(group, edited=True)
    write.event("orgs.group.changed", group, area=group.area, organisation=organisation)
