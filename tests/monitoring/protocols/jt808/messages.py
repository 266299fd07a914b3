"""Generated messages of JT/T 808, of both versions of the header."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from anlan.monitoring.protocols.jt808.flags import Alarm, Status
from anlan.monitoring.protocols.jt808.items import Item, read_items
from anlan.monitoring.protocols.jt808.messages import (
    IDS,
    Authentication,
    Batch,
    Fragment,
    Heartbeat,
    Location,
    PlatformAnswer,
    Registration,
    RegistrationAnswer,
    TerminalAnswer,
    Unknown,
)
from anlan.monitoring.protocols.jt808.packet import Packet

from ..gb26875.messages import texts, times

byte = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)

_known_sizes = {0x01: 4, 0x02: 2, 0x03: 2, 0x04: 2, 0x11: 5, 0x12: 6, 0x13: 7, 0x30: 1, 0x31: 1}
items = st.builds(Item, byte, st.binary(max_size=12)) | st.sampled_from(
    list(_known_sizes.items())
).flatmap(
    lambda known: st.builds(
        Item, st.just(known[0]), st.binary(min_size=known[1], max_size=known[1])
    )
)
rests = st.binary(max_size=6).filter(lambda rest: not read_items(rest)[0])

locations = st.builds(
    Location,
    u32.map(Alarm),
    u32.map(Status),
    u32 | st.integers(0, 90_000_000),
    u32 | st.integers(0, 180_000_000),
    u16,
    u16,
    u16,
    times,
    st.lists(items, max_size=5).map(tuple),
    rests,
)


def bodies(version: int | None) -> dict[type, st.SearchStrategy[Any]]:
    """A strategy for each message that is read."""
    maker, model, terminal = (5, 20, 7) if version is None else (11, 30, 30)
    codes = texts(40)
    success = st.builds(RegistrationAnswer, u16, st.just(0), codes)
    return {
        TerminalAnswer: st.builds(TerminalAnswer, u16, u16, byte),
        PlatformAnswer: st.builds(PlatformAnswer, u16, u16, byte),
        Heartbeat: st.just(Heartbeat()),
        Registration: st.builds(
            Registration, u16, u16, texts(maker), texts(model), texts(terminal), byte, texts(17)
        ),
        RegistrationAnswer: success | st.builds(RegistrationAnswer, u16, st.integers(1, 255)),
        Authentication: st.builds(Authentication, codes)
        if version is None
        else st.builds(Authentication, codes, texts(15), texts(20)),
        Location: locations,
        Batch: st.builds(Batch, byte, st.lists(locations, max_size=4).map(tuple)),
    }


_fragments = st.integers(1, 9).flatmap(
    lambda total: st.builds(
        Fragment, u16, st.just(total), st.integers(1, total), st.binary(max_size=40)
    )
)
_unknown_ids = u16.filter(lambda code: code not in {int(known) for known in IDS.values()})
_unknown = st.builds(Unknown, _unknown_ids, st.binary(max_size=40))


def packets_of(version: int | None, body: st.SearchStrategy[Any]) -> st.SearchStrategy[Packet]:
    digits = 12 if version is None else 20
    phones = st.integers(0, 10**digits - 1).map(lambda number: str(number).zfill(digits))
    return st.builds(Packet, phones, u16, body, st.just(version))


def _encrypted(packet: Packet) -> st.SearchStrategy[Packet]:
    return st.builds(
        Packet, st.just(packet.phone), u16, st.builds(Unknown, u16, st.binary(max_size=40)),
        st.just(packet.version), st.integers(1, 7),
    )  # fmt: skip


versions = st.sampled_from([None, 1, 255])
packets = versions.flatmap(
    lambda version: packets_of(version, st.one_of(*bodies(version).values(), _fragments, _unknown))
)
encrypted = packets.flatmap(_encrypted)
