"""Frames of JT/T 808 as other programs' tests have them (the shared facts)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.jt808 import Splitter, describe, parse, write
from anlan.monitoring.protocols.jt808.messages import Batch, Location, Registration
from anlan.monitoring.protocols.jt808.packet import Packet
from tests.shared import shared

# Shown unescaped by its source, so that a delimiter stands in its middle.
UNESCAPED = "7e02000026123456789012007e000000010000000200ba7f0e07e4f11c0028003c0000"
# Its general answer has two bytes too many.
TOO_LONG = "7e0001000701234567890004b303e800020000a8797e"


def vectors() -> list[dict[str, Any]]:
    found = json.loads(shared("data/protocol/jt808_frames.json").read_text(encoding="utf-8"))
    return [vector for vector in found if not vector["hex"].startswith(UNESCAPED)]


def one(data: bytes) -> bytes | None:
    """The frame that ``data`` is, whole; None if it is none."""
    splitter = Splitter()
    pieces = splitter.feed(data) + splitter.end()
    return data if len(pieces) == 1 and pieces[0].fault is None else None


def test_frames_that_others_take_are_frames_and_no_others_are() -> None:
    counted = {True: 0, False: 0}
    for vector in vectors():
        said = vector["own_decode"]
        good = said["checksum_ok"] and said["body_len_ok"]
        assert (one(bytes.fromhex(vector["hex"])) is not None) is good, vector["hex"]
        counted[good] += 1
    assert counted == {True: 160, False: 19}


def good_packets() -> list[tuple[dict[str, Any], Packet]]:
    found = [(vector, one(bytes.fromhex(vector["hex"]))) for vector in vectors()]
    return [
        (vector, parse(data))
        for vector, data in found
        if data is not None and vector["hex"] != TOO_LONG
    ]


def test_headers_and_the_same_bytes_again() -> None:
    for vector, packet in good_packets():
        said = vector["own_decode"]
        assert f"0x{packet.id:04x}" == said["msg_id"]
        assert (packet.phone.lower(), packet.serial) == (said["phone"], said["serial"])
        assert packet.version == said.get("protocol_version")
        assert packet.encryption == said["encrypt"]
        assert write(packet) == bytes.fromhex(vector["hex"])
        assert describe(packet)["phone"] == packet.phone


def test_an_answer_with_bytes_too_many() -> None:
    assert one(bytes.fromhex(TOO_LONG)) is not None
    with pytest.raises(Malformed, match="消息体多出 2 字节"):
        parse(bytes.fromhex(TOO_LONG))


def test_locations_as_others_read_them() -> None:
    checked = 0
    for vector, packet in good_packets():
        match packet.body, vector["own_decode"].get("location"):
            case Location() as location, dict(said):
                assert location.latitude_e6 == round(said["lat"] * 1e6)
                assert location.longitude_e6 == round(said["lng"] * 1e6)
                assert (location.altitude, location.direction) == (
                    said["altitude_m"],
                    said["direction"],
                )
                assert location.speed == round(said["speed_kmh"] * 10)
                checked += 1
    assert checked >= 5


def test_values_that_others_expect() -> None:
    checked = 0
    for vector, packet in good_packets():
        expected = vector["expected_by_source"]
        if isinstance(expected, dict) and "messageId" in expected:
            checked += _agrees(packet.body, expected)
    assert checked == 4


def _agrees(body: Any, expected: dict[str, Any]) -> int:
    match body:
        case Registration():
            assert (body.province, body.city) == (expected["provinceId"], expected["cityId"])
            assert (body.maker, body.model) == (expected["makerId"], expected["deviceModel"])
            assert (body.terminal, body.plate) == (expected["deviceId"], expected["plateNo"])
            assert body.plate_colour == expected["plateColor"]
        case Location():
            _same_place(body, expected)
        case Batch():
            assert (len(body.locations), body.kind) == (expected["total"], expected["type"])
            for location, item in zip(body.locations, expected["items"], strict=True):
                _same_place(location, item)
        case _:
            return 0
    return 1


def _same_place(location: Location, expected: dict[str, Any]) -> None:
    assert location.alarms == expected["warnBit"]
    assert location.status == expected["statusBit"]
    assert location.latitude_e6 == expected["latitude"]
    assert location.longitude_e6 == expected["longitude"]
    assert (location.altitude, location.direction) == (
        expected["altitude"],
        expected["direction"],
    )
    assert location.time is not None
    assert location.time.strftime("%Y-%m-%dT%H:%M:%S") == expected["deviceTime"]
