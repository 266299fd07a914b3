"""Who waits holds no connection of the pool: live pages, refused logins, slow readers."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from anlan.kernel.access.models import User
from anlan.kernel.access.pages import login
from anlan.kernel.access.roles import Role
from anlan.kernel.events import hub as hubs
from anlan.kernel.events import pages
from anlan.kernel.events.mark import current
from anlan.kernel.visits import release, release_middleware, visit
from tests.kernel.access.conftest import user
from tests.kernel.events.conftest import Page, happen


def holds() -> bool:
    """Whether this thread holds a connection."""
    return connection.connection is not None


def ask() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_an_open_live_page_holds_no_connection(city: SimpleNamespace) -> None:
    page = Page(user(city, "leader", Role.LEADER))

    async def run() -> list[bool]:
        async with ThreadSensitiveContext():  # as Django serves each request
            await sync_to_async(ask)()  # the middlewares have been at the database
            stream = pages._stream(page.request)  # type: ignore[arg-type]
            held = []
            for _ in range(3):  # the beginning, and after two beats
                await anext(stream)
                held.append(await sync_to_async(holds)())
            await stream.aclose()
        return held

    assert async_to_sync(run)() == [False, False, False]


def test_pages_that_come_back_at_once_share_a_few_connections(
    city: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restart every open page comes back in the same second."""
    start, open_now, most = current(), 0, 0
    happen(city.east, area=city.east)
    since = pages.since

    async def counting(*given: object) -> object:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.02)
        open_now -= 1
        return await since(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(pages, "since", counting)

    async def run() -> list[int]:
        return [
            len(m)
            for m in await asyncio.gather(
                *(pages._missed(start, hubs.Subscription()) for _ in range(12))
            )
        ]

    assert async_to_sync(run)() == [1] * 12
    assert most == hubs.MOST_CONNECTIONS


def test_a_response_on_its_way_holds_no_connection(committed_db: None) -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        await sync_to_async(ask)()
        return HttpResponse()

    async def run() -> bool:
        async with ThreadSensitiveContext():
            await release_middleware(view)(HttpRequest())
            return await sync_to_async(holds)()

    assert async_to_sync(run)() is False


def test_a_refused_login_waits_without_a_connection(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []

    async def watch(seconds: float) -> None:
        held.append(await sync_to_async(holds)())

    def refuse(request: object) -> HttpResponse:
        ask()
        return HttpResponse(status=422)

    monkeypatch.setattr(login, "_login", refuse)
    monkeypatch.setattr(login, "asyncio", SimpleNamespace(sleep=watch))

    async def run() -> None:
        async with ThreadSensitiveContext():
            await login.login(HttpRequest())  # type: ignore[misc, arg-type]

    async_to_sync(run)()
    assert held == [False]


def test_a_transaction_keeps_its_connection(committed_db: None) -> None:
    with transaction.atomic():
        User.objects.exists()
        release()
        assert holds()
    release()
    assert not holds()


def test_a_visit_hands_on_what_came_of_it(committed_db: None) -> None:
    def fail() -> None:
        ask()
        raise ValueError

    async def run() -> tuple[int, bool]:
        async with ThreadSensitiveContext():
            found = await visit(lambda: User.objects.count())
            with pytest.raises(ValueError):
                await visit(fail)
            return found, await sync_to_async(holds)()

    assert async_to_sync(run)() == (0, False)
