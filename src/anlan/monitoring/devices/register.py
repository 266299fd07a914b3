"""The gateways' directory: devices and their channels as they stand in the database."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from functools import partial

from django.db import OperationalError

from anlan.kernel.visits import release
from anlan.monitoring.devices import keys
from anlan.monitoring.gateways.contracts import Known
from anlan.monitoring.models import Channel, Device
from anlan.monitoring.rules import compiling
from anlan.monitoring.stream.seldom import Seldom

log = logging.getLogger("anlan.monitoring")
FRESH_SECONDS = 1.0


class Remembered(ABC):
    """What gateways ask of the database for each message, kept in memory and read anew when the
    revision has changed."""

    def __init__(self) -> None:
        self._revision: int | None = None
        self._looked = -FRESH_SECONDS
        self._lock = threading.Lock()
        self._saying = Seldom()

    @abstractmethod
    def _read(self, revision: int) -> None:
        """Read all of it, as it stands at the revision or later."""

    def refresh(self) -> None:
        """Read anew what has changed, at most once a second. Blocks.

        While the database does not answer, what was known stands: devices are heard all the same.
        Raises ``OperationalError`` where nothing is known yet.
        """
        # while another reads, and may wait for the database, go on with what is known
        if not self._lock.acquire(blocking=self._revision is None):
            return
        try:
            if time.monotonic() - self._looked >= FRESH_SECONDS:
                self._read_what_changed()
                self._looked = time.monotonic()
        finally:
            self._lock.release()

    def _read_what_changed(self) -> None:
        try:
            revision = compiling.revision()
            if revision != self._revision:
                self._read(revision)
                self._revision = revision
        except OperationalError as error:
            if self._revision is None:
                raise
            if self._saying.due():
                log.error("数据库没有应答，设备登记暂按最近一次读到的算：%s", error)

    def refresh_in_thread(self) -> None:
        """The same in a thread that must keep no connection."""
        try:
            self.refresh()
        finally:
            release()


class Register(Remembered):
    """Devices that are not retired, by protocol and address."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, str], Known] = {}

    def device(self, protocol: str, address: str) -> Known | None:
        """As it was at the last ``refresh``."""
        return self._known.get((protocol, address))

    def _read(self, revision: int) -> None:
        self._known = _devices()


def _devices() -> dict[tuple[str, str], Known]:
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
