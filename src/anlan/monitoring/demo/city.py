"""The demonstration's devices for the simulator: a living city behind the demonstration's pages."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anlan.kernel.access.actor import system
from anlan.kernel.write import Write
from anlan.monitoring.choices import Protocol
from anlan.monitoring.demo import fire as demo_fire
from anlan.monitoring.devices import keys
from anlan.monitoring.engine import Measure
from anlan.monitoring.models import Channel, Device
from anlan.monitoring.rules import compiling
from anlan.registry.models import Site

EVERY = 10  # seconds between two readings of a point
UNKNOWN_STEP = 0.1  # of a point that does not say its own


def write(path: Path) -> int:
    """Write the city file (docs/simulate.md) with fresh secrets of the demonstration's devices;
    how many there are. A real device is never touched."""
    limits, channels = _limits(), _channels()
    devices = []
    with Write(system(), "monitoring.device.renew") as opened:
        demo = Device.objects.filter(is_demo=True, protocol=Protocol.HTTP, retired_at=None)
        for device in demo.order_by("pk"):
            secret = keys.fresh()
            opened.change(device, secret_digest=keys.digest(secret))
            devices.append(_device(device, channels[device.pk], limits, secret))
    path.touch(mode=0o600)
    path.write_text(json.dumps({"devices": devices}, ensure_ascii=False), encoding="utf-8")
    return len(devices)


def described(site: Site) -> dict[str, Any]:
    """The demonstration's device of one site as the city file describes it, without a secret."""
    device = site.devices.get(is_demo=True, protocol=Protocol.HTTP)
    return _device(device, _channels()[device.pk], _limits(), "")


def _device(
    device: Device, channels: list[Channel], limits: Mapping[int, list[float]], secret: str
) -> dict[str, Any]:
    return {
        "protocol": "http", "address": device.address, "secret": secret,
        "every": EVERY, "site": f"site-{device.site_id}",
        "points": [_point(each, limits[each.point_id]) for each in channels],
    }  # fmt: skip


def _channels() -> dict[int, list[Channel]]:
    """By device."""
    found = defaultdict[int, list[Channel]](list)
    for each in Channel.objects.filter(device__is_demo=True).select_related("point"):
        found[each.device_id].append(each)
    return found


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
    held = demo_fire.held(point)
    return ({} if held is None else {"held": held}) | {
        "channel": channel.address, "quantity": point.quantity, "place": point.place,
        "unit": point.unit, "low": low, "high": high,
        "resolution": point.resolution or UNKNOWN_STEP,
        "limits": [each for each in limits if low < each < high],
    }  # fmt: skip
