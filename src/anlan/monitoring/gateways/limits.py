"""What a device may ask of a server, and what the server has counted."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass

from anlan.monitoring.gateways.contracts import Known


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes and counts. The defaults are assumptions for a city on one small machine.

    ``per_address`` is wide because the terminals of a mobile network share few addresses.
    """

    connections: int = 10_000
    per_address: int = 512
    chunk: int = 4 * 1024
    """Bytes that are taken from a connection before the others have their turn."""
    waiting: int = 64 * 1024
    """Bytes that wait for a connection, in either direction, before it is slowed."""
    bytes_per_second: float = 256 * 1024
    """Of one connection; a batch of a vehicle that was out of reach fits well."""
    letters_per_second: float = 10
    """Dead letters of one host: noise is kept too, but cannot bury the list."""
    idle: float = 600
    """Without a message of a known device a connection is closed, whatever else it sends."""
    hello: float = 60
    """Until the first of them."""
    write_within: float = 20
    """For a device that does not read its answers."""
    store_within: float = 30
    """After it the sink has not stored."""
    tick: float = 1
    grace: float = 10
    """For what is being stored when the server stops."""
    datagrams: int = 64
    """Of one peer that wait; more are left out and, not being answered, come again."""


@dataclass(slots=True)
class Counters:
    """Since the start of the server, but for ``open``; for a page of metrics."""

    open: int = 0
    accepted: int = 0
    turned_away: int = 0
    """Connections beyond the limits."""
    bytes: int = 0
    frames: int = 0
    """Messages of known devices that were to be stored."""
    readings: int = 0
    """Stored, and acknowledged where the protocol can."""
    refused: int = 0
    """Messages that were not acknowledged: the sink failed, or they were over a limit."""
    dead: int = 0
    unburied: int = 0
    """Dead letters that could not be stored. Noise among them is lost; no message is."""
    slowed: int = 0
    """How often somebody was made to wait for being over a rate."""
    cut: int = 0
    """Connections that the server ended: idle, unknown, or not reading answers."""
    broken: int = 0
    """Connections and files that met a fault of this program; the log says which."""


def bucket(device: Known) -> tuple[Hashable, int]:
    """The key of a device's bucket, and its rate."""
    return ("device", device.key), max(1, device.most_per_second)


class Rates:
    """Token buckets by key. Debt is allowed, once: what comes next must wait until it is paid.

    So a batch larger than a second's allowance passes whole, and its sender then waits.
    """

    BURST = 2.0  # seconds of the rate that may be saved up
    MOST = 100_000

    def __init__(self) -> None:
        self._buckets: dict[Hashable, tuple[float, float]] = {}  # tokens at a time

    def wait(self, key: Hashable, rate: float, now: float) -> float:
        """Seconds until ``key`` is out of debt; 0 if it may go on now."""
        return max(0.0, -self._tokens(key, rate, now) / rate)

    def spend(self, key: Hashable, amount: float, rate: float, now: float) -> None:
        tokens = self._tokens(key, rate, now)
        if key not in self._buckets and len(self._buckets) >= self.MOST:
            del self._buckets[next(iter(self._buckets))]
        self._buckets[key] = (tokens - amount, now)

    def owed(self, device: Known) -> float:
        """Seconds until the device is out of debt, whatever way it comes."""
        return self.wait(*bucket(device), time.monotonic())

    def charge(self, device: Known, readings: float) -> None:
        """Count what the device has said."""
        key, rate = bucket(device)
        self.spend(key, readings, rate, time.monotonic())

    def _tokens(self, key: Hashable, rate: float, now: float) -> float:
        full = rate * self.BURST
        tokens, since = self._buckets.get(key, (full, now))
        return min(full, tokens + (now - since) * rate)
