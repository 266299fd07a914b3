"""A request is answered in one thread of the pool, unless its view waits."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path

from anlan.config import handler
from anlan.config.database import PAGES_AT_ONCE
from anlan.kernel.access.policies import page, public


@page(public)
def shown(request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


@page(public)
async def waiting(request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


urlpatterns = [path("shown/", shown), path("waiting/", waiting)]


@pytest.mark.parametrize(
    ("address", "waits"),
    [("/live/", True), ("/login/", True), ("/tasks/", False), ("/healthz", False), ("/no/", False)],
)
def test_only_live_pages_and_the_login_wait(address: str, waits: bool) -> None:
    assert handler.waits(RequestFactory().get(address)) is waits


@override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
@pytest.mark.parametrize(
    ("address", "thread"), [("/shown/", "page"), ("/waiting/", "MainThread"), ("/no/", "")]
)
def test_a_page_is_answered_in_a_thread_of_the_pool(address: str, thread: str) -> None:
    [(status, body)] = asyncio.run(_ask(address))

    assert status == (200 if thread else 404)
    assert body.decode().startswith(thread)


@override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
def test_no_more_threads_than_pages_at_once() -> None:
    answers = asyncio.run(_ask(*["/shown/"] * (5 * PAGES_AT_ONCE)))

    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) <= PAGES_AT_ONCE


async def _ask(*addresses: str) -> list[tuple[int, bytes]]:
    application = handler.Handler()
    return await asyncio.gather(*(_one(application, each) for each in addresses))


async def _one(application: Any, address: str) -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []
    coming = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in coming:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": address, "root_path": "",
        "query_string": b"", "headers": [(b"host", b"localhost")], "scheme": "http",
    }  # fmt: skip
    await application(scope, receive, send)
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:])
