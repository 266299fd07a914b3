"""Since when a device is silent: the time of the newest stored reading of its points.

Noted by the way, as the history reads the stream: so it holds for every protocol alike, and says
what arrived in good order, not what merely knocked. Written every few seconds, not by ``Write``:
nobody decides it, and it is kept out of the audit.
"""

from __future__ import annotations

import asyncio
import logging

import numpy as np
from django.db import Error, connection
from nats.js import JetStreamContext

from anlan.kernel.visits import release
from anlan.monitoring.protocols.batch import Batch, unpack
from anlan.monitoring.stream.following import Follower, Message
from anlan.monitoring.stream.names import Kind

log = logging.getLogger("anlan.monitoring")
KEEP_SECONDS = 10.0
# A time ahead of ours is taken for now. A retired device's channels stand, and say nothing new.
_KEEP = """
UPDATE monitoring_device AS device
SET heard_at = heard.at
FROM (
    SELECT channel.device_id, least(to_timestamp(max(newest.ms) / 1000.0), now()) AS at
    FROM unnest(%s::bigint[], %s::bigint[]) AS newest (point, ms)
    JOIN monitoring_channel AS channel ON channel.point_id = newest.point
    GROUP BY channel.device_id
) AS heard
WHERE device.id = heard.device_id AND device.retired_at IS NULL
  AND (device.heard_at IS NULL OR device.heard_at < heard.at)
"""


class Hearing:
    """The newest times of points since they were last written; one for a process."""

    def __init__(self) -> None:
        self._newest: dict[int, int] = {}

    def note(self, batch: Batch) -> None:
        """Remember the newest time of each point of ``batch``."""
        if not len(batch):
            return
        points, place = np.unique(batch.point, return_inverse=True)
        newest = np.full(len(points), np.iinfo(np.int64).min)
        np.maximum.at(newest, place, batch.time)
        for point, time in zip(points.tolist(), newest.tolist(), strict=True):
            self._newest[point] = max(time, self._newest.get(point, time))

    def keep(self) -> int:
        """Write what was noted to the devices; how many have newer readings than before."""
        noted, self._newest = self._newest, {}
        if not noted:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [list(noted), list(noted.values())])
            return int(cursor.rowcount)

    async def run(self, stop: asyncio.Event) -> None:
        """Write every few seconds until told to stop, and then once more."""
        while not stop.is_set():
            try:
                async with asyncio.timeout(KEEP_SECONDS):
                    await stop.wait()
            except TimeoutError:
                pass  # the time to write
            await asyncio.to_thread(self._keep_in_thread)

    def _keep_in_thread(self) -> None:
        try:
            self.keep()
        except Error as error:  # what comes next says it again
            log.error("when devices were last heard cannot be written: %s", error)
        finally:
            release()


class Overheard(Follower):
    """A follower that notes by the way what passes."""

    def __init__(
        self, stream: JetStreamContext, partition: int, last: int, hearing: Hearing
    ) -> None:
        super().__init__(stream, partition, last)
        self._hearing = hearing

    async def some(self) -> list[Message]:
        found = await super().some()
        for each in found:
            if each.kind == Kind.BATCH:
                self._hearing.note(unpack(each.data))
        return found
