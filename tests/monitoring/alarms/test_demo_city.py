"""The demonstration's devices speak through the simulator; a real device keeps its secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from anlan.monitoring.demo import city as demo_city
from anlan.monitoring.devices import keys
from anlan.monitoring.models import Channel, Device, Point, RuleVersion
from anlan.monitoring.simulate.city import load

pytestmark = pytest.mark.django_db


def _device(point: Point, address: str, *, is_demo: bool) -> Device:
    made = Device.objects.create(
        name=address, protocol="http", address=address, site=point.site, is_demo=is_demo,
        secret_digest=keys.digest("old"),
    )  # fmt: skip
    Channel.objects.create(device=made, address="1", point=point)
    return made


def test_only_devices_of_the_demonstration_get_new_secrets(
    point: Point, version: RuleVersion, tmp_path: Path
) -> None:
    demo, real = _device(point, "demo-1", is_demo=True), _device(point, "real-1", is_demo=False)
    path = tmp_path / "city.json"

    assert demo_city.write(path) == 1
    [device] = load(path).devices
    assert (device.protocol, device.address, device.every) == ("http", "demo-1", 10)
    [simulated] = device.points
    assert (simulated.channel, simulated.quantity) == ("1", "methane")
    assert simulated.limits == (0.5, 1.0, 1.5)
    demo.refresh_from_db()
    real.refresh_from_db()
    assert keys.fits(device.secret, demo.secret_digest)
    assert keys.fits("old", real.secret_digest)
    assert path.stat().st_mode & 0o077 == 0
