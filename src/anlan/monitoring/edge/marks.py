"""The mark on a message in the city's stream: which of a node's messages it is."""

from __future__ import annotations

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from anlan.monitoring.edge.wire import Place, Stretch
from anlan.monitoring.stream.names import STREAM, subject

MARK = "Anlan-Edge"
AT_ONCE = 1_000
WAIT_SECONDS = 5.0


def mark(node: str, stretch: Stretch) -> dict[str, str]:
    """The header of a message that holds the stretch."""
    return {MARK: f"{node} {stretch.place.birth} {stretch.last}"}


async def newest(
    stream: JetStreamContext, place: Place, node: str, since: int
) -> tuple[int, int] | None:
    """The node's number and the stream's of the newest message of the place that lies in the
    city's stream after number ``since``; None where there is none. Reads headers alone."""
    asked = await stream.pull_subscribe(
        subject(place.part), stream=STREAM,
        config=ConsumerConfig(
            ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=since + 1, headers_only=True, mem_storage=True, inactive_threshold=60.0,
        ),
    )  # fmt: skip
    found: tuple[int, int] | None = None
    begin = f"{node} {place.birth} "
    left = (await asked.consumer_info()).num_pending or 0
    while left:
        for each in await asked.fetch(min(left, AT_ONCE), timeout=WAIT_SECONDS):
            said = (each.headers or {}).get(MARK, "")
            if said.startswith(begin):
                found = int(said.removeprefix(begin)), each.metadata.sequence.stream
            left = min(left - 1, each.metadata.num_pending)
    await asked.unsubscribe()
    return found
