"""Messages of JT/T 808 in parts: any order, repeated, never whole, too many."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.monitoring.protocols.framing import Piece
from anlan.monitoring.protocols.jt808 import parse, write
from anlan.monitoring.protocols.jt808.messages import Fragment, Heartbeat, Unknown
from anlan.monitoring.protocols.jt808.packet import Packet, put_together
from anlan.monitoring.protocols.jt808.parts import Parts
from tests.shared import shared

PHONE = "013812345678"


def part(index: int, total: int, data: bytes = b"", code: int = 0x900) -> tuple[Packet, Piece]:
    packet = Packet(PHONE, index, Fragment(code, total, index, data or bytes([index])))
    return packet, Piece(0, write(packet))


@given(st.permutations(range(1, 6)), st.lists(st.integers(1, 5)))
def test_any_order_and_any_repetition(order: list[int], repeated: list[int]) -> None:
    parts = Parts()
    for index in [*repeated, *order]:
        found, dead = parts.add(*part(index, 5), 0.0)
        assert dead == ()
        if found:
            whole = put_together([packet for packet, _ in found])
            assert whole == Packet(PHONE, 1, Unknown(0x900, bytes([1, 2, 3, 4, 5])))
            assert parts.kept == 0
            return
    pytest.fail("the last part came, and the message did not")


def test_what_waits_too_long_is_given_up_with_its_reason() -> None:
    parts = Parts(timeout=60)
    parts.add(*part(1, 3), 0.0)
    parts.add(*part(3, 3), 30.0)
    assert parts.tick(89.0) == ()
    dead = parts.tick(90.0)
    assert [(piece.data, piece.fault) for piece in dead] == [
        (part(index, 3)[1].data, "分包消息没有收全：共 3 包，收到 2 包") for index in (1, 3)
    ]
    assert parts.kept == 0
    assert parts.add(*part(2, 3), 91.0) == ([], ())


def test_a_part_with_other_bytes_begins_anew() -> None:
    parts = Parts()
    parts.add(*part(1, 2, b"old"), 0.0)
    found, dead = parts.add(*part(1, 2, b"new"), 1.0)
    assert (found, [piece.data for piece in dead]) == ([], [part(1, 2, b"old")[1].data])
    found, _ = parts.add(*part(2, 2), 2.0)
    assert put_together([packet for packet, _ in found]).body == Unknown(0x900, b"new\2")


def test_messages_of_other_ids_and_lengths_are_apart() -> None:
    parts = Parts()
    for code, total in ((0x900, 2), (0x900, 3), (0x901, 2)):
        assert parts.add(*part(1, total, code=code), 0.0) == ([], ())
    found, _ = parts.add(*part(2, 2, code=0x901), 0.0)
    assert [packet.id for packet, _ in found] == [0x901, 0x901]


def test_halves_of_two_messages_are_never_joined() -> None:
    """Of each the other half was lost; their numbers tell that one is missing between."""
    parts = Parts()
    first, second = (
        Packet(PHONE, 10, Fragment(0x900, 2, 1, b"a")),
        Packet(PHONE, 13, Fragment(0x900, 2, 2, b"b")),
    )
    assert parts.add(first, Piece(0, write(first)), 0.0) == ([], ())
    parts.saw(PHONE, 12)
    assert parts.add(second, Piece(0, write(second)), 0.0) == ([], ())


def test_parts_with_other_messages_between_them() -> None:
    parts = Parts()
    packets = [
        Packet(PHONE, serial & 0xFFFF, Fragment(0x900, 3, index, bytes([index])))
        for index, serial in ((1, 0xFFFE), (2, 0x10001), (3, 0x10002))
    ]
    whole: list[tuple[Packet, Piece]] = []
    for packet in packets:
        whole, _ = parts.add(packet, Piece(0, write(packet)), 0.0)
        parts.add(packet, Piece(0, write(packet)), 0.0)
        parts.saw(PHONE, 0xFFFF)
        parts.saw("013800000000", 0)
        parts.saw(PHONE, 0)
    assert [packet for packet, _ in whole] == packets


def test_no_more_than_so_many_messages_are_unfinished() -> None:
    parts = Parts()
    dead = [parts.add(*part(1, 2, code=0x900 + number), float(number))[1] for number in range(70)]
    assert [len(pieces) for pieces in dead] == [0] * 64 + [1] * 6


def test_what_is_kept_is_bounded_and_the_oldest_goes() -> None:
    parts = Parts(most=3000)
    given_up: list[Piece] = []
    for number in range(500):
        _, dead = parts.add(*part(1, 2, bytes(900), code=0x900 + number), float(number))
        given_up += dead
        assert parts.kept <= 3000
    assert len(given_up) == 497
    assert parse(given_up[0].data).id == 0x900
    assert parts.add(*part(2, 2, code=0x900 + 499), 500.0)[0], "the youngest is still there"


def test_even_one_message_is_not_kept_beyond_the_bound() -> None:
    parts = Parts(most=3000)
    for index in range(200):
        parts.add(*part(index + 1, 65535, bytes(900)), 0.0)
        assert parts.kept <= 3000


def test_only_fragments_are_parts() -> None:
    with pytest.raises(TypeError):
        Parts().add(Packet(PHONE, 1, Heartbeat()), Piece(0, b""), 0.0)


def test_parts_of_a_real_terminal() -> None:
    """Its parameters, in two parts whose serial numbers do not follow one another."""
    vectors = json.loads(shared("data/protocol/jt808_frames.json").read_text(encoding="utf-8"))
    data = [
        bytes.fromhex(vector["hex"])
        for vector in vectors
        if vector["own_decode"]["msg_id"] == "0x0104"
        and vector["own_decode"].get("total_packages") == 2
    ]
    first, second = ((parse(frame), Piece(0, frame)) for frame in data)
    parts = Parts()
    assert [parts.add(*part, 0.0)[0] for part in (first, second)] == [[], []], "16 are missing"
    parts = Parts()
    parts.add(*first, 0.0)
    for serial in range(1234, 1250):
        parts.saw(first[0].phone, serial)
    second, _ = parts.add(*second, 0.0)
    assert [packet.serial for packet, _ in second] == [1233, 1250]
    whole = put_together([packet for packet, _ in second])
    bodies = [parse(frame).body for frame in data]
    assert whole.body == Unknown(
        0x0104, b"".join(body.data for body in bodies if isinstance(body, Fragment))
    )
