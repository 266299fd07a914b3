"""A node asks the city, and asks again where it is told to wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from nats.aio.client import Client

from anlan.monitoring.edge.wire import Ask, answered, subject
from anlan.monitoring.gateways.contracts import NotStored

log = logging.getLogger("anlan.monitoring")
ANSWER_SECONDS = 20.0
LONGEST_SECONDS = 300.0  # that a node waits on the city's word


async def asked(
    client: Client, node: str, ask: Ask, data: bytes, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What the city answers; NotStored with its reason where it refuses, ``ValueError`` where it is
    no answer. *Not yet* is none: it is asked again after as long as it said."""
    while True:
        reply = await client.request(
            subject(node, ask), data, timeout=ANSWER_SECONDS,
            headers=dict(headers) if headers else None,
        )  # fmt: skip
        said = answered(reply.data)
        if "wait" in said:
            wait = min(max(float(said["wait"]), 0.0), LONGEST_SECONDS)
            log.info("the city takes it in %.0f s: %s", wait, said.get("error", ""))
            await asyncio.sleep(wait)
        elif "error" in said:
            raise NotStored(str(said["error"]))
        else:
            return said
