"""Whose posts and stewardships an actor sees and keeps; ``prefix`` leads to the post."""

from __future__ import annotations

from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.access.scope import within_areas, within_organisations
from anlan.stewardship.choices import ListState
from anlan.stewardship.policies import OFFICE, UNIT


def posts_seen(actor: Actor, prefix: str = "") -> Q:
    """Posts of the actor's own units and of what answers to them, and in areas he oversees."""
    return _own(actor, prefix) | within_areas(
        actor, f"{prefix}organisation__area", *OFFICE, Role.LEADER
    )


def posts_kept(actor: Actor, prefix: str = "") -> Q:
    """The same for posts that the actor may change: a leader reads."""
    return _own(actor, prefix) | within_areas(actor, f"{prefix}organisation__area", *OFFICE)


def lists_seen(actor: Actor, prefix: str = "") -> Q:
    """Responsibility lists of such posts; what is still being drawn up only for the unit itself and
    those above it. ``prefix`` leads to the list."""
    issued = Q(**{f"{prefix}state": ListState.ISSUED})
    overseen = within_areas(actor, f"{prefix}post__organisation__area", *OFFICE, Role.LEADER)
    return _own(actor, f"{prefix}post__") | (overseen & issued)


def _own(actor: Actor, prefix: str) -> Q:
    return within_organisations(actor, f"{prefix}organisation", *UNIT)
