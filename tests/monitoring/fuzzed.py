"""What the fuzzer feeds: for each protocol good inputs, checksums made right again, and the way
of the bytes through splitter, parser and session. Any exception on that way is a fault of ours.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from anlan.monitoring.cli.pieces import decoder
from anlan.monitoring.protocols import batch, coal, gb26875, hj212, jt808
from anlan.monitoring.protocols.exchange import Turn
from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.gb26875.session import Centre as FireCentre
from anlan.monitoring.protocols.gb26875.session import Upload as FireUpload
from anlan.monitoring.protocols.hj212.frame import Crc, close_frame
from anlan.monitoring.protocols.jt808.session import Platform, Received
from anlan.monitoring.protocols.jt808.tables import Result

from .protocols.batch.readings import batches
from .protocols.coal.files import files
from .protocols.gb26875.messages import frames as fire_frames
from .protocols.hj212.messages import messages
from .protocols.jt808.messages import packets

NOW = 1_795_651_200.0
Chunks = list[bytes]


@dataclass(frozen=True)
class Target:
    """``repair`` makes the checksum fit again, so that what was changed reaches the parser."""

    seeds: list[bytes]
    run: Callable[[Chunks], None]
    repair: Callable[[bytes, random.Random], bytes]


def generated(strategy: st.SearchStrategy[bytes], count: int = 40) -> list[bytes]:
    """The same examples each time."""
    found: list[bytes] = []

    @settings(
        max_examples=count, database=None, derandomize=True, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(example: bytes) -> None:
        found.append(example)

    collect()
    return found


def described(protocol: str, name: str = "-") -> Callable[[Chunks], None]:
    """Through what ``anlan decode`` does: splitter, parser, description."""

    def run(chunks: Chunks) -> None:
        lines = decoder(protocol, name, b"".join(chunks))
        said = [line for chunk in chunks for line in lines.feed(chunk)] + lines.end()
        for line in said:
            assert ("fault" in line) != ("message" in line)

    return run


def spoken(centre: Any, chunks: Chunks, answer: Callable[[Any], object]) -> None:
    """Through a session whose caller stores all that it is given, and whose clock goes on."""
    now = NOW
    for chunk in chunks:
        for turn in (centre.feed(chunk, now), centre.tick(now + 1)):
            assert isinstance(turn, Turn)
            for message in turn.messages:
                answer(message)
        now += 5


def run_fire(chunks: Chunks) -> None:
    described("gb26875")(chunks)
    centre = FireCentre(7)
    spoken(centre, chunks, lambda m: isinstance(m, FireUpload) and centre.confirm(m, NOW))


def run_vehicles(chunks: Chunks) -> None:
    described("jt808")(chunks)
    platform = Platform()

    def answer(message: object) -> None:
        if isinstance(message, Received):
            platform.answer(message, Result.SUCCESS, NOW)

    spoken(platform, chunks, answer)


def run_hj212(chunks: Chunks) -> None:
    described("hj212")(chunks)
    centre = hj212.Centre(hj212.Session)

    def answer(message: object) -> None:
        if isinstance(message, hj212.Upload):
            refused(hj212.readings, message.message)
            centre.confirm(message)

    spoken(centre, chunks, answer)


def run_coal(chunks: Chunks) -> None:
    for kind in (*coal.LAYOUTS, "RYQJ"):
        for dialect in (coal.USUAL, coal.CARET):
            for found in coal.read(chunks, kind, dialect):
                assert (found.record is None) != (found.fault is None)
    refused(coal.FileName.parse, b"".join(chunks)[:80].decode("latin-1"))


def run_batch(chunks: Chunks) -> None:
    described("batch")(chunks)
    for data in (b"".join(chunks), *chunks):
        refused(batch.parse, data)


def refused(read: Callable[[Any], object], data: object) -> None:
    """Read or refused in the way that is promised."""
    try:
        read(data)
    except Malformed:
        return


def _as_it_is(data: bytes, chance: random.Random) -> bytes:
    return data


def _repair_fire(data: bytes, chance: random.Random) -> bytes:
    inner = data[2:-3]
    if chance.random() < 0.5 and len(inner) > 25:  # the length, too
        inner = inner[:22] + max(len(inner) - 25, 0).to_bytes(2, "little") + inner[24:]
    return b"@@" + inner + bytes([sum(inner) & 0xFF]) + b"##"


def _repair_vehicle(data: bytes, chance: random.Random) -> bytes:
    content = data[1:-2]
    body = content + bytes([reduce(xor, content, 0)])
    return b"\x7e" + body.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + b"\x7e"


def _repair_hj212(data: bytes, chance: random.Random) -> bytes:
    return close_frame(data[6:-6][:9999], chance.choice(list(Crc)))


def targets(names: Iterable[str] = ()) -> dict[str, Target]:
    """By name; all where none is named."""
    made: dict[str, Callable[[], Target]] = {
        "gb26875": lambda: Target(
            generated(fire_frames.map(gb26875.write)), run_fire, _repair_fire
        ),
        "jt808": lambda: Target(
            generated(packets.map(jt808.write)), run_vehicles, _repair_vehicle
        ),
        "hj212": lambda: Target(
            generated(messages().map(hj212.write)), run_hj212, _repair_hj212
        ),
        "coal": lambda: Target(generated(files().map(coal.write)), run_coal, _as_it_is),
        "batch": lambda: Target(
            generated(batches.map(batch.pack)) + generated(batches.map(batch.to_json)),
            run_batch,
            _as_it_is,
        ),
    }  # fmt: skip
    return {name: made[name]() for name in names or made}
