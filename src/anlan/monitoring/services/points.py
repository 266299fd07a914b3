"""Registering points, devices and channels."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.write import Write
from anlan.monitoring import policies
from anlan.monitoring.choices import Protocol, Quantity
from anlan.monitoring.devices import keys
from anlan.monitoring.devices.connecting import Secret, address_of, channel_of, secret_of, way
from anlan.monitoring.models import Channel, Device, Point
from anlan.monitoring.visibility import reaches
from anlan.registry.models import Site

LOCK = "anlan.monitoring.devices"
MOST_OF_A_SITE = 10_000  # numbers that are tried for a device of a site


def point_add(*, actor: Actor, site: int, name: str, quantity: Quantity, **facts: Any) -> Point:
    """A new point of a site; its number is the engine's. Refused if the site has one of the name.
    ``facts``: the other fields of :class:`Point`."""
    with Write(actor, "monitoring.point.add") as write:
        found = _site(write, site)
        if Point.objects.standing().filter(site=found, name=name.strip()).exists():
            raise Refused("twice", f"{found}已有名为“{name.strip()}”的测点。")
        check_range(facts.get("low"), facts.get("high"))
        return write.add(Point(site=found, name=name.strip(), quantity=quantity, **facts))


def check_range(low: float | None, high: float | None) -> None:
    """Refused for a range that does not go up."""
    if low is not None and high is not None and not low < high:
        raise Refused("high", f"量程上限 {high:g} 须大于下限 {low:g}。")


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
    *,
    actor: Actor,
    site: int,
    name: str,
    protocol: Protocol,
    address: str = "",
    secret: str = "",
    **facts: Any,
) -> tuple[Device, str]:
    """A new device and its secret, which is shown this once and stored as a digest; empty where
    its protocol has none. An address that nobody gave is made where the protocol leaves it to us.
    """
    shown = secret_of(protocol, secret)
    with Write(actor, "monitoring.device.add") as write:
        found = _site(write, site)
        number = device_address(found, protocol, address)
        return write.add(_device(found, name, protocol, number, shown, **facts)), shown


def device_address(site: Site, protocol: Protocol, given: str) -> str:
    """The address as it will be stored; Refused if it is none, or another device's. Of two who
    register one at the same moment the second waits, and is told."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('anlan.monitoring.device', 0))"
        )
    if not given.strip() and way(protocol).numbers_itself:
        count = site.devices.count()
        free = (f"{site.pk}-{number}" for number in range(count + 1, count + MOST_OF_A_SITE))
        return next(each for each in free if not _taken(protocol, each))
    number = address_of(protocol, given)
    if _taken(protocol, number):
        raise Refused("address", f"{way(protocol).address_label} {number} 已有设备使用，请核对。")
    return number


def take_turns() -> None:
    """Who registers devices waits for whoever is registering one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])


def device_renew(*, actor: Actor, device: int, secret: str = "") -> tuple[Device, str]:
    """Another secret, shown this once: with the old one nothing is stored from now on."""
    with Write(actor, "monitoring.device.renew") as write:
        found = _standing(write, device)
        if way(found.protocol).secret == Secret.NONE:
            raise Refused("secret", f"{way(found.protocol).secret_help}")
        shown = secret_of(found.protocol, secret)
        write.change(found, secret_digest=keys.digest(shown))
        return found, shown


def device_retire(*, actor: Actor, device: int, reason: str) -> Device:
    """The device is no more: nothing that it sends is stored. Its points stay, for another one."""
    if not reason.strip():
        raise Refused("reason_needed", "停用设备须写明理由。")
    with Write(actor, "monitoring.device.retire", reason=reason.strip()) as write:
        found = _standing(write, device)
        write.change(found, retired_at=timezone.now())
        return found


def channel_add(*, actor: Actor, device: int, address: str, point: int) -> Channel:
    """Let a channel of the device speak for a point; device and point belong to one site."""
    with Write(actor, "monitoring.channel.add") as write:
        speaker = _standing(write, device)
        found = Point.objects.standing().filter(pk=point, site=speaker.site_id).first()
        if found is None:
            raise Refused("other_site", "设备只能为本场所在用的测点上传数据。")
        number = channel_of(speaker.protocol, address)
        if speaker.channels.filter(address=number).exists():
            raise Refused("twice", f"设备的通道 {number} 已对应测点。")
        return write.add(Channel(device=speaker, address=number, point=found))


def channel_remove(*, actor: Actor, channel: int) -> Device:
    """The channel speaks for no point any more; what it sent stays the point's. Its device."""
    with Write(actor, "monitoring.channel.remove") as write:
        seen = Channel.objects.filter(device__in=Device.objects.visible_to(actor))
        found = write.lock(seen, channel)
        device = _standing(write, found.device_id)
        found.delete()
        return device


def _standing(write: Write, pk: int) -> Device:
    """The device, locked; WrongState if it is retired."""
    device = write.lock(Device.objects.visible_to(write.actor), pk)
    _may(write.actor, device.site)
    if device.retired_at is not None:
        raise WrongState("设备已停用。请刷新后再看。")
    return device


def _taken(protocol: Protocol, address: str) -> bool:
    return Device.objects.filter(protocol=protocol, address=address).exists()


def _device(
    site: Site, name: str, protocol: Protocol, address: str, secret: str, **facts: Any
) -> Device:
    digest = keys.digest(secret) if secret else ""
    return Device(
        site=site, name=name.strip(), protocol=protocol, address=address, secret_digest=digest,
        **facts,
    )  # fmt: skip


def _site(write: Write, pk: int) -> Site:
    site = write.lock(Site.objects.visible_to(write.actor), pk)
    _may(write.actor, site)
    return site


def _may(actor: Actor, site: Site) -> None:
    policies.KEEP.require(actor)
    if not reaches(actor, site, policies.KEEP):
        raise Forbidden
