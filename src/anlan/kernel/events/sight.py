"""Whose events reach a viewer's live page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.events.outbox import Happening

OVERVIEW = {Role.SCO_STAFF, Role.SCO_CHIEF, Role.LEADER}


@dataclass(frozen=True)
class Sight:
    """The areas that the viewer oversees, the organisations that he works for, his own id."""

    areas: tuple[str, ...]
    organisations: tuple[str, ...]
    user: int | None

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """From the grants in force today."""
        return cls(
            tuple({g.area.path for g in actor.grants if g.role in OVERVIEW}),
            tuple({g.organisation.path for g in actor.grants if g.role not in OVERVIEW}),
            actor.user.pk if actor.user else None,
        )

    def sees(self, event: Happening) -> bool:
        """An event for one person reaches that person; others those whose scope holds them."""
        if "user" in event.ids:
            return bool(event.ids["user"] == self.user)
        return _under(event.area, self.areas) or _under(event.organisation, self.organisations)


def _under(path: str | None, tops: tuple[str, ...]) -> bool:
    return path is not None and any(path == t or path.startswith(f"{t}/") for t in tops)
