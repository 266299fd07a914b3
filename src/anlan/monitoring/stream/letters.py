"""Dead letters on the stream: the bytes as they came, and why nothing was made of them."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from anlan.monitoring.gateways.contracts import DeadLetter
from anlan.monitoring.stream.names import DEAD


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
    found: list[tuple[int, DeadLetter]] = []
    number = state.last_seq
    while number >= max(state.first_seq, 1) and len(found) < most:
        try:
            message = await stream.get_msg(DEAD, seq=number)
        except NotFoundError:
            break
        found.append((number, unpack_letter(message.data or b"")))
        number -= 1
    return state.messages, found
