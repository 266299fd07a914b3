"""Whom to tell of what happens in the registry."""

from __future__ import annotations

from django.db.models import QuerySet

from anlan.kernel.access.models import User
from anlan.kernel.access.selectors import holders
from anlan.kernel.orgs.models import Area, Organisation
from anlan.registry import policies


def office(area: Area) -> QuerySet[User]:
    """The committee office's people whose area covers ``area``."""
    return holders(policies.OFFICE, area=area)


def of(organisation: Organisation) -> QuerySet[User]:
    """Who speaks for the organisation."""
    return holders((*policies.OFFICE, *policies.UNIT), organisation=organisation)
