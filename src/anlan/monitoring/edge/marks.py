"""The mark on a message in the city's stream: which of a node's messages it holds."""

from __future__ import annotations

import time

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from anlan.monitoring.edge.wire import Place, Stretch
from anlan.monitoring.stream.names import STREAM, subject
from anlan.monitoring.stream.publishing import Publisher

MARK = "Anlan-Edge"
AT_ONCE = 1_000
WAIT_SECONDS = 5.0


def mark(node: str, stretch: Stretch) -> dict[str, str]:
    """The header of a message that holds something of the stretch."""
    return {MARK: f"{_begin(node, stretch.place)}{stretch.last}"}


def _begin(node: str, place: Place) -> str:
    return f"{node} {place.part} {place.birth} "


async def newest(
    stream: JetStreamContext, part: int, place: Place, node: str, since: int
) -> tuple[int, int] | None:
    """The node's number and the stream's of the newest message of the place in a part of the
    city's stream after number ``since``; None where there is none. Reads headers alone.

    What was published before on the same connection and is still under way would be missed: so a
    sign of the clock goes first, and once that is confirmed all before it has been.
    """
    await Publisher(stream).tick(part, time.time_ns() // 1_000_000)
    asked = await stream.pull_subscribe(
        subject(part), stream=STREAM,
        config=ConsumerConfig(
            ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=since + 1, headers_only=True, mem_storage=True, inactive_threshold=60.0,
        ),
    )  # fmt: skip
    found: tuple[int, int] | None = None
    begin = _begin(node, place)
    left = (await asked.consumer_info()).num_pending or 0
    while left:
        for each in await asked.fetch(min(left, AT_ONCE), timeout=WAIT_SECONDS):
            said = (each.headers or {}).get(MARK, "")
            if said.startswith(begin):
                found = int(said.removeprefix(begin)), each.metadata.sequence.stream
            left = min(left - 1, each.metadata.num_pending)
    await asked.unsubscribe()
    return found
