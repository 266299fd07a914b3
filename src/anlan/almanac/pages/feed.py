"""The door for calendar programs: a secret address instead of a login."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone

from anlan.almanac.days import Span
from anlan.almanac.entries import entries
from anlan.almanac.feed import TYPE, ics
from anlan.almanac.services import subscription
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import LoginEvent, LoginEventKind
from anlan.kernel.access.policies import page, public
from anlan.kernel.access.requests import Request
from anlan.kernel.access.services.attempts import admit_address
from anlan.kernel.errors import Unknown

BEFORE, AFTER = timedelta(days=31), timedelta(days=366)


@page(public)
def feed(request: Request, number: int, token: str) -> HttpResponse:
    """What the address's owner may see at this moment by his own grants.

    Whoever else is logged in in this browser does not matter. A wrong address is counted against
    where it comes from only after it proved wrong: behind one address of a city hall sit many
    calendars, and one that was renewed must not silence the others.
    """
    user = subscription.owner(number=number, token=token)
    if user is None:
        client = Client.of(request)
        admit_address(client, kinds=(LoginEventKind.FEED_FAILED,))
        LoginEvent.record(LoginEventKind.FEED_FAILED, None, client)
        raise Unknown("没有这个日历，或地址已经更换。请登录后在“日历—订阅”重新生成地址。")
    today = timezone.localdate()
    shown = entries(Actor(user=user), Span(today - BEFORE, today + AFTER))
    subscription.note_reading(user)
    content = ics(
        (each for each in shown if not each.done),
        name=f"安澜：{user.name}",
        domain=f"{user.organisation.area.path.partition('/')[0]}.anlan",
        base=f"{request.scheme}://{request.get_host()}",
        now=timezone.now(),
    )
    return HttpResponse(
        content,
        content_type=TYPE,
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'inline; filename="anlan.ics"',
        },
    )
