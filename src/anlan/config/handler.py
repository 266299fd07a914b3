"""How a request is answered: a page wholly in one thread, what waits on the event loop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve

from anlan.config.database import PAGES_AT_ONCE


class Pages(BaseHandler):
    """Django's chain of middlewares and view, none of it asynchronous."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)


class Handler(ASGIHandler):
    """Django's handler changes threads at every middleware that is not asynchronous, some fifteen
    times for a page. Here only a view that waits (a live page, a login) goes that way; any other
    request changes threads once, and ``PAGES_AT_ONCE`` run at once: the rest wait for their turn
    without holding anything.
    """

    def __init__(self) -> None:
        super().__init__()
        threads = ThreadPoolExecutor(PAGES_AT_ONCE, thread_name_prefix="page")
        self._answer = sync_to_async(Pages().get_response, thread_sensitive=False, executor=threads)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        if waits(request):
            return await super().get_response_async(request)
        return await self._answer(request)


def waits(request: HttpRequest) -> bool:
    """Whether the view behind the address is asynchronous: it waits on purpose."""
    try:
        view: Any = resolve(request.path_info).func
    except Http404:
        return False
    return iscoroutinefunction(view)
