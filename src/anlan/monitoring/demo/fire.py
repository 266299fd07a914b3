"""Invented buildings with parts of fire protection for the demonstration, marked as such: a fire,
faults, shielded and supervised parts, and a transmission device that never speaks.

The devices that speak do so by HTTP through the simulator, which keeps each part in the state given
here (:func:`held`), so that the board shows the same minute by minute.
"""

from __future__ import annotations

from typing import NamedTuple

from anlan.kernel.access.actor import Actor, ActorSource, system
from anlan.kernel.orgs.models import Area
from anlan.monitoring.choices import Protocol, Quantity
from anlan.monitoring.models import Device, Point
from anlan.monitoring.now.fire import SUFFIX
from anlan.monitoring.protocols.gb26875.flags import PartFlag as Flag
from anlan.monitoring.services.points import channel_add, device_add, point_add
from anlan.registry.choices import SiteKind
from anlan.registry.models import Sector, Site
from anlan.registry.services.facts import SiteFacts
from anlan.registry.services.subjects import site_add

NORMAL = Flag.NORMAL
UNHEARD = "999001"  # the address of the device that never spoke of a part that is registered
_MOST = 0xFFFF  # a state has two bytes


class Box(NamedTuple):
    """A transmission device: its parts by name, place and state; ``address`` empty: by HTTP."""

    name: str
    parts: tuple[tuple[str, str, Flag], ...]
    address: str = ""


# name, kind, sector, county, its devices
BUILDINGS: tuple[tuple[str, SiteKind, str, str, tuple[Box, ...]], ...] = (
    ("演示商场一号", SiteKind.VENUE, "crowded-venue", "141102", (
        Box("演示用传装置（东区）", (
            ("东 301 感烟探测器", "三层东侧餐饮区走廊", Flag.FIRE),
            ("东 302 感烟探测器", "三层东侧库房", NORMAL),
            ("东 303 感温探测器", "三层东侧厨房", NORMAL | Flag.FAULT),
            ("东 1 号手动报警按钮", "一层东门", NORMAL),
        )),
        Box("演示用传装置（西区）", (
            ("西 201 感烟探测器", "二层西侧服装区", NORMAL | Flag.SHIELDED),
            ("西 202 感烟探测器", "二层西侧电梯厅", NORMAL),
            ("西区信号阀", "地下一层报警阀间", NORMAL | Flag.SUPERVISED),
        )),
    )),
    ("演示高层建筑一号", SiteKind.BUILDING, "high-rise", "141181", (
        Box("演示用传装置", (
            ("1801 感烟探测器", "十八层电梯厅", NORMAL),
            ("消防水泵", "地下二层水泵房", NORMAL | Flag.POWER_FAULT),
            ("2001 感烟探测器", "二十层电梯厅", NORMAL | Flag.FAULT),
        )),
    )),
    ("演示养老院一号", SiteKind.VENUE, "crowded-venue", "141125", (
        Box("演示用传装置（未上线）", (
            ("101 感烟探测器", "一层活动室", NORMAL),
            ("102 感烟探测器", "一层寝室", NORMAL),
        ), UNHEARD),
    )),
)  # fmt: skip
_STATES = {name: state for *_, boxes in BUILDINGS for box in boxes for name, _, state in box.parts}


def load() -> list[Point]:
    """The buildings with devices and points; the signals of parts that tell of a fire."""
    actor = system(ActorSource.COMMAND)
    sectors = {each.code: each for each in Sector.objects.all()}
    burning: list[Point] = []
    for name, kind, sector, county, boxes in BUILDINGS:
        area = Area.objects.filter(parent__code=county).order_by("code").first()
        if area is None or sector not in sectors:
            continue  # facts of another city
        facts = SiteFacts(name=name, kind=kind, sector=sectors[sector], area=area)
        site = site_add(actor=actor, facts=facts, is_demo=True)
        for number, box in enumerate(boxes, 1):
            burning += _equip(actor, site, number, box)
    return burning


def held(point: Point) -> float | None:
    """What the simulator lets a point of the demonstration say; None for one of none of these."""
    if point.quantity == Quantity.FIRE:
        state = _STATES.get(point.name.removesuffix(SUFFIX).strip())
        return None if state is None else float(bool(state & Flag.FIRE))
    found = _STATES.get(point.name)
    return float(found) if found is not None and point.quantity == Quantity.FIRE_PART else None


def _equip(actor: Actor, site: Site, number: int, box: Box) -> list[Point]:
    """A device with state and signal of each part; the signals that are 1."""
    protocol = Protocol.GB26875 if box.address else Protocol.HTTP
    device, _ = device_add(
        actor=actor, site=site.pk, name=box.name, protocol=protocol,
        address=box.address or f"demo-fire-{site.pk}-{number}", is_demo=True,
    )  # fmt: skip
    burning = []
    for place, (name, where, state) in enumerate(box.parts, 1):
        _point(actor, device, name, where, Quantity.FIRE_PART, place)
        signal = _point(actor, device, f"{name} {SUFFIX}", where, Quantity.FIRE, place)
        if state & Flag.FIRE:
            burning.append(signal)
    return burning


def _point(
    actor: Actor, device: Device, name: str, where: str, quantity: Quantity, place: int
) -> Point:
    signal = quantity == Quantity.FIRE
    point = point_add(
        actor=actor, site=device.site_id, name=name, quantity=quantity, place_text=where,
        low=0, high=1 if signal else _MOST, resolution=1, is_demo=True,
    )  # fmt: skip
    address = str(2 * place if signal else 2 * place - 1)
    if device.protocol == Protocol.GB26875:
        address = f"1/1/40/{place}:{'fire' if signal else 'state'}"
    channel_add(actor=actor, device=device.pk, address=address, point=point.pk)
    return point
