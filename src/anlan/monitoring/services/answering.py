"""What people do with an alarm: answer, handle, close, judge it false."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.deadlines import services as deadlines
from anlan.kernel.write import Write
from anlan.monitoring import flow
from anlan.monitoring.models import Alarm
from anlan.monitoring.services.calling import NAME


def alarm_answer(*, actor: Actor, alarm: int) -> Alarm:
    """I have seen it and take it up: nobody else is called. WrongState if another was first."""
    with _at(actor, "answer", alarm) as (write, found):
        fields = {"answered_by": actor.person, "answered_at": timezone.now()}
        _move(write, found, "answer", fields)
    return found


def alarm_handle(*, actor: Actor, alarm: int, text: str) -> Alarm:
    """What was found and done; the alarm stays open until its event is over and it is closed."""
    text = text.strip()
    with _at(actor, "handle", alarm, text) as (write, found):
        _move(write, found, "handle", {"handling": text}, text=text)
    return found


def alarm_close(*, actor: Actor, alarm: int) -> Alarm:
    """Done with; Refused while the event goes on."""
    with _at(actor, "close", alarm) as (write, found):
        _move(write, found, "close", {})
    return found


def alarm_dismiss(*, actor: Actor, alarm: int, reason: str) -> Alarm:
    """Judge it false, for a reason; a red one needs two people (:func:`alarm_doubt`)."""
    reason = reason.strip()
    with _at(actor, "dismiss", alarm, reason) as (write, found):
        _move(write, found, "dismiss", {"false_reason": reason}, reason=reason)
    return found


def alarm_doubt(*, actor: Actor, alarm: int, reason: str) -> Alarm:
    """Put a red alarm forward as false; another person judges."""
    reason = reason.strip()
    with _at(actor, "doubt", alarm, reason) as (write, found):
        fields = {"false_reason": reason, "doubted_by": sorted(actor.people)}
        _move(write, found, "doubt", fields, reason=reason)
    return found


def alarm_confirm(*, actor: Actor, alarm: int) -> Alarm:
    """It is false: the second person's word."""
    with _at(actor, "confirm", alarm) as (write, found):
        _move(write, found, "confirm", {})
    return found


def alarm_deny(*, actor: Actor, alarm: int, reason: str) -> Alarm:
    """It is not false, for a reason: whoever denies it takes it up."""
    reason = reason.strip()
    with _at(actor, "deny", alarm, reason) as (write, found):
        fields = {
            "false_reason": "", "doubted_by": [],
            "answered_by": actor.person, "answered_at": timezone.now(),
        }  # fmt: skip
        _move(write, found, "deny", fields, reason=reason)
    return found


@contextmanager
def _at(actor: Actor, verb: str, alarm: int, reason: str = "") -> Iterator[tuple[Write, Alarm]]:
    with Write(actor, f"monitoring.alarm.{verb}", reason=reason) as write:
        yield write, write.lock(Alarm.objects.visible_to(actor), alarm)


def _move(write: Write, alarm: Alarm, verb: str, fields: dict[str, Any], **inputs: str) -> None:
    flow.ALARM.move(write, alarm, verb, fields=fields, **inputs)
    if deadlines.find(alarm, NAME) is not None:
        deadlines.meet(write, alarm, NAME)
    site = alarm.site
    write.event(f"alarm.{verb}", alarm, area=site.area, organisation=site.regulator, site=site.pk)
