"""Visits to the database by what then waits.

A request's thread keeps its connection until the response has gone out to the last byte. A live
page never ends, a refused login waits on purpose, a slow reader takes minutes: a handful of those
would hold every connection of the pool, and nobody else could work.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

P = ParamSpec("P")
T = TypeVar("T")


async def visit(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``function`` in the request's thread, and leave no connection there."""

    def run() -> T:
        try:
            return function(*args, **kwargs)
        finally:
            release()

    return await sync_to_async(run)()


def release() -> None:
    """Hand this thread's connection back, unless a transaction still needs it."""
    if not connection.in_atomic_block:
        connection.close()


@sync_and_async_middleware
def release_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[..., Any]:
    """Hands the connection back when the response is made, before it is sent."""
    if iscoroutinefunction(get_response):

        async def answer(request: HttpRequest) -> HttpResponseBase:
            made: Awaitable[HttpResponseBase] = get_response(request)
            response = await made
            await sync_to_async(release)()
            return response

        return answer

    def answer_sync(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = get_response(request)
        release()
        return response

    return answer_sync
