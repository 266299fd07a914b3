"""Copied: a stretch that agrees, change for change, with another time or another point.

The sequences of tokens of all points are cut into short words, words that occur twice are joined
along their diagonal to whole matches, and a match is weighed by its information. By chance a match
of I bits comes up about once in 2**I comparisons; the comparisons of a point-year are known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.monitoring.tamper import tokens
from anlan.monitoring.tamper.series import YEAR, Floats, Ints, Track
from anlan.monitoring.tamper.signals import COPIED, Signal, Unjudged
from anlan.monitoring.tamper.tokens import Tokens
from anlan.monitoring.tamper.words import moment, number, rarely, span

WORDS = (3, 4, 6, 8, 12)
"""Tokens in a word: each point's words are long enough to be rare among all words of the file."""

RARE = 6.0
"""Bits by which a word exceeds what occurs once by chance among so many."""

APART = 4
"""Words that may lie between two words of one match: a rounded digit breaks the words around it."""

BACK = 4
"""A word is compared with so many earlier occurrences of itself: bounds the work."""

BELIEVED = 0.85
"""The share of a match's bits that counts. The model of the bits looks one token back, real series
remember more; calibrated on the untouched halves (docs/tamper.md)."""

OUTLINES = 0.7
"""The same for rhythm and proportion, which remember more: up tends to follow up."""

IN_STEP = 0.3
"""The same for two points at one time, which a common cause may move in step: an assumption."""

REPEATING = 0.5
"""A point more than this share of which repeats itself does so by nature, or was replayed for most
of its time; the detector cannot tell which."""


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens ``first`` to ``last`` (all points laid end to end) agree with those ``by`` earlier."""

    first: int
    last: int
    by: int
    bits: float


@dataclass(frozen=True)
class Corpus:
    """The tokens of all points laid end to end."""

    tracks: list[Track]
    parts: list[Tokens]
    offsets: Ints

    @classmethod
    def of(cls, tracks: list[Track], how: Callable[[Track], Tokens]) -> Corpus:
        parts = [how(track) for track in tracks]
        sizes = [len(part.hashes) for part in parts]
        return cls(tracks, parts, np.concatenate(([0], np.cumsum(sizes))).astype(np.int64))

    def owner(self, at: int) -> int:
        return int(np.searchsorted(self.offsets, at, side="right")) - 1

    def times(self, first: int, last: int) -> tuple[int, int]:
        """From the first reading of the first token to the last reading of the last."""
        which = self.owner(first)
        part, low = self.parts[which], int(self.offsets[which])
        track = self.tracks[which]
        return (
            int(track.times[part.first[first - low]]),
            int(track.times[part.last[last - low]]),
        )


def find(tracks: list[Track], threshold: float) -> tuple[list[Signal], list[Unjudged]]:
    """Copies expected at most ``10 ** -threshold`` times in a point-year, in all points at once."""
    signals: list[Signal] = []
    unjudged: list[Unjudged] = []
    ways = ((tokens.steps, ""), (tokens.rhythm, "的时刻和方向"), (tokens.ratios, "按比例缩放后"))
    for how, what in ways:
        corpus = Corpus.of(tracks, how)
        matches = [match for size in _sizes(corpus) for match in _matches(corpus, size)]
        repeating = _repeating(corpus, matches)
        for which in (repeating > REPEATING).nonzero()[0].tolist():
            share = number(100 * float(repeating[which]))
            why = f"{share}%的读数都重复以前的样子：本来就这样周期变化，还是长期被重放，分不出"
            unjudged.append(Unjudged(COPIED, tracks[which].point, why))
        for match in matches:
            which = corpus.owner(match.first)
            points = _score(corpus, match, OUTLINES if what else BELIEVED)
            # What two points share at one time in rhythm and proportion alone is their cause.
            shared = bool(what) and _alike_by_nature(corpus, match)
            if points >= threshold and repeating[which] <= REPEATING and not shared:
                signals.append(_signal(corpus, match, points, what))
    return _once(signals), unjudged


def _sizes(corpus: Corpus) -> list[int]:
    """The lengths of words that the points of this file need."""
    needed = np.log2(max(float(corpus.offsets[-1]), 2.0)) + RARE
    sizes = set()
    for part in corpus.parts:
        if len(part.bits) >= WORDS[0]:
            wanted = needed / max(float(np.mean(part.bits)), 0.5)
            sizes.add(WORDS[min(int(np.searchsorted(WORDS, wanted)), len(WORDS) - 1)])
    return sorted(sizes)


def _matches(corpus: Corpus, size: int) -> list[Match]:
    words = [tokens.grams(part.hashes, size) for part in corpus.parts]
    begins = corpus.offsets[:-1]
    where = [np.arange(len(w), dtype=np.int64) + at for w, at in zip(words, begins, strict=True)]
    word, at = np.concatenate(words), np.concatenate(where)
    order = np.lexsort((at, word))
    word, at = word[order], at[order]
    late, by = [], []
    for back in range(1, BACK + 1):
        same = np.flatnonzero(word[back:] == word[:-back])
        late.append(at[same + back])
        by.append(at[same + back] - at[same])
    return _joined(corpus, np.concatenate(late), np.concatenate(by), size)


def _joined(corpus: Corpus, late: Ints, by: Ints, size: int) -> list[Match]:
    """Words on one diagonal, one after another, as one match."""
    if not len(late):
        return []
    order = np.lexsort((late, by))
    late, by = late[order], by[order]
    owner = np.searchsorted(corpus.offsets, late, side="right")
    source = np.searchsorted(corpus.offsets, late - by, side="right")
    new = (np.diff(by) != 0) | (np.diff(late) > APART * size)
    new |= (np.diff(owner) != 0) | (np.diff(source) != 0)
    begin = np.concatenate(([0], np.flatnonzero(new) + 1))
    finish = np.concatenate((begin[1:] - 1, [len(late) - 1]))
    first, last, gap = late[begin], late[finish] + size - 1, by[begin]
    bits = np.concatenate([part.bits for part in corpus.parts])
    total = np.concatenate(([0.0], np.cumsum(bits)))
    most = np.minimum(total[last + 1] - total[first], total[last + 1 - gap] - total[first - gap])
    # What cannot weigh more than one comparison with each token is chance, and is most of it all.
    own = owner[begin] == source[begin]
    worth = (most * BELIEVED > np.log2(float(len(bits)))) & (~own | (gap > last - first))
    hashes = np.concatenate([part.hashes for part in corpus.parts])
    return [
        _weighed(int(first[at]), int(last[at]), int(gap[at]), bits, hashes)
        for at in np.flatnonzero(worth)
    ]


def _weighed(first: int, last: int, gap: int, bits: Floats, hashes: tokens.Hashes) -> Match:
    one, two = slice(first, last + 1), slice(first - gap, last + 1 - gap)
    agree = hashes[one] == hashes[two]
    # The rarer it is to both, the less by chance; the less surprised of the two counts.
    least = min(float(np.sum(bits[one][agree])), float(np.sum(bits[two][agree])))
    return Match(first, last, gap, least)


def _repeating(corpus: Corpus, matches: list[Match]) -> Floats:
    """The share of each point's tokens that lies in a match with its own past."""
    covered: NDArray[np.bool_] = np.zeros(int(corpus.offsets[-1]), dtype=bool)
    for match in matches:
        own = corpus.owner(match.first) == corpus.owner(match.first - match.by)
        if own and match.bits * BELIEVED > 20:
            covered[match.first : match.last + 1] = True
    sums = np.concatenate(([0], np.cumsum(covered)))[corpus.offsets]
    sizes = np.maximum(np.diff(corpus.offsets), 1)
    return np.asarray(np.diff(sums) / sizes, dtype=np.float64)


