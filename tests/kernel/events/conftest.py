"""A committed town, people in it, and live pages that are read as a browser reads them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from anlan.kernel.access.actor import system
from anlan.kernel.access.models import User
from anlan.kernel.access.sessions import in_force
from anlan.kernel.events import pages
from anlan.kernel.events.hub import Hub
from anlan.kernel.events.models import Event
from anlan.kernel.write import Write
from tests.kernel.access import town
from tests.kernel.access.conftest import _fresh_process as _fresh_process
from tests.kernel.access.conftest import _log_guards as _log_guards
from tests.kernel.access.conftest import actor, browser
from tests.kernel.access.conftest import committed_db as committed_db

LONG = 10.0  # seconds after which something that should have come never will


@pytest.fixture
def city(committed_db: None) -> SimpleNamespace:
    return town.build()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub of this test's own event loop, and a short beat."""
    monkeypatch.setattr(pages, "hub", Hub())
    monkeypatch.setattr(pages, "BEAT", 0.3)


def happen(subject: Any, kind: str = "test", **where: Any) -> Event:
    with Write(system(), "test.happen") as write:
        write.event(kind, subject, **where)
    return Event.objects.order_by("-pk")[0]


class Page:
    """One open page: ``events`` reads as many changes as are asked for."""

    def __init__(self, user: User, since: str = "", last: str = "") -> None:
        browser(user)
        self.places: list[str] = []  # that it was moved on to without a word
        self.request = SimpleNamespace(
            actor=actor(user),
            account_session=in_force().filter(user=user).latest("began_at"),
            headers={"Last-Event-ID": last} if last else {},
            GET={"since": since} if since else {},
        )

    async def messages(self) -> AsyncIterator[str]:
        async for each in pages._stream(self.request):  # type: ignore[arg-type]
            if "event: " in each:
                yield each
            elif each.startswith("id: "):
                self.places.append(each.removeprefix("id: ").strip())


def read(message: str) -> SimpleNamespace:
    """A message of the stream: its id, its event, its data."""
    lines = dict(line.split(": ", 1) for line in message.strip().splitlines())
    return SimpleNamespace(
        id=lines.get("id"), event=lines["event"], **{"data": json.loads(lines["data"])}
    )


def live(page: Page, count: int, act: Callable[[], Any] = lambda: None) -> list[SimpleNamespace]:
    """Open the page, do ``act`` once it listens, and read ``count`` messages, or up to a reload."""

    async def run() -> list[SimpleNamespace]:
        got: list[SimpleNamespace] = []
        stream = page.messages()
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.2)
        await sync_to_async(act)()
        while True:
            got.append(read(await asyncio.wait_for(waiting, LONG)))
            if len(got) == count or got[-1].event == "reload":
                break
            waiting = asyncio.ensure_future(anext(stream))
        await stream.aclose()
        return got

    return async_to_sync(run)()


def silence(page: Page, act: Callable[[], Any], seconds: float = 1.0) -> bool:
    """Whether the open page hears nothing of ``act`` for a while."""

    async def run() -> bool:
        stream = page.messages()
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.2)
        await sync_to_async(act)()
        done, _ = await asyncio.wait([waiting], timeout=seconds)
        waiting.cancel()
        return not done

    return async_to_sync(run)()
