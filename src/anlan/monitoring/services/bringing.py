"""Many points of a site at once, with their channels and devices: a statement for each table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from anlan.kernel.errors import Refused
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write
from anlan.monitoring import policies
from anlan.monitoring.choices import Protocol
from anlan.monitoring.models import Channel, Device, Point
from anlan.monitoring.services.points import take_turns
from anlan.monitoring.visibility import reaches
from anlan.registry.models import Site

Named = tuple[str, str]  # protocol and address of a device


@dataclass(frozen=True)
class Brought:
    """A point as it was judged; with the channel that speaks for it, of a device that is made
    unless it stands."""

    facts: dict[str, Any]
    channel: str = ""
    device: Named | None = None
    device_name: str = ""


def points_bring(
    write: Write, *, site: int, organisation: Organisation, brought: Sequence[Brought]
) -> list[int]:
    """The points of the site, in order. A new device has no secret yet: nobody would see it.

    IntegrityError for a name or a channel that stands already; Refused where the site is not the
    organisation's to connect, or a device is another site's or retired.
    """
    policies.KEEP.require(write.actor)
    found = write.lock(Site.objects.visible_to(write.actor).standing(), site)
    if not reaches(write.actor, found, policies.KEEP, organisation):
        raise Refused("out_of_reach", f"“{found}”不由{organisation}登记测点。")
    devices = _devices(found, brought)
    points = Point.objects.bulk_create(Point(site=found, **each.facts) for each in brought)
    Channel.objects.bulk_create(
        Channel(device=devices[each.device], address=each.channel, point=point)
        for each, point in zip(brought, points, strict=True)
        if each.device
    )
    return [each.pk for each in points]


def _devices(site: Site, brought: Sequence[Brought]) -> dict[Named, Device]:
    """Each device that is named, made where there is none."""
    wanted = {each.device: each.device_name for each in brought if each.device}
    if not wanted:
        return {}
    take_turns()
    found = standing(set(wanted))
    for each in found.values():
        if fault := unfit(site, each):
            raise Refused("device", fault)
    made = Device.objects.bulk_create(
        Device(site=site, name=name or usual_name(*named), protocol=named[0], address=named[1])
        for named, name in wanted.items()
        if named not in found
    )
    return found | {(each.protocol, each.address): each for each in made}


def standing(named: set[Named]) -> dict[Named, Device]:
    """The devices of these protocols and addresses that are registered."""
    rows = Device.objects.filter(address__in={address for _, address in named})
    found = {(each.protocol, each.address): each for each in rows.select_related("site")}
    return {key: each for key, each in found.items() if key in named}


def unfit(site: Site, device: Device) -> str:
    """Why the device can take no channel of the site; empty where it can."""
    if device.site_id != site.pk:
        return f"注册编号 {device.address} 已有其他场所的设备使用，请核对。"
    if device.retired_at is not None:
        return f"注册编号 {device.address} 的设备已停用，请换一台设备。"
    return ""


def usual_name(protocol: str, address: str) -> str:
    """What a device is called that nobody named."""
    return f"{Protocol(protocol).label} {address}"
