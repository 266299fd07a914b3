"""Whom to tell."""

from __future__ import annotations

from django.db.models import QuerySet

from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.access.selectors import holders
from anlan.kernel.orgs.models import Area
from anlan.plan.models import Duty
from anlan.plan.policies import UNIT


def verifiers(duty: Duty) -> QuerySet[User]:
    """Who verifies the duty: the office whose notice gave it, or the unit that handed it down."""
    if duty.parent is not None:
        return holders(UNIT, organisation=duty.parent.organisation)
    return office(duty.key_duty.plan.area)


def owners(duty: Duty) -> QuerySet[User]:
    """Who works on the duty."""
    return holders(UNIT, organisation=duty.organisation)


def office(area: Area, *, chief: bool = False) -> QuerySet[User]:
    """The committee office's people whose area covers ``area``."""
    return holders((Role.SCO_CHIEF,) if chief else (Role.SCO_STAFF, Role.SCO_CHIEF), area=area)
