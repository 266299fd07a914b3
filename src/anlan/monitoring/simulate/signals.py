"""What untouched sensors say: a pure function of seed, point and time, on arrays.

No state: the value of any moment can be asked for at once and again, which is what lets a scenario
copy yesterday. The shapes are assumptions that look like real series, measured on none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from anlan.monitoring.protocols.jt808.flags import Status
from anlan.monitoring.simulate.city import Device, Point

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]

DAY, SHIFT = 86_400.0, 28_800.0
BEIJING = 28_800.0  # seconds ahead of UTC
BLASTING = 14_400.0  # one blast in each four hours
CALM = 0.92
"""The share of the way to the limit that no untouched signal exceeds."""


class Side(Enum):
    """On which side of its limits a point is safe."""

    BELOW = "below"
    ABOVE = "above"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares of the band between the end of the range and the limit.

    ``level`` is the mean; ``shift`` is what production adds; ``slow`` and ``fast`` are the swings
    of noise of these periods in seconds, ``white`` that of each reading; ``blast`` a peak.
    ``constant``: the value of a state that does not change by itself. ``pace``: what a counter
    counts each second.
    """

    side: Side = Side.BELOW
    level: float = 0.45
    shift: float = 0.0
    slow: float = 0.1
    slow_period: float = 10_800.0
    fast: float = 0.03
    fast_period: float = 180.0
    white: float = 0.01
    blast: float = 0.0
    constant: float | None = None
    pace: float = 0.0


USUAL = Profile()
_ABOVE = Profile(Side.ABOVE, 0.4, slow=0.1, fast=0.03)
_ROAD = Profile(level=0.5, slow=0.42, slow_period=5_400, fast=0.02, fast_period=600, white=0.0)

PROFILES = {
    "methane": Profile(level=0.3, shift=0.12, slow=0.14, fast=0.06, white=0.02, blast=0.25),
    "co": Profile(level=0.15, shift=0.05, slow=0.08, fast=0.05, white=0.02, blast=0.3),
    "oxygen": Profile(Side.ABOVE, 0.6, slow=0.05, fast=0.02),
    "wind": Profile(Side.BETWEEN, 0.45, slow=0.08, fast=0.08, fast_period=60, white=0.04),
    "temperature": Profile(level=0.6, shift=0.05, slow=0.1, fast=0.01),
    "pressure": _ABOVE,
    "flow": _ABOVE,
    "level": Profile(level=0.5, slow=0.15, slow_period=DAY, fast=0.005, fast_period=1800, white=0),
    "displacement": Profile(level=0.2, slow=0.05, slow_period=DAY, fast=0.01, white=0.01),
    "beach": Profile(Side.ABOVE, 0.4, slow=0.06, slow_period=DAY, fast=0.0, white=0.005),
    # how deep the line lies below the surface
    "seepage": Profile(Side.ABOVE, 0.4, slow=0.08, slow_period=DAY, fast=0.0, white=0.005),
    "rain": Profile(level=-0.25, slow=0.45, slow_period=21_600, fast=0.05, white=0.0),
    "dust_pressure": Profile(level=0.5, shift=0.1, slow=0.08, fast=0.06),
    "speed": Profile(
        level=0.45, slow=0.4, slow_period=1_200, fast=0.08, fast_period=90, white=0.01
    ),
    "fan": Profile(constant=1),
    "power": Profile(constant=1),
    "fire_part": Profile(constant=1),  # bit 0 of a state: normal (GB/T 26875.3)
    "fire": Profile(constant=0),
}

# Where the protocol's channel says more than the quantity.
_VEHICLE = {
    "speed": PROFILES["speed"],
    "alarm": Profile(constant=0),
    "status": Profile(constant=float(Status.ACC | Status.LOCATED | Status.BEIDOU)),
    "lat": _ROAD,
    "lng": _ROAD,
    "direction": Profile(level=0.5, slow=0.4, slow_period=900, fast=0.05, fast_period=60, white=0),
    "mileage": Profile(pace=0.01),  # km, at 36 km/h
}


def profile(protocol: str, point: Point) -> Profile:
    """How this point behaves."""
    if point.held is not None:
        return Profile(constant=point.held)
    if protocol == "jt808":
        return _VEHICLE.get(point.channel, USUAL)
    if protocol == "gb26875":
        if point.channel.endswith(":state"):
            return PROFILES["fire_part"]
        if point.channel.endswith(":operation"):
            return Profile(constant=0)
    return PROFILES.get(point.quantity, USUAL)


def key(*names: str) -> int:
    """A number of 64 bits for a seed and names."""
    return int.from_bytes(blake2b("\0".join(names).encode(), digest_size=8).digest(), "little")


