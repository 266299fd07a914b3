"""One round of the watchman: every check, its findings, and a sign that the round was made."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from anlan.kernel.watchman import beats
from anlan.kernel.watchman.findings import found, settle
from anlan.kernel.watchman.registry import Check, checks

log = logging.getLogger("anlan.watchman")

NAME = "watchman"
AWAY = timedelta(minutes=5)
BROKEN = "watchman.check"  # the findings about checks that cannot be made


def make_round(*, now: datetime | None = None) -> int:
    """What the job does each minute: every check; how many faults there are.

    A worker that was away first gives the other jobs a minute to catch up before it judges them.
    """
    now = now or timezone.now()
    last = beats.last(NAME)
    if last is None or now - last > AWAY:
        _sign(now)
        return 0
    return watch(now=now)


def watch(*, now: datetime | None = None) -> int:
    """Make every check; how many faults there are. A check that fails is itself a finding.

    When the database does not answer nothing is signed, and the outside sees an old sign.
    """
    now = now or timezone.now()
    broken: set[str] = set()
    faults = 0
    for each in checks():
        try:
            faults += _look(each, now) if each.applies() else 0
        except Exception as error:  # one check must not hide what the others see
            log.exception("check %s failed", each.name)
            broken.add(each.name)
            found(BROKEN, each.name, f"检查“{each.label}”不能进行：{error}")
    settle(BROKEN, broken)
    _sign(now)
    return faults + len(broken)


def _sign(now: datetime) -> None:
    beats.beat(NAME, now=now)
    beats.touch(now)


def _look(each: Check, now: datetime) -> int:
    with transaction.atomic():  # what a check breaks in the database ends with the check
        seen = list(each.look(now))
    for fault in seen:
        found(each.name, fault.key, fault.text)
    settle(each.name, {fault.key for fault in seen})
    return len(seen)
