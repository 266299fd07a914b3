"""Whom to tell."""

from __future__ import annotations

from django.db.models import QuerySet

from anlan.kernel.access.models import Grant, User
from anlan.kernel.access.roles import Role
from anlan.kernel.orgs.models import Area, Organisation
from anlan.plan.models import Duty
from anlan.plan.policies import UNIT


def verifiers(duty: Duty) -> QuerySet[User]:
    """Who verifies the duty: the office whose notice gave it, or the unit that handed it down."""
    if duty.parent is not None:
        return _holders(UNIT, organisation=duty.parent.organisation)
    return office(duty.key_duty.plan.area)


def owners(duty: Duty) -> QuerySet[User]:
    """Who works on the duty."""
    return _holders(UNIT, organisation=duty.organisation)


def office(area: Area, *, chief: bool = False) -> QuerySet[User]:
    """The committee office's people whose area covers ``area``."""
    roles = (Role.SCO_CHIEF,) if chief else (Role.SCO_STAFF, Role.SCO_CHIEF)
    parts = area.path.split("/")
    paths = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    return _holders(roles, area_paths=paths)


def _holders(
    roles: tuple[Role, ...],
    *,
    organisation: Organisation | None = None,
    area_paths: list[str] | None = None,
) -> QuerySet[User]:
    grants = Grant.objects.in_force().filter(role__in=roles)
    if organisation is not None:
        grants = grants.filter(organisation=organisation)
    if area_paths is not None:
        grants = grants.filter(area__path__in=area_paths)
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("pk")
