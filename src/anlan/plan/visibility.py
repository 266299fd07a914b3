"""Whose duties an actor sees."""

from __future__ import annotations

from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role

OVERVIEW = {Role.SCO_STAFF, Role.SCO_CHIEF, Role.LEADER}
UNIT = {Role.UNIT_STAFF, Role.UNIT_HEAD}


def duty_scope(actor: Actor, prefix: str = "") -> Q:
    """Duties in overseen areas, or owned by an organisation at or below the actor's own.

    ``prefix`` leads from another model to the duty (``"duty__"``).
    """
    if actor.is_system:
        return Q()
    scope = Q(pk__in=[])
    for grant in actor.grants:
        if grant.role in OVERVIEW:
            scope |= _under(f"{prefix}area__path", grant.area.path)
        elif grant.role in UNIT:
            scope |= _under(f"{prefix}organisation__path", grant.organisation.path)
    return scope


def _under(field: str, path: str) -> Q:
    return Q(**{field: path}) | Q(**{f"{field}__startswith": f"{path}/"})
