"""Whom to tell."""

from __future__ import annotations

from django.db.models import QuerySet

from anlan.calls.models import Call, Explanation
from anlan.calls.policies import EXPLAIN
from anlan.kernel.access.models import User
from anlan.kernel.access.selectors import holders
from anlan.plan import audience


def asked(explanation: Explanation) -> QuerySet[User]:
    """Who may write the explanation."""
    return holders(EXPLAIN.roles, organisation=explanation.organisation)


def office(call: Call, *, chief: bool = False) -> QuerySet[User]:
    """The office that holds the call."""
    return audience.office(call.plan.area, chief=chief)
