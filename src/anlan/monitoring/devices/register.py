"""The gateways' directory: devices and their channels as they stand in the database.

Kept in memory, because a gateway asks for each message; read anew when the revision has changed.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from functools import partial

from anlan.kernel.visits import release
from anlan.monitoring.devices import keys
from anlan.monitoring.gateways.contracts import Known
from anlan.monitoring.models import Channel, Device
from anlan.monitoring.rules import compiling

FRESH_SECONDS = 1.0


class Register:
    """Devices that are not retired, by protocol and address."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Known] = {}
        self._revision: int | None = None
        self._looked = -FRESH_SECONDS
        self._lock = threading.Lock()

    def device(self, protocol: str, address: str) -> Known | None:
        """As it was at the last ``refresh``."""
        return self._known.get((protocol, address))

    def refresh(self) -> None:
        """Read anew what has changed, at most once a second. Blocks."""
        with self._lock:
            if time.monotonic() - self._looked < FRESH_SECONDS:
                return
            revision = compiling.revision()
            if revision != self._revision:
                self._known, self._revision = _read(), revision
            self._looked = time.monotonic()

    def refresh_in_thread(self) -> None:
        """The same in a thread that must keep no connection."""
        try:
            self.refresh()
        finally:
            release()


def _read() -> dict[tuple[str, str], Known]:
    points = defaultdict[int, dict[str, int]](dict)
    standing = Channel.objects.filter(point__retired_at=None, device__retired_at=None)
    for device, address, point in standing.values_list("device_id", "address", "point_id"):
        points[device][address] = point
    return {
        (each.protocol, each.address): Known(
            each.pk, each.site_id, points[each.pk], max(each.rate, 1),
            partial(keys.fits, stored=each.secret_digest),
        )
        for each in Device.objects.filter(retired_at=None)
    }  # fmt: skip


register = Register()
