"""Known good frames, spoilt by chance, through everything that reads what devices send.

``python -m tests.monitoring.fuzz --minutes 60`` runs until the time is over or the first
exception or hang, which it prints with the input as hexadecimal; the exit code is then 1.
``--seed`` repeats a run. A short run stands in the tests.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .fuzzed import Target, targets

HANG = 2.0  # seconds of computing, so that a busy machine is no hang

_SPECIAL = [
    b"@@", b"##", b"##0000", b"##9999", b"\r\n", b"\x7e", b"\x7d", b"\x7d\x01", b"~", b"||", b";",
    b"&&", b"CP=&&", b"ANB1", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xf0\0\0\0\0\0\0", b'{"',
    "煤".encode(), "煤".encode("gbk"), b"\x81\x30", b"9" * 20, b"-", b"=", b",",
]  # fmt: skip


class Hang(BaseException):
    """Not an Exception: nothing on the way may swallow it."""


@dataclass
class Failure(Exception):
    """The first input that was not borne."""

    protocol: str
    chunks: list[bytes]
    why: str

    def __str__(self) -> str:
        data = " | ".join(chunk.hex() for chunk in self.chunks)
        return f"{self.protocol} failed\n{self.why}\ninput (| between feeds):\n{data}"


def _flip(data: bytearray, chance: random.Random, target: Target) -> None:
    for _ in range(chance.choice((1, 1, 2, 8))):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, chance: random.Random, target: Target) -> None:
    begin = chance.randint(0, len(data))
    del data[begin : begin + chance.choice((1, 2, 8, len(data)))]


def _splice(data: bytearray, chance: random.Random, target: Target) -> None:
    other = chance.choice(target.seeds)
    data[chance.randint(0, len(data)) :] = other[chance.randint(0, len(other)) :]


def _repeat(data: bytearray, chance: random.Random, target: Target) -> None:
    begin = chance.randint(0, len(data))
    piece = data[begin : begin + chance.randint(1, 40)] * chance.choice((1, 2, 50))
    data[begin:begin] = piece


def _insert(data: bytearray, chance: random.Random, target: Target) -> None:
    at = chance.randint(0, len(data))
    data[at:at] = chance.choice(_SPECIAL) if chance.random() < 0.7 else chance.randbytes(4)


def _overwrite(data: bytearray, chance: random.Random, target: Target) -> None:
    """Lengths and counts become extreme so."""
    at = chance.randint(0, len(data))
    piece = chance.choice((*_SPECIAL, b"\0", b"\xff", b"\0\0", b"\xff\xff", b"9", b"0"))
    data[at : at + len(piece)] = piece


_MUTATIONS: list[Callable[[bytearray, random.Random, Target], None]] = [
    _flip, _cut, _splice, _repeat, _insert, _overwrite
]  # fmt: skip


def mutated(target: Target, chance: random.Random) -> list[bytes]:
    """Some frames, most of them spoilt, cut into feeds anywhere."""
    stream = bytearray()
    for _ in range(chance.randint(1, 4)):
        frame = bytearray(chance.choice(target.seeds))
        for _ in range(chance.choice((0, 1, 1, 2, 4))):
            chance.choice(_MUTATIONS)(frame, chance, target)
        repaired = chance.random() < 0.6
        stream += target.repair(bytes(frame), chance) if repaired else frame
    ends = sorted(chance.randint(0, len(stream)) for _ in range(chance.choice((0, 1, 3))))
    return [
        bytes(stream[begin:end])
        for begin, end in zip([0, *ends], [*ends, len(stream)], strict=True)
    ]


@contextmanager
def hangs_after(seconds: float) -> Iterator[None]:
    """Raises ``Hang`` inside once so much computing was done."""

    def stop(*_: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def try_out(name: str, target: Target, chunks: list[bytes]) -> None:
    """Raises ``Failure`` where the input was not borne."""
    try:
        with hangs_after(HANG):
            target.run(chunks)
    except Hang:
        raise Failure(name, chunks, f"no end after {HANG:g} s of computing") from None
    except Exception as error:
        raise Failure(name, chunks, traceback.format_exc()) from error


def fuzz(found: dict[str, Target], *, seed: int, goes_on: Callable[[int], bool]) -> Counter[str]:
    """Rounds of one input for each protocol while ``goes_on(rounds)``; how many each had."""
    counts: Counter[str] = Counter()
    chance = random.Random(seed)
    rounds = 0
    while goes_on(rounds):
        for name, target in found.items():
            try_out(name, target, mutated(target, chance))
            counts[name] += 1
        rounds += 1
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=None, help="a number; by chance if not given")
    parser.add_argument("--protocol", action="append", default=[], help="only this; repeatable")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", flush=True)
    until = time.monotonic() + options.minutes * 60
    try:
        counts = fuzz(
            targets(options.protocol), seed=seed, goes_on=lambda _: time.monotonic() < until
        )
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    for name, count in counts.items():
        print(f"{name:<10}{count:>12,}")
    print(f"{'all':<10}{counts.total():>12,} inputs, no exception, no hang")
    return 0


if __name__ == "__main__":
    sys.exit(main())
