"""Who acts: a person, by his own grants or as somebody's deputy, through which door."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden

if TYPE_CHECKING:
    from anlan.kernel.access.models import Deputy, Grant, User


class ActorSource(StrEnum):
    WEB = "web"
    API = "api"
    TASK = "task"
    IMPORT = "import"
    COMMAND = "command"


# Through these doors come our own jobs and commands, which need no account.
_OWN_DOORS = (ActorSource.TASK, ActorSource.IMPORT, ActorSource.COMMAND)


@dataclass(frozen=True)
class Actor:
    """The doer of a write and the viewer of a read.

    ``user`` None is the system itself (jobs, commands) or, through the web or the API, somebody
    who has not logged in: the two are told apart by ``source``. ``deputy`` is the deputation in
    force by which ``user`` acts with the principal's grants instead of his own; the audit row
    records both.
    """

    user: User | None
    source: ActorSource = ActorSource.WEB
    deputy: Deputy | None = None
    request_id: str = field(default_factory=lambda: uuid4().hex)

    @cached_property
    def grants(self) -> list[Grant]:
        """The grants in force today: the user's own, or the principal's while deputising."""
        from anlan.kernel.access.models import Deputy, Grant

        if self.user is None:
            return []
        in_force = Grant.objects.in_force()
        if self.deputy:  # a deputation that lapses while a live page is open gives nothing more
            deputations = Deputy.objects.in_force().filter(pk=self.deputy.pk, deputy=self.user)
            in_force = in_force.filter(user__in=deputations.values("principal"))
        else:
            in_force = in_force.filter(user=self.user)
        return list(in_force.select_related("organisation", "area").order_by("pk"))

    @property
    def people(self) -> set[int]:
        """The persons in whose name this is done: the user, and the principal while deputising."""
        return {
            pk
            for pk in (self.user and self.user.pk, self.deputy and self.deputy.principal_id)
            if pk
        }

    def fresh(self) -> Actor:
        """The same actor with the grants read anew."""
        return replace(self)

    @property
    def person(self) -> User:
        """The account that acts; Forbidden where none does (a job, somebody not logged in)."""
        if self.user is None:
            raise Forbidden
        return self.user

    @property
    def is_system(self) -> bool:
        """Whether a job or command of ours acts, not a person."""
        return self.user is None and self.source in _OWN_DOORS

    @property
    def is_anonymous(self) -> bool:
        """Whether somebody acts who has not logged in."""
        return self.user is None and self.source not in _OWN_DOORS

    def has_role(self, *roles: Role) -> bool:
        """Whether one of the grants in force gives one of ``roles``."""
        return any(grant.role in roles for grant in self.grants)


def system(source: ActorSource = ActorSource.TASK) -> Actor:
    """The actor of jobs and commands; ValueError for a door that people use."""
    if source not in _OWN_DOORS:
        raise ValueError(f"{source} is a door for people: no system actor comes through it")
    return Actor(user=None, source=source)


def anonymous(source: ActorSource = ActorSource.WEB) -> Actor:
    """The actor of a request that nobody has logged in for."""
    return Actor(user=None, source=source)
