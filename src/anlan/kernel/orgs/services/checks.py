"""Who may write on organisations and groups, and what every such write checks."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden, Refused
from anlan.kernel.orgs.models import Area, Organisation

EDITORS_OF_GROUPS = (Role.SYSTEM, Role.SCO_STAFF, Role.SCO_CHIEF)
EDITORS_OF_ORGANISATIONS = (Role.SYSTEM,)


def may_edit(actor: Actor, area: Area, roles: tuple[Role, ...]) -> bool:
    """Whether the actor holds one of ``roles`` in an area that covers ``area``."""
    return actor.is_system or any(
        grant.role in roles and grant.area.covers(area) for grant in actor.grants
    )


def guard(actor: Actor, area: Area, roles: tuple[Role, ...]) -> None:
    """Forbidden unless :func:`may_edit`."""
    if not may_edit(actor, area, roles):
        raise Forbidden


def check_period(valid_from: date, valid_to: date | None) -> None:
    """Refused where a period ends before it begins."""
    if valid_to is not None and valid_to < valid_from:
        raise Refused("period", f"截止日期{valid_to}早于起始日期{valid_from}，请改正。")


def check_exists(organisation: Organisation, valid_from: date, valid_to: date | None) -> None:
    """Refused where the organisation does not exist on all days of the period."""
    began, ended = organisation.valid_from, organisation.valid_to
    if valid_from < began:
        raise Refused("not_yet", f"{organisation}{began}才成立，起始日期不能早于这一天。")
    if ended is not None and (valid_to is None or valid_to > ended):
        raise Refused("dissolved", f"{organisation}于{ended}撤销，截止日期不能晚于这一天。")


def overlapping(valid_from: date, valid_to: date | None) -> Q:
    """Condition on rows with a period: it shares a day with this one (``valid_to`` None: open)."""
    lasts = Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from)
    return lasts if valid_to is None else lasts & Q(valid_from__lte=valid_to)
