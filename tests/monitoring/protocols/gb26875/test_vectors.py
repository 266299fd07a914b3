"""Frames and application data of GB/T 26875.3 as others sent and read them (the shared facts)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.gb26875 import describe, flags, parse, write
from anlan.monitoring.protocols.gb26875 import objects as o
from anlan.monitoring.protocols.gb26875.layouts import AppData, read_data
from anlan.monitoring.protocols.values import BEIJING
from tests.shared import shared


def vectors(name: str) -> Any:
    read = json.loads(shared(f"data/protocol/{name}").read_text(encoding="utf-8"))
    return read["vectors"] if isinstance(read, dict) else read


def test_frames_of_others() -> None:
    checked = 0
    for vector in vectors("gb26875_frames.json"):
        data, said = bytes.fromhex(vector["hex"]), vector["own_decode"]
        if said.get("short"):
            with pytest.raises(Malformed):
                parse(data)
            continue
        frame = parse(data)
        told = describe(frame)
        assert (frame.serial, frame.command) == (said["serial"], said["command"])
        assert told["time"] == said["time"].replace(" ", "T") + "+08:00"
        assert told["source"].lower() == said["source_le"]
        assert told["target"].lower() == said["target_le"]
        assert write(frame) == data
        checked += 1
    assert checked == 3


def test_a_captured_fire() -> None:
    """4.8, vector 2."""
    vector = vectors("gb26875_frames.json")[0]
    expected = vector["expected_by_source"]
    frame = parse(bytes.fromhex(vector["hex"]))
    assert isinstance(frame.data, AppData)
    (made,) = frame.data.objects
    assert isinstance(made, o.PartState)
    assert (made.system, made.address, made.part) == (1, 3, 0)
    assert made.part_address == int(expected["part_addr"].split()[0], 16)
    assert made.state == flags.PartFlag.FIRE == int(expected["state_flag"], 16)
    assert made.description == expected["description_gb18030"]
    assert made.time == datetime(2020, 8, 1, 19, 18, 48, tzinfo=BEIJING)


def test_application_data_of_others() -> None:
    checked = 0
    for vector in vectors("gb26875_appdata.json"):
        body, due = bytes.fromhex(vector["app_hex"]), vector["expected"]["objects"]
        if not due:
            with pytest.raises(Malformed):
                read_data(body)
            continue
        data = read_data(body)
        assert isinstance(data, AppData)
        assert len(data.objects) == len(due)
        for made, expected in zip(data.objects, due, strict=True):
            _agrees(made, expected)
        checked += 1
    assert checked == 9


def _agrees(made: Any, expected: dict[str, Any]) -> None:
    names = {"system_type": "system", "system_addr": "address", "part_type": "part",
             "configure": "description"}  # fmt: skip
    for name, value in expected.items():
        match name:
            case "time":
                assert made.time == datetime.fromisoformat(f"{value}+08:00")
            case "flag":
                assert made.state == int(value, 16)
            case "version":
                assert made.major << 8 | made.minor == int(value, 16)
            case "value":
                assert made.raw == int(value, 16)
            case "part_addr":
                assert made.part_address == int(value, 16)
            case "analog_type":
                assert made.quantity == int(value.split()[0])
            case _:
                assert getattr(made, names.get(name, name)) == value
