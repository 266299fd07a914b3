"""A series as a sequence of what happened: so long the same value, then so much up or down.

Two stretches are copies when these sequences agree, also where one was lifted by a constant. A
token carries as much information as it is rare after the one before it: quiet stretches repeat of
themselves and say nothing, a lively one of a few dozen readings does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.monitoring.tamper.series import Floats, Ints, Runs, Track

Hashes = NDArray[np.uint64]

BACKOFF = 5.0
"""Occurrences of a token that a pair must have to be believed as much as the token alone."""

RATIO_BITS = 12.0
"""In the sequence of ratios, steps are told apart to a twelfth of the natural logarithm."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Hash and information (bits) of each token, and the readings it spans."""

    hashes: Hashes
    bits: Floats
    first: Ints
    last: Ints


def steps(track: Track) -> Tokens:
    """Each run of equal values: by how much it was reached, how long it was."""
    runs = Runs.of(track)
    if len(runs) < 3:
        return _nothing()
    reached = np.diff(track.grains[runs.start])
    inner = runs.length[1:].astype(np.int64)
    first, last = runs.start[1:], runs.start[1:] + inner - 1
    whole = ~track.broken[first - 1]
    return _tokens(_mixed(reached, inner), whole, first, last)


def rhythm(track: Track) -> Tokens:
    """Each run of equal values: up or down to it, how long it was; any scale gives the same.

    Only for coarse values: fine ones hardly ever repeat, up and down alone says little.
    """
    if not track.very_coarse:
        return _nothing()
    runs = Runs.of(track)
    if len(runs) < 3:
        return _nothing()
    turn = np.sign(np.diff(track.grains[runs.start]))
    first, last = runs.start[1:], runs.start[1:] + runs.length[1:] - 1
    return _tokens(_mixed(turn, runs.length[1:]), ~track.broken[first - 1], first, last)


def ratios(track: Track) -> Tokens:
    """Each step by the one before it: the same for a series and any multiple of it.

    Only for values fine enough that a multiple keeps its shape.
    """
    if track.coarse or len(track) < 4:
        return _nothing()
    step = np.diff(track.values)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.log(np.abs(step[1:] / step[:-1]))
    known = np.isfinite(size)
    level = np.where(known, np.round(np.where(known, size, 0) * RATIO_BITS), 9999).astype(np.int64)
    turn = (np.sign(step[1:]) * np.sign(step[:-1])).astype(np.int64)
    at = np.arange(2, len(track), dtype=np.int64)
    whole = ~track.broken[at - 1] & ~track.broken[at - 2] & known
    return _tokens(_mixed(level, turn), whole, at, at)


def _nothing() -> Tokens:
    none = np.zeros(0, np.int64)
    return Tokens(none.astype(np.uint64), none.astype(np.float64), none, none)


def _tokens(hashes: Hashes, whole: NDArray[np.bool_], first: Ints, last: Ints) -> Tokens:
    # A token across a gap is like no other: nothing matches through a gap.
    alone = _mixed(first, np.full(len(first), -7, np.int64))
    hashes = np.where(whole, hashes, alone)
    return Tokens(hashes, np.where(whole, _bits(hashes), 0.0), first, last)


def _bits(hashes: Hashes) -> Floats:
    """Minus log2 of the probability of each token after the one before it.

    One occurrence is taken off each count: a copy must not make itself common.
    """
    _, kind, count = np.unique(hashes, return_inverse=True, return_counts=True)
    total = len(hashes)
    alone = np.maximum(count[kind] - 1.0, 0.5) / total
    pairs = kind[:-1].astype(np.int64) * (int(kind.max()) + 1) + kind[1:]
    _, pair, together = np.unique(pairs, return_inverse=True, return_counts=True)
    before = count[kind[:-1]].astype(np.float64)
    after = np.maximum(together[pair] - 1.0, 0.0) + BACKOFF * alone[1:]
    bits = -np.log2(np.concatenate((alone[:1], after / (before + BACKOFF))))
    return np.asarray(np.maximum(bits, 0.0), dtype=np.float64)


def _mixed(one: Ints, two: Ints) -> Hashes:
    """A well-spread 64-bit number of two whole numbers (the finaliser of SplitMix64)."""
    with np.errstate(over="ignore"):
        x = one.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) + two.astype(np.uint64)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(x ^ (x >> np.uint64(31)), dtype=np.uint64)


def grams(hashes: Hashes, size: int) -> Hashes:
    """A hash of each ``size`` tokens in a row."""
    whole = np.zeros(max(len(hashes) - size + 1, 0), np.uint64)
    with np.errstate(over="ignore"):
        for at in range(size):
            whole = whole * np.uint64(0xD1342543DE82EF95) + hashes[at : at + len(whole)]
    return whole
