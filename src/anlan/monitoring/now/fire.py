"""The board of fire protection: what each building's transmission devices say of their components.

A component is what one address on a device stands for: its state (bits of GB/T 26875.3, quantity
消防部件状态), its signal of fire (0 or 1), or both. The bits are the newest that the worker has
(docs/decisions/0015); alarms are what the database has, so a fire that was raised is shown also
where no worker answers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.monitoring.alarms import selectors
from anlan.monitoring.choices import OPEN, AlarmState, MeasureKind, Quantity, Toned
from anlan.monitoring.models import Alarm, AlarmQuerySet, Channel, Device, Point
from anlan.monitoring.now import live
from anlan.monitoring.now.live import Latest, Reading
from anlan.monitoring.protocols.gb26875.flags import DeviceFlag, PartFlag, SystemFlag
from anlan.registry.models import Site

QUANTITIES = (Quantity.FIRE_PART, Quantity.FIRE)
SUFFIX = "火警"  # of the signal's name where addresses do not say whose signal it is


class State(Toned):
    """What a component is in, the most pressing first."""

    FIRE = ("火警", "red")
    FAULT = ("故障", "orange")
    POWER = ("电源故障", "orange")
    OFFLINE = ("离线", "orange")
    NEVER = ("从未收到数据", "orange")
    SHIELDED = ("屏蔽", "yellow")
    SUPERVISED = ("监管", "blue")
    UNKNOWN = ("暂时不知道", "grey")
    NORMAL = ("正常", "green")


_ORDER = {each: number for number, each in enumerate(State)}
_COMMON = {State.FIRE: PartFlag.FIRE, State.FAULT: PartFlag.FAULT}
_SHARED = {State.SHIELDED: PartFlag.SHIELDED, State.SUPERVISED: PartFlag.SUPERVISED}
# Which bits say what; the transmission device's own differ from the fourth on.
_BITS: dict[type[PartFlag | SystemFlag | DeviceFlag], dict[State, int]] = {
    PartFlag: {**_COMMON, **_SHARED, State.POWER: PartFlag.POWER_FAULT},
    SystemFlag: {
        **_COMMON, **_SHARED,
        State.FAULT: SystemFlag.FAULT | SystemFlag.BUS_FAULT,
        State.POWER: SystemFlag.MAINS_FAULT | SystemFlag.BATTERY_FAULT,
    },
    DeviceFlag: {
        State.FIRE: DeviceFlag.FIRE,
        State.FAULT: DeviceFlag.FAULT | DeviceFlag.CENTRE_LINE_FAULT | DeviceFlag.SYSTEM_LINE_FAULT,
        State.POWER: DeviceFlag.MAINS_FAULT | DeviceFlag.BATTERY_FAULT,
    },
}  # fmt: skip


def said(address: str, bits: int) -> set[State]:
    """The states that the bits of an address tell of; empty for none that is shown."""
    place, _, _ = address.rpartition(":")
    kind = DeviceFlag if place == "device" else SystemFlag if place.count("/") == 1 else PartFlag
    return {state for state, mask in _BITS[kind].items() if bits & mask}


@dataclass
class Part:
    """A component: the points that stand for it, each with its address on the device and its newest
    reading. ``alarm``: of fire, that people are not done with."""

    said: list[tuple[Point, str, Reading | None]] = field(default_factory=list)
    alarm: Alarm | None = None

    @property
    def point(self) -> Point:
        """Whose name and place the component has: that of its state, if it has one."""
        return min((each for each, _, _ in self.said), key=lambda each: each.quantity == "fire")

    @cached_property
    def states(self) -> list[State]:
        """All that it is in, the most pressing first; never empty."""
        found: set[State] = set()
        if self.alarm is not None and self.alarm.level is not None:
            found.add(State.FIRE)
        for point, address, reading in self.said:
            found |= _of(point, address, reading)
        if len(found) > 1:
            found.discard(State.NORMAL)
        return sorted(found, key=_ORDER.__getitem__)

    @property
    def rank(self) -> tuple[int, str]:
        """What sorts the most pressing first."""
        return _ORDER[self.states[0]], self.point.name

    @property
    def time(self) -> datetime | None:
        """When it last said anything, by the device's clock."""
        times = [each.time for _, _, each in self.said if each is not None and each.time]
        return max(times, default=None)


def _of(point: Point, address: str, reading: Reading | None) -> set[State]:
    if reading is None:
        return {State.UNKNOWN}
    if reading.time is None:
        return {State.NEVER}
    found = {State.OFFLINE} if reading.silent else set()
    if reading.value is None:
        return found | {State.FAULT}  # a reading without a value: a broken line
    if point.quantity == Quantity.FIRE:
        found |= {State.FIRE} if reading.value >= 1 else set()
    else:
        found |= said(address, int(reading.value))
    return found or {State.NORMAL}


