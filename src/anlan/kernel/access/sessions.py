"""Sessions of accounts: begin, recognise at each request, end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.middleware.csrf import rotate_token
from django.utils import timezone

from anlan.kernel.access import rules
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import (
    AccountSession,
    Deputy,
    LoginEvent,
    LoginEventKind,
    LoginState,
    SessionEnd,
    User,
)
from anlan.kernel.access.requests import Request

SESSION = "account_session"
DEPUTY = "deputy"
_SEEN_EVERY = timedelta(minutes=1)


def begin(request: Request, user: User) -> AccountSession:
    """Log ``user`` in with a fresh session key and CSRF token; ends the oldest beyond the limit."""
    now = timezone.now()
    client = Client.of(request)
    with transaction.atomic():
        # Two logins at once count each other: the second waits here.
        LoginState.objects.select_for_update().get_or_create(user=user)
        _make_room(user, now)
        session = AccountSession.objects.create(
            user=user, began_at=now, seen_at=now, address=client.address, agent=client.agent
        )
        LoginEvent.record(LoginEventKind.LOGIN, user, client)
    request.session.flush()  # nothing that was planted before the login survives it
    request.session[SESSION] = str(session.pk)
    rotate_token(request)
    return session


def _make_room(user: User, now: datetime) -> None:
    limit = rules.current().session_max_concurrent
    open_now = list(in_force(now).filter(user=user).order_by("-began_at", "pk"))
    for session in open_now[limit - 1 :]:
        end(session, SessionEnd.CONCURRENT)


def in_force(now: datetime | None = None) -> QuerySet[AccountSession]:
    """The sessions that neither ended nor ran out."""
    now = now or timezone.now()
    rule = rules.current()
    return AccountSession.objects.filter(
        ended_at=None, seen_at__gt=now - rule.idle_time, began_at__gt=now - rule.absolute_time
    )


def end(session: AccountSession, why: SessionEnd, *, by: User | None = None) -> bool:
    """End a session once, with its reason and its event; False if it had ended before."""
    ended = AccountSession.objects.filter(pk=session.pk, ended_at=None).update(
        ended_at=timezone.now(), end=why
    )
    if ended:
        kind = LoginEventKind.LOGOUT if why == SessionEnd.LOGOUT else LoginEventKind.SESSION_ENDED
        client = Client(session.address, session.agent)
        LoginEvent.record(kind, session.user, client, by=by, detail=why.label)
    return bool(ended)


def end_all(
    user: User, why: SessionEnd, *, but: AccountSession | None = None, by: User | None = None
) -> None:
    """End every session of the account, except the one named."""
    for session in AccountSession.objects.filter(user=user, ended_at=None).select_related("user"):
        if session != but:
            end(session, why, by=by)


def recognise(request: Request) -> AccountSession | None:
    """The session in force that this request belongs to; one that ran out ends here.

    Sets ``request.session_end`` to the reason where the request carries a session that is over.
    """
    request.session_end = None
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    pk = request.session.get(SESSION)
    if pk is None:
        return None
    session = (
        AccountSession.objects.select_related("user__organisation__area").filter(pk=pk).first()
    )
    over = _over(session)
    if session is None or over:
        if session and over:
            end(session, over)
        request.session.flush()
        request.session_end = over
        return None
    _see(request, session)
    return session


def _over(session: AccountSession | None) -> SessionEnd | None:
    if session is None:
        return None
    if session.ended_at:
        return SessionEnd(session.end)
    now, rule = timezone.now(), rules.current()
    if not session.user.is_active:
        return SessionEnd.DISABLED
    if now - session.began_at >= rule.absolute_time:
        return SessionEnd.ABSOLUTE
    return SessionEnd.IDLE if now - session.seen_at >= rule.idle_time else None


def _see(request: Request, session: AccountSession) -> None:
    # A live page that reconnects by itself is not a person at work.
    if "text/event-stream" in request.headers.get("Accept", ""):
        return
    now = timezone.now()
    if now - session.seen_at >= _SEEN_EVERY:
        AccountSession.objects.filter(pk=session.pk, ended_at=None).update(seen_at=now)


def deputation(request: Request, user: User) -> Deputy | None:
    """The deputation that the session chose, if it is in force today.

    Sets ``request.deputy_lapsed`` where it is not any more, and forgets the choice.
    """
    request.deputy_lapsed = False
    pk = request.session.get(DEPUTY)
    if pk is None:
        return None
    found = deputations(user).filter(pk=pk).select_related("principal__organisation").first()
    if found is None:
        del request.session[DEPUTY]
        request.deputy_lapsed = True
    return found


def deputations(user: User) -> QuerySet[Deputy]:
    """The deputations in force today by which ``user`` may act for somebody."""
    return Deputy.objects.in_force().filter(deputy=user)
