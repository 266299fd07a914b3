"""All kinds of signals over all points of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from anlan.monitoring.tamper import calm, clipped, clock, copied, frozen, gaps, neighbours, states
from anlan.monitoring.tamper.relations import related, windows
from anlan.monitoring.tamper.series import Series, Track
from anlan.monitoring.tamper.signals import (
    CALM,
    CLIPPED,
    CLOCK,
    COPIED,
    FROZEN,
    GAP,
    NEIGHBOURS,
    STATE,
    Signal,
    Unjudged,
)

THRESHOLDS: dict[str, float] = {
    FROZEN: 2.0,
    CALM: 3.0,
    CLIPPED: 2.0,
    COPIED: 2.0,
    GAP: 0.5,
    CLOCK: 1.0,
    NEIGHBOURS: 2.0,
    STATE: 0.5,
}
"""One false signal in a point-year is the budget of all kinds together. A score of 1 spends a tenth
of it, 0.5 a third: what few data can prove only so far gets more, the others less. Frozen and calm
are raised above what the untouched first halves (1.8 and 1.5) and short made histories (3.4 in two
point-years) showed; how each was set: docs/tamper.md, "Calibration"."""

RELATED_BY = (600_000, 3_600_000)
"""Windows over which it is judged which points move together, ms."""


@dataclass(frozen=True)
class Settings:
    """What people know of the points: limits, roles, and at which of their values the power that
    stands under ``roles`` has to be cut."""

    limits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    cuts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    signals: list[Signal]
    unjudged: list[Unjudged]


def check(
    series: Sequence[Series],
    settings: Settings | None = None,
    thresholds: Mapping[str, float] = THRESHOLDS,
) -> Findings:
    """Signals in order of time; points are told apart by name, a name may come once."""
    settings = settings or Settings()
    signals: list[Signal] = []
    unjudged: list[Unjudged] = []

    def take(found: tuple[list[Signal], list[Unjudged]]) -> None:
        signals.extend(found[0])
        unjudged.extend(found[1])

    named = {one.point: one for one in sorted(series, key=lambda one: one.point)}
    tracks = [Track.of(one) for one in named.values()]
    measured = [t for t in tracks if t.point not in settings.roles and len(t)]
    empty = [t for t in tracks if not len(t)]
    unjudged += [Unjudged(FROZEN, t.point, "没有一个可用的读数") for t in empty]
    friends = friends_of(measured)
    for track in measured:
        limits = settings.limits.get(track.point, ())
        take(clock.find(named[track.point], track))
        take(frozen.find(track, thresholds[FROZEN]))
        take(calm.find(track, thresholds[CALM]))
        take(clipped.find(track, limits, thresholds[CLIPPED]))
        take(gaps.find(track, friends[track.point], thresholds[GAP]))
        for state in tracks:
            if role := settings.roles.get(state.point):
                cut = settings.cuts.get(track.point)
                take(states.find(track, state, role, cut, thresholds[STATE]))
    take(copied.find(measured, thresholds[COPIED]))
    take(neighbours.find(measured, friends, thresholds[NEIGHBOURS]))
    return Findings(_settled(signals), unjudged)


def friends_of(tracks: list[Track]) -> dict[str, list[Track]]:
    """For each point the points that move with it."""
    friends: dict[str, list[Track]] = {track.point: [] for track in tracks}
    spaced = [track for track in tracks if track.spaced]
    for length in RELATED_BY:
        fit = [track for track in spaced if track.period * 2 <= length]
        if len(fit) < 2:
            continue
        pairs = related(windows(fit, length).means)
        for one, track in enumerate(fit):
            known = {friend.point for friend in friends[track.point]}
            new = [fit[two] for two in range(len(fit)) if pairs[one, two]]
            friends[track.point] += [friend for friend in new if friend.point not in known]
    return friends


STRONGER = (CLOCK, COPIED, STATE)
"""Kinds that explain others: within them a pile, calm or odd level is no second finding."""


def _settled(signals: list[Signal]) -> list[Signal]:
    kept = [one for one in signals if one.kind in STRONGER]
    # A cap holds the series at one value in places, a frozen stretch is a pile: the longer counts.
    held = [one for one in signals if one.kind in {FROZEN, CLIPPED}]
    for one in sorted(held, key=lambda s: ((s.start - s.end) * _weight(s), s.kind)):
        kept += [one] if not _explained(one, kept) else []
    calmer = [one for one in signals if one.kind not in {*STRONGER, FROZEN, CLIPPED}]
    kept += [one for one in calmer if not _explained(one, kept)]
    return sorted(kept, key=lambda s: (s.start, s.point, s.kind))


def _weight(signal: Signal) -> int:
    """A cap must be twice as long as the constant part of it to be more than that."""
    return 2 if signal.kind == FROZEN else 1


def _explained(one: Signal, by: list[Signal]) -> bool:
    return any(
        other.point == one.point and other.start <= one.end and other.end >= one.start
        for other in by
    )
