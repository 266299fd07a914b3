"""HTTP at a county's node: what the city answers at the same address (docs/gateways.md), without
its pages and its database. An ASGI application that ``anlan edge`` serves."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from nats.errors import Error as NatsError

from anlan.monitoring.edge.snapshot import Snapshot
from anlan.monitoring.gateways.http import LONGEST, NOT_NOW, PATH, UNKNOWN, Outcome, accept, device
from anlan.monitoring.gateways.limits import Rates
from anlan.monitoring.stream.broker import Broker
from anlan.monitoring.stream.connection import connected
from anlan.monitoring.stream.publishing import Publisher

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
CONNECT_SECONDS = 5.0


class Application:
    """Takes readings of the devices of a register in ``var``; connects to the node's broker when
    the first comes."""

    def __init__(self, var: Path) -> None:
        self._broker = Broker(var)
        self._snapshot = Snapshot(var / "register.json")
        self._rates = Rates()
        self._open = AsyncExitStack()  # as long as the process lives
        self._ready: asyncio.Task[Publisher] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        outcome = await self._outcome(scope, receive)
        body = json.dumps(dict(outcome.body), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", **outcome.headers}
        await send(
            {
                "type": "http.response.start", "status": outcome.status,
                "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
            }
        )  # fmt: skip
        await send({"type": "http.response.body", "body": body})

    async def _outcome(self, scope: Scope, receive: Receive) -> Outcome:
        if scope["path"] != PATH:
            return Outcome(404, {"error": f"县级节点只接收 {PATH}"}, {})
        if scope["method"] != "POST":
            return Outcome(405, {"error": "请用 POST 上报"}, {"Allow": "POST"})
        said = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        self._snapshot.refresh()
        found = device(said.get(b"authorization", ""), self._snapshot)
        if found is None:
            return UNKNOWN
        body = await _body(receive)
        try:
            sink = await self._publisher()
        except (NatsError, TimeoutError, OSError):
            return NOT_NOW
        kind = said.get(b"content-type", "")
        return await accept(body, kind, found, sink, time.time(), self._rates)

    async def _publisher(self) -> Publisher:
        if self._ready is None or (self._ready.done() and self._ready.exception()):
            self._ready = asyncio.create_task(self._connect())
        return await asyncio.wait_for(asyncio.shield(self._ready), CONNECT_SECONDS)

    async def _connect(self) -> Publisher:
        link = await self._open.enter_async_context(connected(self._broker.url, days=0))
        return Publisher(link.stream)


async def _body(receive: Receive) -> bytes:
    """The body, and a byte more than any may have where it is longer: ``accept`` says so."""
    body = bytearray()
    while True:
        part = await receive()
        if len(body) <= LONGEST:
            body += part.get("body", b"")[: LONGEST + 1 - len(body)]
        if not part.get("more_body"):
            return bytes(body)
