"""Dead letters on the stream: the bytes as they came, and why nothing was made of them."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import asdict

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from anlan.monitoring.gateways.contracts import DeadLetter
from anlan.monitoring.stream.names import DEAD

AT_ONCE = 100  # questions that the broker has before it


def pack_letter(letter: DeadLetter) -> bytes:
    """As JSON, the bytes in base64."""
    fields = asdict(letter) | {"data": base64.b64encode(letter.data).decode()}
    return json.dumps(fields, ensure_ascii=False).encode()


def unpack_letter(data: bytes) -> DeadLetter:
    """The other way."""
    fields = json.loads(data)
    return DeadLetter(**fields | {"data": base64.b64decode(fields["data"])})


async def newest(stream: JetStreamContext, most: int) -> tuple[int, list[tuple[int, DeadLetter]]]:
    """How many are kept, and the newest of them with their numbers, newest first."""
    state = (await stream.stream_info(DEAD)).state
    first = max(state.first_seq, state.last_seq - most + 1, 1)
    wanted = range(state.last_seq, first - 1, -1)
    found: list[tuple[int, DeadLetter]] = []
    for begin in range(0, len(wanted), AT_ONCE):
        some = wanted[begin : begin + AT_ONCE]
        letters = await asyncio.gather(*(one(stream, number) for number in some))
        found += [(n, each) for n, each in zip(some, letters, strict=True) if each is not None]
    return state.messages, found


async def one(stream: JetStreamContext, number: int) -> DeadLetter | None:
    """The letter of this number; None where it is kept no more."""
    try:
        message = await stream.get_msg(DEAD, seq=number)
    except NotFoundError:
        return None
    return unpack_letter(message.data or b"")