def _alike_by_nature(corpus: Corpus, match: Match) -> bool:
    """Two points at one time: a common cause moves both, in part in step."""
    here, there = corpus.owner(match.first), corpus.owner(match.first - match.by)
    start, end = corpus.times(match.first, match.last)
    since, _ = corpus.times(match.first - match.by, match.last - match.by)
    return here != there and abs(start - since) <= max(end - start, corpus.tracks[here].period)


def _score(corpus: Corpus, match: Match, believed: float) -> float:
    which = corpus.owner(match.first)
    track, part = corpus.tracks[which], corpus.parts[which]
    yearly = len(part.hashes) / max(track.years, 60_000 / YEAR)
    comparisons = np.log2(yearly) + np.log2(float(corpus.offsets[-1]))
    believed = IN_STEP if _alike_by_nature(corpus, match) else believed
    return float((match.bits * believed - comparisons) * np.log10(2))


def _signal(corpus: Corpus, match: Match, points: float, what: str) -> Signal:
    start, end = corpus.times(match.first, match.last)
    since, until = corpus.times(match.first - match.by, match.last - match.by)
    here = corpus.tracks[corpus.owner(match.first)]
    there = corpus.tracks[corpus.owner(match.first - match.by)]
    if since > start:  # what came first is the original
        start, end, since, until, here, there = since, until, start, end, there, here
    if there is here:
        source, verb = f"与本测点{moment(since)}至{moment(until)}的读数", "像是重放旧数据"
    else:
        source = f"与测点{there.point}{moment(since)}至{moment(until)}的读数"
        verb = "像是把一个测点的读数抄给了另一个"
    changes = match.last - match.first + 1
    why = (
        f"{span(end - start)}内{changes}次变化{what}{source}逐次相同；"
        f"这段变化的信息量为{match.bits:.0f}比特，碰巧相同{rarely(10**-points)}，{verb}"
    )
    beside = () if there is here else (there.point,)
    return Signal(COPIED, here.point, start, end, points, why, beside)


def _once(signals: list[Signal]) -> list[Signal]:
    """Of matches of one point that overlap the strongest."""
    kept: list[Signal] = []
    for signal in sorted(signals, key=lambda s: (-s.score, s.point, s.start)):
        if not any(
            signal.point == other.point and signal.start <= other.end and signal.end >= other.start
            for other in kept
        ):
            kept.append(signal)
    return kept
