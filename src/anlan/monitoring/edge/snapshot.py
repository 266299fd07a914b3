"""The register of a node: the county's devices as the city last told them, kept on disk."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from anlan.monitoring.gateways.contracts import Known
from anlan.monitoring.gateways.secrets import fits

log = logging.getLogger("anlan.monitoring")


@dataclass(frozen=True, slots=True)
class Entry:
    """A device. ``digest`` is that of its secret; ``points`` are by channel."""

    protocol: str
    address: str
    key: int
    site: int
    rate: int
    digest: str
    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """All of a county at a revision. ``key`` is that of the digests."""

    revision: int
    key: str
    devices: tuple[Entry, ...]

    def packed(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def unpacked(cls, said: Mapping[str, Any]) -> Told:
        """The other way; ``ValueError`` where it is none."""
        try:
            devices = tuple(Entry(**each) for each in said["devices"])
            told = cls(int(said["revision"]), str(said["key"]), devices)
            bytes.fromhex(told.key)
        except (KeyError, TypeError) as error:
            raise ValueError("not a register") from error
        return told


class Snapshot:
    """A ``Directory`` for gateways. Begins with what lies in the file, if it can be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[tuple[str, str], Known] = {}
        self._read_of = 0  # when the file was changed that was read last, ns
        self.told: Told | None = None
        self.refresh()

    def refresh(self) -> None:
        """Read the file, where another process has changed it."""
        try:
            changed = self._path.stat().st_mtime_ns
            if changed == self._read_of:
                return
            self._read_of = changed
            self._use(Told.unpacked(json.loads(self._path.read_text(encoding="utf-8"))))
        except FileNotFoundError:
            log.warning("no register yet: devices are unknown until the city has been reached")
        except (ValueError, OSError) as error:
            log.error("%s cannot be read (%s): it is asked for anew", self._path, error)

    def device(self, protocol: str, address: str) -> Known | None:
        """As the city last told."""
        return self._known.get((protocol, address))

    def take(self, told: Told) -> None:
        """Use it from now on; on disk before, whole or not at all."""
        fresh = self._path.with_suffix(".new")
        fresh.touch(mode=0o600)
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(told.packed(), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        self._use(told)

    def _use(self, told: Told) -> None:
        key = bytes.fromhex(told.key)
        self._known = {
            (each.protocol, each.address): Known(
                each.key, each.site, each.points, max(each.rate, 1),
                partial(fits, stored=each.digest, key=key),
            )
            for each in told.devices
        }  # fmt: skip
        self.told = told
