"""A small city with one site of each kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from anlan.monitoring.simulate.city import City, Device, of
from anlan.monitoring.simulate.scenarios import Scenario
from anlan.monitoring.simulate.scenarios import of as scenario_of
from anlan.monitoring.simulate.world import Said, World

START = 1_764_100_000.0  # a morning in November 2025


def point(channel: str, quantity: str, **more: Any) -> dict[str, Any]:
    return {
        "channel": channel, "quantity": quantity, "low": 0, "high": 4, "resolution": 0.01,
        "limits": [0.5, 1.0],
    } | more  # fmt: skip


STATE: dict[str, Any] = {"low": 0, "high": 65535, "resolution": 1, "limits": []}
MINE = [
    point("1", "methane", place="face_corner"),
    point("2", "methane", place="face"),
    point("3", "fan", **STATE | {"high": 1}),
    point("4", "wind", high=15, limits=[0.25, 4]),
    point("5", "power", **STATE | {"high": 1}),
]
POND = [
    point("1", "level", unit="m", low=80, high=100, limits=[96, 97, 98, 99]),
    point("2", "rain", unit="mm/h", high=100, resolution=0.1, limits=[]),
]
BUILDING = [
    point("1/3/30/1:state", "fire_part", **STATE),
    point("1/3/30/2:state", "fire_part", **STATE),
    point("1/3/30/3:3", "temperature", high=100, resolution=0.1, limits=[60]),
]
VEHICLE = [
    point("speed", "speed", high=120, resolution=0.1, limits=[80]),
    point("alarm", "other", **STATE),
    point("lat", "other", low=37.4, high=37.6, resolution=0.000001, limits=[]),
    point("lng", "other", low=111.0, high=111.2, resolution=0.000001, limits=[]),
]
DUST = [point("a34004-Rtd", "other", high=1, resolution=0.001)]
COAL = [point("14A01", "methane", unit="%CH4")]


def device(protocol: str, address: str, points: list[dict[str, Any]], **more: Any) -> Any:
    return {
        "protocol": protocol, "address": address, "secret": "s3", "every": 10, "points": points,
    } | more  # fmt: skip


DOCUMENT: dict[str, Any] = {
    "devices": [
        device("http", "mine-1", MINE),
        device("http", "pond-1", POND),
        device("gb26875", "17", BUILDING),
        device("jt808", "13912345678", VEHICLE),
        device("hj212", "MN01", DUST),
        device("coal", "140000000001", COAL),
    ],
    "ports": {"gb26875": 5200, "jt808": 8808, "hj212": 8212},
}


def city() -> City:
    return of(DOCUMENT)


def only(protocol: str) -> Device:
    return next(each for each in city().devices if each.protocol == protocol)


def world(*scenarios: Scenario, seed: int = 1, speed: float = 1.0) -> World:
    return World(city(), scenarios, seed=seed, start=START, speed=speed)


def script(*steps: dict[str, Any], **where: Any) -> Scenario:
    return scenario_of({"where": {"has": ["methane"]} | where, "steps": list(steps)}, "试")


def stamps(*seconds: float) -> np.ndarray:
    """Milliseconds, counted from START."""
    return np.round((START + np.array(seconds, float)) * 1000).astype(np.int64)


def values(said: Said, column: int) -> list[float]:
    return said.value[said.point == column].tolist()
