"""``/live/``: the outbox as server-sent events, resumable by Last-Event-ID."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from time import monotonic

from django.http import HttpRequest, StreamingHttpResponse

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.sessions import in_force
from anlan.kernel.events.hub import (
    BACKLOG,
    PAGE,
    News,
    Subscription,
    ahead,
    connect,
    hub,
    since,
)
from anlan.kernel.events.outbox import Cursor, Happening
from anlan.kernel.events.sight import Sight
from anlan.kernel.visits import visit

BEAT = 15.0  # seconds between signs of life; also how often the session and grants are read again
RELOAD = "event: reload\ndata: {}\n\n"


@page(anyone)
async def live(request: HttpRequest) -> StreamingHttpResponse:
    """What happens in the viewer's scope, as ids; the page reads the news by its own rights."""
    response = StreamingHttpResponse(_stream(request), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(request: HttpRequest) -> AsyncIterator[str]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sight = await visit(Sight.of, actor)
    async with hub.subscribe() as subscription:
        sent: Cursor | None = None
        yield "retry: 1000\n\n"
        # A page says when it was read; a reconnecting one, what it got last.
        resume = Cursor.parse(
            request.headers.get("Last-Event-ID", "") or request.GET.get("since", "")
        )
        if resume:
            missed = await _missed(resume, subscription)
            if len(missed) > BACKLOG:
                yield RELOAD
            for each in missed:
                sent = each.cursor
                if sight.sees(each):
                    yield _message(News(each))
        checked = monotonic()
        while True:
            news = await _next(subscription)
            if subscription.lost:
                yield RELOAD
                return
            # By the clock, not only when it is quiet: a busy page too must end with its session.
            if news is None or monotonic() - checked >= BEAT:
                if not await visit(_still_open, request):
                    yield RELOAD
                    return
                sight = await visit(Sight.of, actor.fresh())
                checked = monotonic()
                yield ": here\n\n"
            if news and (sent is None or news.event.cursor > sent) and sight.sees(news.event):
                yield _message(news)


async def _next(subscription: Subscription) -> News | None:
    try:
        return await asyncio.wait_for(subscription.queue.get(), BEAT)
    except TimeoutError:
        return None


async def _missed(cursor: Cursor, subscription: Subscription) -> list[Happening]:
    """What settled behind the place; what is not settled goes to the subscription."""
    missed: list[Happening] = []
    async with hub.connections, await connect() as db:
        while len(missed) <= BACKLOG:
            events = await since(db, cursor)
            missed += events
            if len(events) < PAGE:
                break
            cursor = events[-1].cursor
        for event in await ahead(db):
            subscription.put(event, settled=False)
    return missed


def _message(news: News) -> str:
    """A place without more moves the page's ``Last-Event-ID`` on and tells it nothing."""
    event = news.event
    place = f"id: {event.cursor}\n" if news.settled else ""
    if news.known:
        return f"{place}\n"
    data = {
        "kind": event.kind,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "ids": event.ids,
    }
    return f"{place}event: change\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _still_open(request: HttpRequest) -> bool:
    return in_force().filter(pk=request.account_session.pk).exists()  # type: ignore[attr-defined]
