"""Having dead letters read again: what is understood now is stored, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused
from anlan.kernel.write import Write
from anlan.monitoring import policies
from anlan.monitoring.devices.letters import Letter, on_broker
from anlan.monitoring.devices.register import Register
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.gateways.replaying import Again, again
from anlan.monitoring.models import Device, Replay
from anlan.monitoring.stream.connection import Connection
from anlan.monitoring.stream.publishing import Publisher
from anlan.monitoring.visibility import reaches

AT_ONCE = 200  # letters; the rest by the next press


@dataclass(frozen=True)
class Outcome:
    """``stored``: letters of which readings were; ``left``: why the last one was not, if any."""

    stored: int
    readings: int
    left: str


def letters_replay(*, actor: Actor, letters: Sequence[Letter]) -> Outcome:
    """Read the letters again with their original times. Only of devices that the actor keeps.

    One after another of all who replay: the second finds the first's marks. A mark is written in
    the transaction in which the broker confirms; if this dies between the two, the broker keeps
    one message of the same name, and the history keys readings by point and time. Refused where
    the broker does not answer: letters confirmed before stay marked.
    """
    policies.KEEP.require(actor)
    register = Register()
    register.refresh()
    stored = readings = 0
    left = ""
    for letter in letters[:AT_ONCE]:
        found = again(letter.letter, register)
        try:
            count = _replay(actor, letter, found)
        except NotStored as error:
            raise Refused("broker", f"{error} 已重放 {stored} 份。") from error
        stored, readings = stored + bool(count), readings + count
        left = left if count else found.rest or left
    return Outcome(stored, readings, left)


def _replay(actor: Actor, letter: Letter, found: Again) -> int:
    """How many readings were stored: of points of which nothing of this letter was before."""
    if found.device is None or not len(found.batch):
        return 0
    with Write(actor, "monitoring.letter.replay") as write:
        device = Device.objects.select_related("site__area", "site__regulator").get(
            pk=found.device.key
        )
        if not reaches(actor, device.site, policies.KEEP):
            return 0
        _take_turns()
        made = Replay.objects.filter(number=letter.number, received=letter.letter.received)
        before = {point for each in made for point in each.points}
        fresh = found.batch.take(
            np.flatnonzero(~np.isin(found.batch.point, np.array(sorted(before), np.uint32)))
        )
        if not len(fresh):
            return 0
        points = sorted({int(each) for each in fresh.point})
        name = f"{letter.number}-{letter.letter.received}-{'.'.join(map(str, points))}"
        write.add(
            Replay(
                number=letter.number, received=letter.letter.received, device=device,
                points=points, readings=len(fresh), rest=found.rest[:300], by=actor.person,
            )
        )  # fmt: skip

        async def work(link: Connection) -> None:
            await Publisher(link.stream).replay(device.site_id, fresh, name)

        on_broker(work)
        return len(fresh)


def _take_turns() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('anlan.monitoring.replay', 0))"
        )
