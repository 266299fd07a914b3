"""Invented readings of some days at some of the demonstration's mines up to now, of which one point
each was touched yesterday; what is said of them is what the detector really finds there.

The readings are those of the simulator, by the same seed as the demonstration's devices, so that
the curves go on where these end. The scenarios are the shipped ones (docs/simulate.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.access.selectors import holders
from anlan.monitoring.choices import TamperState
from anlan.monitoring.demo import city as demo_city
from anlan.monitoring.demo import peaks
from anlan.monitoring.models import Channel, TamperSignal
from anlan.monitoring.services.judging import signal_judge
from anlan.registry.models import Site

if TYPE_CHECKING:
    from anlan.monitoring.history.table import History

DAYS = 6  # of readings before today, the touched one the last
DAY = 86_400_000  # ms
SEED = 1  # the simulator's own
SCENARIOS = ("frozen", "copied", "gap", "clipped")  # one for each mine
HOUR = 15  # of yesterday: when it begins


def load(
    sites: Sequence[Site], now: datetime | None = None, over: peaks.Peaks | None = None
) -> int:
    """Write the readings of the first mines, with the peaks, run the detector on them, and let
    people judge one signal; how many there are."""
    # not with the module: Arrow and Delta Lake would burden every process that knows the loaders
    from anlan.monitoring.history.table import History
    from anlan.monitoring.services.touched import due, look_at

    history = History.at(settings.VAR / "history")
    now = now or timezone.now()
    midnight = _midnight(now)
    for site, scenario in zip(sites, SCENARIOS, strict=False):
        _write(history, site, scenario, midnight, now, over or {})
        look_at(site=site, day=due(midnight + timedelta(hours=12)), history=history)
    _judge()
    return TamperSignal.objects.count()


def spans(sites: Sequence[Site], now: datetime | None = None) -> dict[int, tuple[int, int]]:
    """Of which of the sites ``load`` writes the readings, from one ms to another."""
    now = now or timezone.now()
    begin = int(_midnight(now).timestamp() * 1000) - DAYS * DAY
    end = int(now.timestamp() * 1000)
    return {site.pk: (begin, end) for site, _ in zip(sites, SCENARIOS, strict=False)}


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _write(
    history: History, site: Site, scenario: str, midnight: datetime, now: datetime,
    over: peaks.Peaks,
) -> None:  # fmt: skip
    """The readings of one device up to now."""
    from anlan.monitoring.protocols.batch import Batch
    from anlan.monitoring.simulate import city, scenarios
    from anlan.monitoring.simulate.world import World
    from anlan.monitoring.stream.names import partition_of

    described = demo_city.described(site)
    of = city.of({"devices": [described | {"secret": ""}]})
    touched = scenarios.load(scenario)
    start = (midnight - timedelta(hours=24 - HOUR)).timestamp()
    world = World(of, [touched], seed=SEED, start=start)
    device = of.devices[0]
    numbers = np.array(
        [
            Channel.objects.get(device__address=device.address, address=each.channel).point_id
            for each in device.points
        ]
    )
    today, end = int(midnight.timestamp() * 1000), int(now.timestamp() * 1000)
    for begin in range(today - DAYS * DAY, end, DAY):
        stamps = np.arange(begin, min(begin + DAY, end), demo_city.EVERY * 1000)
        said = world.said(device, stamps)
        quality = np.zeros(len(said), np.int64)
        value = peaks.put(over, numbers[said.point], said.time, said.value)
        batch = Batch.of(numbers[said.point], said.time, value, quality)
        history.add(partition_of(site.pk), batch)


def _judge() -> None:
    """One of them by a person of the demonstration; the others wait."""
    signal = TamperSignal.objects.select_related("site__area").order_by("-pk").first()
    user = signal and holders((Role.SCO_STAFF,), area=signal.site.area).first()
    if signal and user:
        signal_judge(
            actor=Actor(user=user), signal=signal.pk, verdict=TamperState.EXPLAINED,
            text="演示：已到现场核对，当时在更换传感器，有检修记录。",
        )  # fmt: skip
