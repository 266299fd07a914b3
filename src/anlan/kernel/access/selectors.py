"""Reads of accounts, grants, deputies and login events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from anlan.kernel.access.models import Deputy, Grant, LoginEvent, LoginState, User
from anlan.kernel.access.roles import Role
from anlan.kernel.orgs.models import Area, Organisation, OrganisationKind
from anlan.kernel.orgs.selectors import in_force

RECENT = 15


def accounts(*, text: str = "", state: str = "") -> QuerySet[User]:
    """Accounts whose username, name or organisation holds ``text``; ``state`` active, disabled,
    locked, or empty for all."""
    grants = Grant.objects.in_force().select_related("organisation")
    found = User.objects.select_related("organisation", "login_state").prefetch_related(
        Prefetch("grants", grants, to_attr="grants_in_force")
    )
    text = text.replace("\x00", "")
    if text:
        found = found.filter(
            Q(username__icontains=text)
            | Q(name__icontains=text)
            | Q(organisation__short_name__icontains=text)
            | Q(organisation__name__icontains=text)
        )
    if state == "locked":
        return found.filter(login_state__locked_until__gt=timezone.now())
    return found.filter(is_active=state == "active") if state in ("active", "disabled") else found


def grants_of(user: User) -> QuerySet[Grant]:
    """All grants of the account, past ones too, those in force first."""
    return user.grants.select_related("organisation", "area", "granted_by").order_by(
        "-ended_at", "-valid_from", "pk"
    )


def deputies_of(user: User) -> QuerySet[Deputy]:
    """Whom the account let stand in for it, newest first."""
    return Deputy.objects.filter(principal=user).select_related("deputy").order_by("-pk")


def login_state(user: User) -> LoginState:
    """What the login counts for the account; an empty count if it never logged in."""
    return LoginState.objects.filter(user=user).first() or LoginState(user=user)


def recent_events(user: User) -> QuerySet[LoginEvent]:
    """The last events at the door of this account."""
    return LoginEvent.objects.filter(user=user).select_related("by")[:RECENT]


def login_events(
    *,
    kind: str = "",
    who: str = "",
    address: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[LoginEvent]:
    """Login events, newest first; ``since`` and ``until`` are days, both included."""
    found = LoginEvent.objects.select_related("user", "by")
    if kind:
        found = found.filter(kind=kind)
    if who:
        found = found.filter(Q(user__username__icontains=who) | Q(user__name__icontains=who))
    if address:
        found = found.filter(address=address)
    if since:
        found = found.filter(at__gte=_midnight(since))
    if until:
        found = found.filter(at__lt=_midnight(until + timedelta(days=1)))
    return found


def organisation_names() -> list[str]:
    """Full names of the organisations that exist today, villages left out, to choose from."""
    existing = Organisation.objects.filter(in_force(timezone.localdate()))
    named = existing.exclude(kind=OrganisationKind.VILLAGE)
    return list(named.values_list("name", flat=True))


def holders(
    roles: Iterable[Role],
    *,
    organisation: Organisation | None = None,
    area: Area | None = None,
) -> QuerySet[User]:
    """Active accounts with a grant in force for one of ``roles``: whom to tell of something.

    ``organisation``: the grant is for this very one; ``area``: its area covers this one.
    """
    grants = Grant.objects.in_force().filter(role__in=list(roles))
    if organisation is not None:
        grants = grants.filter(organisation=organisation)
    if area is not None:
        parts = area.path.split("/")
        paths = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        grants = grants.filter(area__path__in=paths)
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("pk")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
