"""What an actor's grants reach: conditions for ``visible_to`` in a line or two.

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(
            within_areas(actor, "area", Role.LEADER, Role.SCO_STAFF, Role.SCO_CHIEF)
            | within_organisations(actor, "owner", Role.UNIT_STAFF, Role.UNIT_HEAD)
        )

A grant reaches its area and all areas below, its organisation and all that answer to it. Our own
jobs reach everything, an anonymous actor and an actor without a fitting grant nothing. Naming no
role means any role.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import Grant
from anlan.kernel.access.roles import Role

NOTHING = Q(pk__in=[])


def areas(actor: Actor, *roles: Role) -> list[str]:
    """The paths of the outermost areas that the actor acts for in one of ``roles``."""
    return _outermost(grant.area.path for grant in _grants(actor, roles))


def organisations(actor: Actor, *roles: Role) -> list[str]:
    """The paths of the outermost organisations that the actor acts for in one of ``roles``."""
    return _outermost(grant.organisation.path for grant in _grants(actor, roles))


def within_areas(actor: Actor, field: str, *roles: Role) -> Q:
    """Condition on the area named by ``field`` (``area``, ``duty__area``; empty on Area itself)."""
    return Q() if actor.is_system else _below(areas(actor, *roles), field)


def within_organisations(actor: Actor, field: str, *roles: Role) -> Q:
    """Condition on the organisation named by ``field`` (empty on Organisation itself)."""
    return Q() if actor.is_system else _below(organisations(actor, *roles), field)


def reaches_area(actor: Actor, path: str, *roles: Role) -> bool:
    """Whether the area with this path lies in the actor's reach."""
    return actor.is_system or _covered(path, areas(actor, *roles))


def reaches_organisation(actor: Actor, path: str, *roles: Role) -> bool:
    """Whether the organisation with this path lies in the actor's reach."""
    return actor.is_system or _covered(path, organisations(actor, *roles))


def _grants(actor: Actor, roles: tuple[Role, ...]) -> list[Grant]:
    return [grant for grant in actor.grants if not roles or grant.role in roles]


def _outermost(paths: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not _covered(path, kept):
            kept.append(path)
    return kept


def _covered(path: str, above: list[str]) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in above)


def _below(paths: list[str], field: str) -> Q:
    if not paths:
        return NOTHING
    column = f"{field}__path" if field else "path"
    found = Q()
    for path in paths:
        found |= Q(**{column: path}) | Q(**{f"{column}__startswith": f"{path}/"})
    return found
