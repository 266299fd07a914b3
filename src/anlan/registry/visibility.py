"""Whose subjects an actor sees, and whose he keeps."""

from __future__ import annotations

from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import Grant
from anlan.kernel.access.roles import Role
from anlan.kernel.orgs.models import OrganisationKind

OFFICE = frozenset({Role.SCO_STAFF, Role.SCO_CHIEF})
OVERVIEW = OFFICE | {Role.LEADER}
UNIT = frozenset({Role.UNIT_STAFF, Role.UNIT_HEAD})
NOTHING = Q(pk__in=[])


def seen_by(actor: Actor) -> Q:
    """Condition on Enterprise or Site: subjects that the actor sees.

    The office and the leaders see all in their areas. A unit sees what it or an organisation that
    answers to it regulates; a government (a township above all) also what lies in its area,
    whoever regulates it.
    """
    return _reached(actor, OVERVIEW | UNIT)


def kept_by(actor: Actor) -> Q:
    """The same for subjects whose facts the actor may change: by his grants as a unit alone."""
    return _reached(actor, UNIT)


def identities_opened_by(actor: Actor) -> Q:
    """The same for whose people's identity numbers the actor may open: not as a leader."""
    return _reached(actor, OFFICE | UNIT)


def overseen_by(actor: Actor) -> Q:
    """The same for subjects in the areas of the actor's grants as the committee's office."""
    return _reached(actor, OFFICE)


def _reached(actor: Actor, roles: frozenset[Role]) -> Q:
    if actor.is_system:
        return Q()
    found = NOTHING
    for grant in actor.grants:
        if Role(grant.role) in roles:
            found |= of_grant(grant)
    return found


def of_grant(grant: Grant) -> Q:
    """Condition on Enterprise or Site: subjects that this one grant reaches."""
    if Role(grant.role) in OVERVIEW:
        return _under("area", grant.area.path)
    regulated = _under("regulator", grant.organisation.path)
    if grant.organisation.kind == OrganisationKind.GOVERNMENT:
        return regulated | _under("area", grant.area.path)
    return regulated


def _under(field: str, path: str) -> Q:
    return Q(**{f"{field}__path": path}) | Q(**{f"{field}__path__startswith": f"{path}/"})
