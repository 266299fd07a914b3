"""Whose work records an actor sees."""

from __future__ import annotations

from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.access.scope import within_areas, within_organisations
from anlan.records.choices import INTERNAL
from anlan.records.policies import OFFICE, UNIT


def record_scope(actor: Actor) -> Q:
    """Records of the actor's own units and of what answers to them; in areas that he oversees
    those that have left their unit: a draft says nothing yet."""
    if actor.is_system:
        return Q()
    own = within_organisations(actor, "organisation", *UNIT)
    overseen = within_areas(actor, "area", *OFFICE, Role.LEADER)
    return own | (overseen & ~Q(state__in=INTERNAL))