class Signals:
    """The points of one device."""

    def __init__(self, device: Device, seed: int) -> None:
        points = device.points
        self._profiles = [profile(device.protocol, point) for point in points]
        pairs = zip(points, self._profiles, strict=True)
        self._bottom, self._top = np.array([band(point, how.side) for point, how in pairs]).T
        self._above = np.array([how.side is Side.ABOVE for how in self._profiles])
        self._low = np.array([point.low for point in points])
        self._span = np.array([point.high for point in points]) - self._low
        self._slow, self._slow_period = self._column("slow"), self._column("slow_period")
        self._fast, self._fast_period = self._column("fast"), self._column("fast_period")
        self._level, self._shift = self._column("level"), self._column("shift")
        self._white, self._blast = self._column("white"), self._column("blast")
        self._pace, self._constant = self._column("pace"), self._column("constant")
        names = [(str(seed), device.protocol, device.address, point.channel) for point in points]
        self._own = np.array([key(*each) for each in names], np.uint64)
        # Neighbours of a site swing together, by half.
        shared = [key(str(seed), device.site, point.quantity) for point in points]
        self._shared = np.array(shared, np.uint64)
        self._site = np.array([key(str(seed), device.site)], np.uint64)

    def at(self, times: Floats) -> Floats:
        """Values by time (down; seconds since 1970 UTC) and point (across); not quantised."""
        t = times[:, np.newaxis]
        share = self._share(t)
        share = np.where(self._above, 1 - share, share)
        values = self._bottom + share * (self._top - self._bottom)
        counted = self._low + (t * self._pace) % self._span
        values = np.where(self._pace > 0, counted, values)
        return np.where(np.isnan(self._constant), values, self._constant)

    def _share(self, t: Floats) -> Floats:
        """How far on the way to the limit."""
        swing = smooth(self._shared, t, self._slow_period) + smooth(self._own, t, self._slow_period)
        share = self._level + self._shift * _working(t) + self._slow * swing / 2
        share += self._fast * smooth(self._own + np.uint64(1), t, self._fast_period)
        share += self._white * _chance(self._own + np.uint64(2), _whole(t * 1000))
        if self._blast.any():
            share += self._blast * _blasting(self._site, t)
        return np.clip(share, 0, CALM)

    def _column(self, name: str) -> Floats:
        values = [getattr(how, name) for how in self._profiles]
        return np.array([np.nan if value is None else value for value in values], np.float64)


def band(point: Point, side: Side) -> tuple[float, float]:
    """Between which values an untouched point stays: one end of its range, and its limit."""
    low, high, limits = point.low, point.high, [x for x in point.limits if point.low < x]
    if not limits:
        return low, high
    bottom, top = {
        Side.BELOW: (low, limits[0]),
        Side.ABOVE: (limits[-1], high),
        Side.BETWEEN: (limits[0], limits[-1] if len(limits) > 1 else high),
    }[side]
    bottom, top = max(bottom, low), min(top, high)
    return (bottom, top) if bottom < top else (low, high)


class Grid:
    """The values that sensors can show: whole multiples of the resolution within the range."""

    def __init__(self, points: Sequence[Point]) -> None:
        step = np.array([point.resolution for point in points])
        parts = np.round(1 / step)
        # 0.01 is no binary number, 3 / 100 is rounded better than 3 × 0.01.
        self._divide = np.isclose(parts * step, 1, rtol=1e-9, atol=0)
        self._step = np.where(self._divide, parts, step)
        self._least = np.ceil(np.array([p.low for p in points]) / step - 1e-9)
        self._most = np.floor(np.array([p.high for p in points]) / step + 1e-9)
        self._resolution = step

    def on(self, values: Floats) -> Floats:
        """``values``, points across, as the sensors show them."""
        steps = np.clip(np.round(values / self._resolution), self._least, self._most)
        with np.errstate(divide="ignore"):
            shown: Floats = np.where(self._divide, steps / self._step, steps * self._step)
        return shown + 0.0  # no −0


def smooth(keys: Keys, t: Floats, period: Floats) -> Floats:
    """Noise from −1 to 1 that wanders from one chance value to the next in ``period`` seconds."""
    phase = t / period
    begin = np.floor(phase)
    part = phase - begin
    part = part * part * (3 - 2 * part)
    number = _whole(begin)
    here, there = _chance(keys, number), _chance(keys, number + np.uint64(1))
    mixed: Floats = here + part * (there - here)
    return mixed


def _working(t: Floats) -> Floats:
    """1 while production runs, −1 in the maintenance shift from 0 to 8 o'clock in Beijing."""
    hour = ((t + BEIJING) % DAY) / 3600
    from_noon_shift = np.abs(hour - 16)
    inside = 8 - np.minimum(from_noon_shift, 24 - from_noon_shift)
    working: Floats = np.tanh(inside * 2)
    return working


def _blasting(site: Keys, t: Floats) -> Floats:
    """A peak after each blast: up in a minute, gone in half an hour."""
    slot = np.floor(t / BLASTING)
    moment = (0.5 + 0.5 * _chance(site, _whole(slot))) * (BLASTING - 3600)
    after = t - slot * BLASTING - moment
    peak: Floats = np.where(after > 0, np.minimum(after / 60, 1) * np.exp(-after / 600), 0.0)
    return peak


def _whole(numbers: Floats) -> npt.NDArray[np.uint64]:
    whole: npt.NDArray[np.uint64] = np.round(numbers).astype(np.int64).astype(np.uint64)
    return whole


def _chance(keys: Keys, number: npt.NDArray[np.uint64]) -> Floats:
    """A number from −1 to 1 for each key and number (the finaliser of splitmix64)."""
    mixed = keys + number * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    chance: Floats = (mixed >> np.uint64(11)) * (2.0**-52) - 1
    return chance
