"""A mad node: sends stretches as fast as it goes and heeds no answer, from a process of its own.

``python -m tests.monitoring.edge.flooder URL NODE READINGS SECONDS`` says how many it has sent.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import suppress

import numpy as np
from nats.errors import Error as NatsError

from anlan.monitoring.edge.wire import Ask, Place, Stretch, inbox, subject
from anlan.monitoring.protocols.batch import Batch, pack_all
from anlan.monitoring.stream.connection import linked


def bulk(count: int, site: int = 4) -> bytes:
    """A message of so many readings, which no compression makes small."""
    values = np.random.default_rng(1).random(count)
    times = np.full(count, round(time.time() * 1000))
    (data,) = pack_all(Batch.of(np.full(count, 10 * site), times, values, np.zeros(count)))
    return data


async def flood(url: str, node: str, count: int, seconds: float) -> int:
    sent, data, end = 0, bulk(count), time.monotonic() + seconds
    async with linked(url, inbox(node)) as client:
        while time.monotonic() < end:
            with suppress(NatsError, OSError):
                where = Stretch(Place(sent % 64, "2026"), sent, sent + 1)
                await client.publish(
                    subject(node, Ask.STORE), data, f"{inbox(node)}.nowhere", where.headers()
                )
                sent += 1
                if sent % 20 == 0:
                    await client.flush()
    return sent


if __name__ == "__main__":
    url, node, count, seconds = sys.argv[1:]
    print(asyncio.run(flood(url, node, int(count), float(seconds))))
