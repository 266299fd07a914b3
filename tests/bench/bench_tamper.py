"""How well touched series are seen; prints Markdown: ``python -m tests.bench.bench_tamper``.

Real series (``tests/bench/readings.py``) are touched in their second half, which played no part in
setting thresholds, and handed to the detector whole. A stretch counts as seen when a signal of its
point covers a quarter of it and is at most five times as long. ``--calibrate`` prints what the
detector says of the untouched first halves alone, however weak; ``--sealed`` of the valve runs;
``--made`` of made noise, years of it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np

from anlan.monitoring.tamper.detector import THRESHOLDS, Settings, check, friends_of
from anlan.monitoring.tamper.series import YEAR, Series, Track
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
)
from anlan.monitoring.tamper.states import POWER
from tests.bench import readings, touching
from tests.bench.readings import Group
from tests.bench.tallies import Tallies, Tally, show
from tests.bench.touching import Stretch, Touch
from tests.monitoring.tamper import made

SEED = 20261126
DURATIONS = {"10 min": 600_000, "1 h": 3_600_000, "4 h": 14_400_000, "1 day": 86_400_000}
READINGS = 1_051_920
"""A year of made readings, one every 30 s."""

LEAST_READINGS = 3
MOST_SHARE = 0.25
ALTERED = 0.05
"""A stretch in which fewer readings changed was not touched in any way that the data could show."""

WAYS: list[tuple[str, str, Touch]] = [
    (FROZEN, "held", touching.frozen),
    (CALM, "damped to 0.1", touching.damped(0.1)),
    (CALM, "damped to 0.4", touching.damped(0.4)),
    (CALM, "running mean of 15", touching.smoothed(15)),
    (CLIPPED, "at the 0.5 quantile", touching.capped(0.5)),
    (CLIPPED, "at the 0.8 quantile", touching.capped(0.8)),
    (COPIED, "a day before", touching.replayed()),
    (COPIED, "and lifted", touching.replayed(lift=2)),
    (COPIED, "and times 1.1", touching.replayed(times=1.1)),
    (CLOCK, "set back", touching.set_back),
]
PROVED: list[tuple[str, str, Touch]] = [
    (GAP, "at a rise", touching.removed),
    (NEIGHBOURS, "times 0.5", touching.scaled(0.5)),
    (NEIGHBOURS, "times 0.8", touching.scaled(0.8)),
    (NEIGHBOURS, "invented", touching.invented),
]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--trials", type=int, default=6)
    options.add_argument("--calibrate", action="store_true")
    options.add_argument("--sealed", action="store_true")
    options.add_argument("--made", action="store_true")
    options.add_argument("--kinds", nargs="*", default=None)
    options.add_argument("--groups", nargs="*", default=None)
    chosen = options.parse_args()
    if chosen.sealed or chosen.made:
        for group in [readings.sealed()] if chosen.sealed else [made_years(), *made_days()]:
            untouched([group], half=None)
        return
    groups = [g for g in readings.groups() if not chosen.groups or g.name in chosen.groups]
    untouched(groups, half=0 if chosen.calibrate else 1)
    if not chosen.calibrate:
        tallies: Tallies = defaultdict(Tally)
        for group in groups:
            measure(group, chosen.trials, chosen.kinds, tallies)
        show(tallies)


def untouched(groups: list[Group], half: int | None) -> None:
    """Each signal in the untouched series, and how many that makes in a point-year."""
    count, years = Counter[str](), 0.0
    print("| untouched | kind | point | score | from the beginning | length |")
    print("|---|---|---|---|---|---|")
    for group in groups:
        since, until = group.half(half) if half is not None else (0, 2**62)
        series = _first_half(group) if half == 0 else group.series
        for one in series:
            inside = (one.times >= since) & (one.times <= until)
            years += float(np.sum(inside)) * Track.of(one).period / YEAR
        low = dict.fromkeys(THRESHOLDS, -0.5) if half == 0 else THRESHOLDS
        for signal in check(series, thresholds=low).signals:
            if since <= signal.start <= until:
                count[signal.kind] += 1
                begin = (signal.start - int(group.series[0].times[0])) / 3_600_000
                long = (signal.end - signal.start) / 60_000
                print(
                    f"| {group.name} | {signal.kind} | {signal.point} | {signal.score:.1f} "
                    f"| {begin:.1f} h | {long:.0f} min |"
                )
    total = sum(count.values())
    print(f"\n{years:.3f} point-years, {total} signals: {dict(count)}; ", end="")
    print(f"{total / years:.1f} in a point-year\n", flush=True)


def made_years() -> Group:
    """Four point-years of noise that remembers, two of them of a common cause: pure chance."""
    one, two = made.together(READINGS, seed=72)
    points = [made.coarse(READINGS, 70, "coarse"), made.fine(READINGS, 71, "fine")]
    return Group("made", [*points, replace(one, point="one"), replace(two, point="two")])


def made_days() -> list[Group]:
    """Two times 150 points of 8,000 readings: short histories, which tell laws badly."""
    return [
        Group(name, [make(8000, seed + at, f"{name} {at}") for at in range(150)])
        for name, make, seed in (("coarse", made.coarse, 100), ("fine", made.fine, 400))
    ]


def _first_half(group: Group) -> list[Series]:
    _, until = group.half(0)
    return [
        replace(one, times=one.times[one.times <= until], values=one.values[one.times <= until])
        for one in group.series
    ]


def measure(group: Group, trials: int, kinds: list[str] | None, tallies: Tallies) -> None:
    """Touch, check and count."""
    tracks = {one.point: Track.of(one) for one in group.series}
    friends = friends_of(list(tracks.values()))
    usual = check(group.series).signals
    for name, duration in DURATIONS.items():
        alone = len(tracks) < 2
        across = (COPIED, "from another point", touching.borrowed(list(tracks.values())))
        for kind, way, touch in (*WAYS, *(() if alone else (across,))):
            if kinds and kind not in kinds:
                continue
            for trial in range(trials):
                chance = _chance(duration, trial, way)
                _trial(group, tracks, list(tracks), (kind, way, name), duration, touch, chance,
                       tallies, usual)  # fmt: skip
        for kind, way, touch in PROVED:
            if kinds and kind not in kinds:
                continue
            for point in (one for one in tracks if friends[one]):
                for trial in range(trials):
                    chance = _chance(duration, trial, way + point)
                    rising = friends[point] if kind == GAP else ()
                    _trial(group, tracks, [point], (kind, way, name), duration, touch, chance,
                           tallies, usual, rising=rising)  # fmt: skip
        if group.state is not None and (not kinds or STATE in kinds) and name == "1 h":
            _states(group, tracks, tallies)
        print(f"{group.name} {name} done", file=sys.stderr, flush=True)


def _chance(duration: int, trial: int, what: str) -> np.random.Generator:
    return np.random.default_rng([SEED, duration, trial, *map(ord, what)])


def _trial(
    group: Group, tracks: dict[str, Track], points: list[str], key: tuple[str, str, str],
    duration: int, touch: Touch, chance: np.random.Generator, tallies: Tallies,
    usual: list[Signal], rising: list[Track] | tuple[()] = (),
) -> None:  # fmt: skip
    stretches: list[Stretch] = []
    series = []
    for one in group.series:
        track = tracks[one.point]
        place = _place(group, track, duration, chance, rising) if one.point in points else None
        if place is None:
            series.append(one)
            continue
        touched, stretch = touching.apply(touch, track, *place, chance)
        series.append(touched)
        stretches.append(stretch)
    if stretches:
        _count(group, key, check(series).signals, stretches, tallies[key], usual)


def _place(
    group: Group, track: Track, duration: int, chance: np.random.Generator,
    rising: list[Track] | tuple[()],
) -> tuple[int, int] | None:  # fmt: skip
    """Where to touch in the half for reporting; None where the rate or length do not permit it."""
    since, until = group.half(1)
    low, high = (int(np.searchsorted(track.times, at)) for at in (since, until))
    count = round(duration / track.period) + 1
    if count < LEAST_READINGS or count > MOST_SHARE * (high - low):
        return None
    margin = 2
    first = int(chance.integers(low + margin, high - count - margin))
    if rising:
        other = rising[int(chance.integers(0, len(rising)))]
        value = np.interp(track.times, other.times, other.values)
        begins = np.arange(low + margin, high - count - margin, max(count // 4, 1))
        top = np.array([value[at : at + count].max() - value[at - 1] for at in begins])
        best = begins[np.argsort(-top, kind="stable")[: max(len(begins) // 200, 3)]]
        first = int(chance.choice(best))
    return first, first + count - 1


def _count(
    group: Group, key: tuple[str, str, str], signals: list[Signal], stretches: list[Stretch],
    tally: Tally, usual: list[Signal],
) -> None:  # fmt: skip
    since, until = group.half(1)
    for stretch in stretches:
        tally.tried += 1
        if stretch.changed < ALTERED:
            continue
        tally.altered += 1
        hits = [one for one in signals if _covers(one, stretch)]
        tally.seen += bool(hits)
        tally.named += any(one.kind == key[0] for one in hits)
        tally.there[group.name] += 1
        tally.found[group.name] += bool(hits)
        tally.missed[f"{group.name} {stretch.point}"] += not hits
    known = {(one.kind, one.point, one.start) for one in usual}
    for one in signals:
        near = any(_touches(one, stretch) for stretch in stretches)
        fresh = (one.kind, one.point, one.start) not in known
        tally.false += since <= one.start <= until and not near and fresh


def _covers(signal: Signal, stretch: Stretch) -> bool:
    if stretch.point != signal.point and stretch.point not in signal.beside:
        return False
    length = max(stretch.end - stretch.start, 1)
    common = min(signal.end, stretch.end) - max(signal.start, stretch.start)
    if signal.kind == CLOCK:  # what is seen is the time written twice, just before the stretch
        return abs(signal.start - stretch.start) <= 2 * length
    return common >= 0.25 * length and signal.end - signal.start <= 5 * length


def _touches(signal: Signal, stretch: Stretch) -> bool:
    length = stretch.end - stretch.start
    mine = stretch.point == signal.point or stretch.point in signal.beside
    return mine and signal.start <= stretch.end + length and signal.end >= stretch.start - length


def _states(group: Group, tracks: dict[str, Track], tallies: Tallies) -> None:
    """The state of the machines stands for the power; gas is flat at its least while it is off."""
    state = group.state
    assert state is not None
    since, _ = group.half(1)
    off = np.concatenate(([False], state.values == 0, [False])).astype(np.int8)
    edge = np.diff(off)
    pairs = zip(np.flatnonzero(edge > 0), np.flatnonzero(edge < 0) - 1, strict=True)
    for first, last in pairs:
        if state.times[first] < since or not last - first >= 20 or last >= len(state.times) - 1:
            continue
        for point in ("MM31", "MM116"):
            track = tracks[point]
            values = track.values.copy()
            values[first : last + 1] = values.min()
            stretch = Stretch(point, int(first), int(last), int(track.times[first]),
                              int(track.times[last]), 1.0)  # fmt: skip
            series = [one if one.point != point else replace(one, values=values)
                      for one in group.series]  # fmt: skip
            found = check([*series, state], Settings(roles={state.point: POWER})).signals
            usual = check([*group.series, state], Settings(roles={state.point: POWER})).signals
            key = (STATE, "flat while off", "10 min to 1 day")
            _count(group, key, found, [stretch], tallies[key], usual)


if __name__ == "__main__":
    main()
