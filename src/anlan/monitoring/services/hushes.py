"""Silences and maintenance windows: who keeps what quiet, until when and why."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused
from anlan.kernel.write import Write
from anlan.monitoring import policies
from anlan.monitoring.models import Point, Rule, Silence, Window
from anlan.monitoring.visibility import reaches
from anlan.registry.models import Site

LONGEST = timedelta(days=7)  # an assumption: what must be quiet for longer is to be mended


def point_silence(*, actor: Actor, point: int, until: datetime, reason: str) -> Silence:
    """Call nobody for the point's alarms until then."""
    with Write(actor, "monitoring.silence.add", reason=reason) as write:
        found = write.lock(Point.objects.visible_to(actor), point)
        _may(actor, found.site)
        return _silence(write, until, reason, point=found)


def site_silence(*, actor: Actor, site: int, until: datetime, reason: str) -> Silence:
    """Call nobody for the alarms of all its points until then."""
    with Write(actor, "monitoring.silence.add", reason=reason) as write:
        found = write.lock(Site.objects.visible_to(actor), site)
        _may(actor, found)
        return _silence(write, until, reason, site=found)


def rule_silence(*, actor: Actor, rule: int, until: datetime, reason: str) -> Silence:
    """Call nobody for the alarms of a rule, wherever; the office's chief alone."""
    policies.PUBLISH.require(actor)
    with Write(actor, "monitoring.silence.add", reason=reason) as write:
        found = write.lock(Rule.objects.visible_to(actor), rule)
        return _silence(write, until, reason, rule=found)


def silence_end(*, actor: Actor, silence: int) -> Silence:
    """Let it be heard again from now on; for who may set it."""
    with Write(actor, "monitoring.silence.end") as write:
        found = write.lock(Silence.objects.all(), silence)
        site = found.site or (found.point.site if found.point else None)
        if site is None:
            policies.PUBLISH.require(actor)
        else:
            _may(actor, site)
        write.change(found, until=min(found.until, timezone.now()))
        return found


def window_add(*, actor: Actor, point: int, begin: datetime, end: datetime, reason: str) -> Window:
    """The point is maintained or calibrated from ``begin`` to ``end``."""
    with Write(actor, "monitoring.window.add", reason=reason) as write:
        found = write.lock(Point.objects.visible_to(actor), point)
        _may(actor, found.site)
        _bounded(begin, end, reason)
        window = Window(point=found, begin=begin, end=end, reason=reason.strip(), by=actor.person)
        return write.add(window)


def _silence(write: Write, until: datetime, reason: str, **of: Point | Site | Rule) -> Silence:
    _bounded(timezone.now(), until, reason)
    return write.add(Silence(until=until, reason=reason.strip(), by=write.actor.person, **of))


def _bounded(begin: datetime, end: datetime, reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_needed", "须写明为什么不通知。")
    if not begin < end <= begin + LONGEST:
        raise Refused("until", f"结束时间须在开始之后，最长 {LONGEST.days} 天。")


def _may(actor: Actor, site: Site) -> None:
    policies.KEEP.require(actor)
    if not reaches(actor, site, policies.KEEP):
        raise Forbidden