@dataclass
class Box:
    """A transmission device with its components; ``device`` None: bound to none."""

    device: Device | None
    parts: list[Part]

    @property
    def rows(self) -> list[Part]:
        """The components that are not normal, the most pressing first."""
        rows = (each for each in self.parts if each.states != [State.NORMAL])
        return sorted(rows, key=lambda each: each.rank)

    @property
    def normal(self) -> int:
        return len(self.parts) - len(self.rows)

    @property
    def cut_off(self) -> bool:
        """None of its components says anything any more, or ever did."""
        gone = {State.OFFLINE, State.NEVER}
        return all(gone & set(each.states) for each in self.parts)


@dataclass
class Building:
    """A site with its transmission devices."""

    site: Site
    boxes: list[Box]

    @cached_property
    def counts(self) -> list[tuple[State, int]]:
        """How many components are in each state that any is in."""
        found = Counter(state for box in self.boxes for each in box.parts for state in each.states)
        return [(state, found[state]) for state in State if found[state]]

    @property
    def rank(self) -> tuple[list[int], str]:
        """Fire first; of two buildings the one with more of the most pressing state."""
        found = dict(self.counts)
        return [-found.get(each, 0) for each in State if each != State.NORMAL], self.site.name


@dataclass(frozen=True)
class Today:
    """``raised``: alarms of fire since midnight; ``false``: those that two people found false."""

    raised: int
    false: int


@dataclass(frozen=True)
class Board:
    """Buildings, the most pressing first; open alarms of fire, those that nobody answered first."""

    buildings: list[Building]
    alarms: list[Alarm]
    today: Today
    latest: Latest

    def now(self, state: State) -> int:
        """How many components are in a state now."""
        return sum(dict(each.counts).get(state, 0) for each in self.buildings)


def board(actor: Actor) -> Board:
    """What the actor sees, now: four queries and a question to the workers of the sites."""
    points = list(_points(actor))
    latest = live.latest((each.pk, each.site_id) for each in points)
    alarms = list(
        _fires(selectors.alarms(actor)).filter(state__in=OPEN).order_by("answered_at", "raised_at")
    )
    alarms.sort(key=lambda each: each.answered_by_id is not None)
    worst = {each.point_id: each for each in reversed(alarms)}
    buildings = sorted(_buildings(points, latest, worst), key=lambda each: each.rank)
    return Board(buildings, alarms, _today(actor), latest)


def _points(actor: Actor) -> QuerySet[Point]:
    rows = Point.objects.visible_to(actor).standing().filter(quantity__in=QUANTITIES)
    rows = rows.select_related("site__area__parent", "site__sector", "site__regulator")
    return rows.prefetch_related("channels__device").order_by("site", "name", "pk")


def _fires(rows: AlarmQuerySet) -> AlarmQuerySet:
    """Alarms of a signal of fire itself; not of its silence or fault."""
    return rows.filter(point__quantity=Quantity.FIRE, version__measure=MeasureKind.VALUE)


def _today(actor: Actor) -> Today:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = _fires(Alarm.objects.visible_to(actor)).filter(raised_at__gte=midnight)
    found = rows.aggregate(raised=Count("pk"), false=Count("pk", Q(state=AlarmState.FALSE)))
    return Today(**found)


def _buildings(
    points: Iterable[Point], latest: Latest, alarms: dict[int, Alarm]
) -> Iterable[Building]:
    sites: dict[int, Site] = {}
    devices: dict[int, Device | None] = {0: None}
    parts = defaultdict[int, dict[int, dict[str, Part]]](lambda: defaultdict(dict))
    for point in points:
        sites[point.site_id] = point.site
        channel = _channel(point)
        number, address = (channel.device_id, channel.address) if channel else (0, "")
        if channel:
            devices[number] = channel.device
        part = parts[point.site_id][number].setdefault(_whose(point, address), Part())
        part.said.append((point, address, latest.readings.get(point.pk)))
        part.alarm = part.alarm or alarms.get(point.pk)
    for pk, boxes in parts.items():
        found = [Box(devices[number], list(each.values())) for number, each in boxes.items()]
        yield Building(sites[pk], found)


def _channel(point: Point) -> Channel | None:
    """By which the point is spoken for now."""
    return next((each for each in point.channels.all() if each.device.retired_at is None), None)


def _whose(point: Point, address: str) -> str:
    """The component that a point stands for: by its address, else (a protocol that numbers its
    channels) by its name without 火警."""
    return address.rpartition(":")[0] or point.name.removesuffix(SUFFIX).strip()
