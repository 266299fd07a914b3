"""Silences and maintenance windows: who keeps what quiet, until when and why."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.write import Write
from anlan.monitoring import policies
from anlan.monitoring.choices import AlarmState
from anlan.monitoring.models import Alarm, Device, Point, Rule, Silence, Window
from anlan.monitoring.services.hushing import Hush
from anlan.monitoring.visibility import reaches
from anlan.registry.models import Site

LONGEST = timedelta(days=7)  # an assumption: what must be quiet for longer is to be mended
AHEAD = timedelta(days=90)  # an assumption: nobody plans maintenance farther ahead


def point_silence(
    *, actor: Actor, point: int, until: datetime, reason: str, begin: datetime | None = None
) -> Silence:
    """Call nobody for the point's alarms until then; from ``begin`` on (default: now)."""
    with Write(actor, "monitoring.silence.add", reason=reason) as write:
        found = write.lock(Point.objects.visible_to(actor), point)
        _may(actor, found.site)
        return _silence(write, begin, until, reason, point=found)


def site_silence(
    *, actor: Actor, site: int, until: datetime, reason: str, begin: datetime | None = None
) -> Silence:
    """Call nobody for the alarms of all its points until then."""
    with Write(actor, "monitoring.silence.add", reason=reason) as write:
        found = write.lock(Site.objects.visible_to(actor), site)
        _may(actor, found)
        return _silence(write, begin, until, reason, site=found)


def rule_silence(
    *,
    actor: Actor,
    rule: int,
    until: datetime,
    reason: str,
    site: int | None = None,
    begin: datetime | None = None,
) -> Silence:
    """Call nobody for the alarms of a rule at a site; wherever, for the office's chief alone."""
    if site is None:
        policies.PUBLISH.require(actor)
    with Write(actor, "monitoring.silence.add", reason=reason) as write:
        found = write.lock(Rule.objects.visible_to(actor), rule)
        if site is None:
            return _silence(write, begin, until, reason, rule=found)
        place = write.lock(Site.objects.visible_to(actor), site)
        _may(actor, place)
        return _silence(write, begin, until, reason, rule=found, site=place)


def silence_end(*, actor: Actor, silence: int) -> None:
    """Let it be heard again from now on; for who may set it. What goes on is called for at once;
    one that has not begun is taken away."""
    with Write(actor, "monitoring.silence.end") as write:
        found = write.lock(Silence.objects.visible_to(actor), silence)
        if found.place is None:
            policies.PUBLISH.require(actor)
        else:
            _may(actor, found.place)
        now, until = timezone.now(), found.until
        _standing(until, now)
        if found.begin > now:
            found.delete()
            return
        write.change(found, until=now)
        _hear_again(write, until, now)


def window_add(*, actor: Actor, point: int, begin: datetime, end: datetime, reason: str) -> Window:
    """The point is maintained or calibrated from ``begin`` to ``end``."""
    with Write(actor, "monitoring.window.add", reason=reason) as write:
        found = write.lock(Point.objects.visible_to(actor), point)
        _may(actor, found.site)
        _bounded(begin, end, reason)
        window = Window(point=found, begin=begin, end=end, reason=reason.strip(), by=actor.person)
        return write.add(window)


def device_window(
    *, actor: Actor, device: int, begin: datetime, end: datetime, reason: str
) -> list[Window]:
    """The device, and so each of its points in use, is maintained from ``begin`` to ``end``."""
    with Write(actor, "monitoring.window.add", reason=reason) as write:
        found = write.lock(Device.objects.visible_to(actor), device)
        _may(actor, found.site)
        _bounded(begin, end, reason)
        points = Point.objects.standing().filter(channels__device=found).distinct().order_by("pk")
        if not points:
            raise Refused("no_points", f"设备“{found}”没有对应的测点，请先登记通道。")
        return [
            write.add(Window(
                point=each, device=found, begin=begin, end=end, reason=reason.strip(),
                by=actor.person,
            ))
            for each in points
        ]  # fmt: skip


def window_end(*, actor: Actor, window: int) -> None:
    """The maintenance is over now, of a device for all its points; one that has not begun is taken
    away. What goes on is called for at once."""
    with Write(actor, "monitoring.window.end") as write:
        found = write.lock(Window.objects.visible_to(actor), window)
        _may(actor, found.point.site)
        now, end = timezone.now(), found.end
        _standing(end, now)
        for each in _together(found):
            if each.begin > now:
                each.delete()
            else:
                write.change(each, end=now)
        _hear_again(write, end, now)


def _together(window: Window) -> list[Window]:
    """It, and what was set with it for the other points of its device."""
    if window.device is None:
        return [window]
    same = Window.objects.select_for_update(of=("self",)).filter(
        device=window.device, begin=window.begin, end=window.end, by=window.by
    )
    return list(same.order_by("pk"))


def _hear_again(write: Write, until: datetime, now: datetime) -> None:
    """Alarms that go on and were kept quiet till ``until``: people are called for them now, unless
    something else keeps them quiet."""
    from anlan.monitoring.tasks import call

    rows = Alarm.objects.filter(state=AlarmState.RAISED, hushed_until=until, cleared_ms=None)
    alarms = list(rows.select_for_update(of=("self",)).select_related("point").order_by("pk"))
    if not alarms:
        return
    hush = Hush([each.point for each in alarms], {each.rule_id for each in alarms}, now)
    for alarm in alarms:
        why, until_then = hush.of(alarm.rule_id, alarm.point, now)
        if why:
            write.change(alarm, hushed=why[:200], hushed_until=until_then)
        else:
            write.change(alarm, hushed_until=now)
    call.defer()


def _silence(
    write: Write, begin: datetime | None, until: datetime, reason: str, **of: Point | Site | Rule
) -> Silence:
    begin = begin or timezone.now()
    _bounded(begin, until, reason)
    return write.add(
        Silence(begin=begin, until=until, reason=reason.strip(), by=write.actor.person, **of)
    )


def _bounded(begin: datetime, end: datetime, reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_needed", "须写明为什么不通知。")
    if not begin < end <= begin + LONGEST:
        raise Refused("until", f"结束时间须在开始之后，最长 {LONGEST.days} 天。")
    if not timezone.now() < end or begin > timezone.now() + AHEAD:
        raise Refused("until", f"结束时间须在现在之后，开始时间最多提前 {AHEAD.days} 天登记。")


def _standing(end: datetime, now: datetime) -> None:
    if end <= now:
        raise WrongState("它已经结束。请刷新后再看。")


def _may(actor: Actor, site: Site) -> None:
    policies.KEEP.require(actor)
    if not reaches(actor, site, policies.KEEP):
        raise Forbidden
