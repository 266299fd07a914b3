"""Registering points, devices and channels."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.write import Write
from anlan.monitoring import keys, policies
from anlan.monitoring.choices import Protocol, Quantity
from anlan.monitoring.models import Channel, Device, Point
from anlan.monitoring.visibility import reaches
from anlan.registry.models import Site


def point_add(*, actor: Actor, site: int, name: str, quantity: Quantity, **facts: Any) -> Point:
    """A new point of a site; its number is the engine's. Refused if the site has one of the name.
    ``facts``: the other fields of :class:`Point`."""
    with Write(actor, "monitoring.point.add") as write:
        found = _site(write, site)
        if Point.objects.standing().filter(site=found, name=name.strip()).exists():
            raise Refused("twice", f"{found}已有名为“{name.strip()}”的测点。")
        return write.add(Point(site=found, name=name.strip(), quantity=quantity, **facts))


def point_retire(*, actor: Actor, point: int, reason: str) -> Point:
    """The point is no more: nothing watches it, its alarms stay on record."""
    if not reason.strip():
        raise Refused("reason_needed", "停用测点须写明理由。")
    with Write(actor, "monitoring.point.retire", reason=reason) as write:
        found = write.lock(Point.objects.visible_to(actor), point)
        _may(actor, found.site)
        if found.retired_at is not None:
            raise WrongState("测点已停用。请刷新后再看。")
        write.change(found, retired_at=timezone.now())
        return found


def device_add(
    *, actor: Actor, site: int, name: str, protocol: Protocol, address: str, **facts: Any
) -> tuple[Device, str]:
    """A new device and its secret, which is shown this once and stored as a digest."""
    secret = keys.fresh()
    with Write(actor, "monitoring.device.add") as write:
        found = _site(write, site)
        if Device.objects.filter(protocol=protocol, address=address.strip()).exists():
            raise Refused("twice", f"注册编号 {address.strip()} 已有设备使用，请核对。")
        device = Device(
            site=found, name=name.strip(), protocol=protocol, address=address.strip(),
            secret_digest=keys.digest(secret), **facts,
        )  # fmt: skip
        return write.add(device), secret


def channel_add(*, actor: Actor, device: int, address: str, point: int) -> Channel:
    """Let a channel of the device speak for a point; device and point belong to one site."""
    with Write(actor, "monitoring.channel.add") as write:
        speaker = write.lock(Device.objects.visible_to(actor), device)
        _may(actor, speaker.site)
        found = Point.objects.standing().filter(pk=point, site=speaker.site_id).first()
        if found is None:
            raise Refused("other_site", "设备只能为本场所在用的测点上传数据。")
        if speaker.channels.filter(address=address.strip()).exists():
            raise Refused("twice", f"设备的通道 {address.strip()} 已对应测点。")
        return write.add(Channel(device=speaker, address=address.strip(), point=found))


def _site(write: Write, pk: int) -> Site:
    site = write.lock(Site.objects.visible_to(write.actor), pk)
    _may(write.actor, site)
    return site


def _may(actor: Actor, site: Site) -> None:
    policies.KEEP.require(actor)
    if not reaches(actor, site, policies.KEEP):
        raise Forbidden
