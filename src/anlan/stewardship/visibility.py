"""Whose posts and stewardships an actor sees and keeps; ``prefix`` leads to the post."""

from __future__ import annotations

from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import Grant
from anlan.kernel.access.roles import Role
from anlan.kernel.access.scope import NOTHING, within_areas, within_organisations
from anlan.registry.models import Site
from anlan.registry.visibility import of_grant
from anlan.stewardship.choices import ListState
from anlan.stewardship.policies import KEEP, OFFICE, UNIT


def posts_seen(actor: Actor, prefix: str = "") -> Q:
    """Posts of the actor's own units and of what answers to them, and in areas he oversees."""
    return _own(actor, prefix) | within_areas(
        actor, f"{prefix}organisation__area", *OFFICE, Role.LEADER
    )


def posts_kept(actor: Actor, prefix: str = "") -> Q:
    """The same for posts that the actor may change: a leader reads."""
    return _own(actor, prefix) | within_areas(actor, f"{prefix}organisation__area", *OFFICE)


def posts_given(actor: Actor, mine: Site) -> Q:
    """Posts whose holders the actor may make stewards of the mine: one of his grants must both
    keep the post and reach the mine. What he sees of mines by another, as a leader, adds nothing.
    """
    if actor.is_system:
        return Q()
    found = NOTHING
    for grant in KEEP.grants(actor):
        if Site.objects.filter(of_grant(grant), pk=mine.pk).exists():
            found |= _of_grant(grant)
    return found


def lists_seen(actor: Actor, prefix: str = "") -> Q:
    """Responsibility lists of such posts; what is still being drawn up only for the unit itself and
    those above it. ``prefix`` leads to the list."""
    issued = Q(**{f"{prefix}state": ListState.ISSUED})
    overseen = within_areas(actor, f"{prefix}post__organisation__area", *OFFICE, Role.LEADER)
    return _own(actor, f"{prefix}post__") | (overseen & issued)


def _of_grant(grant: Grant) -> Q:
    """Posts that this one grant keeps."""
    if Role(grant.role) in OFFICE:
        field, path = "organisation__area__path", grant.area.path
    else:
        field, path = "organisation__path", grant.organisation.path
    return Q(**{field: path}) | Q(**{f"{field}__startswith": f"{path}/"})


def _own(actor: Actor, prefix: str) -> Q:
    return within_organisations(actor, f"{prefix}organisation", *UNIT)
