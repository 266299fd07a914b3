"""The demonstration's devices for the simulator: a living city behind the demonstration's pages."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from anlan.kernel.access.actor import system
from anlan.kernel.write import Write
from anlan.monitoring import compiling, keys
from anlan.monitoring.choices import Protocol
from anlan.monitoring.engine import Measure
from anlan.monitoring.models import Channel, Device

EVERY = 10  # seconds between two readings of a point
DIGITS = {4: 0.01, 500: 1.0, 15: 0.1, 1: 1.0}  # range to the smallest step that such sensors show


def write(path: Path) -> int:
    """Write the city file (docs/simulate.md) with fresh secrets of the demonstration's devices;
    how many there are. A real device is never touched."""
    limits = _limits()
    channels = defaultdict[int, list[Channel]](list)
    for each in Channel.objects.filter(device__is_demo=True).select_related("point"):
        channels[each.device_id].append(each)
    devices = []
    with Write(system(), "monitoring.device.renew") as opened:
        demo = Device.objects.filter(is_demo=True, protocol=Protocol.HTTP, retired_at=None)
        for device in demo.order_by("pk"):
            secret = keys.fresh()
            opened.change(device, secret_digest=keys.digest(secret))
            points = [_point(each, limits[each.point_id]) for each in channels[device.pk]]
            devices.append(
                {
                    "protocol": "http", "address": device.address, "secret": secret,
                    "every": EVERY, "site": f"site-{device.site_id}", "points": points,
                }
            )  # fmt: skip
    path.touch(mode=0o600)
    path.write_text(json.dumps({"devices": devices}, ensure_ascii=False), encoding="utf-8")
    return len(devices)


def _limits() -> dict[int, list[float]]:
    """Of each point, what its rules compare its value with."""
    found = defaultdict[int, set[float]](set)
    for watch in compiling.compiled().watches:
        if watch.measure == Measure.VALUE:
            found[watch.key.point].add(watch.limit)
    return defaultdict(list, {point: sorted(limits) for point, limits in found.items()})


def _point(channel: Channel, limits: list[float]) -> dict[str, Any]:
    point = channel.point
    low, high = point.low or 0.0, 1.0 if point.high is None else point.high
    return {
        "channel": channel.address, "quantity": point.quantity, "place": point.place,
        "unit": point.unit, "low": low, "high": high,
        "resolution": point.resolution or DIGITS.get(int(high - low), 0.1),
        "limits": [each for each in limits if low < each < high],
    }  # fmt: skip
