"""A short run of the fuzzer, the same each time; and that it would notice."""

from __future__ import annotations

import random

import pytest

from .fuzz import Failure, fuzz, mutated, try_out
from .fuzzed import Target, targets

ROUNDS = 40


def test_a_short_run() -> None:
    counts = fuzz(targets(), seed=20261126, goes_on=lambda rounds: rounds < ROUNDS)
    assert set(counts.values()) == {ROUNDS}
    assert set(counts) == {"gb26875", "jt808", "hj212", "coal", "batch"}


def _target(run) -> Target:
    return Target([b"good frame"], run, lambda data, chance: data)


def test_an_exception_is_found_and_shown_with_its_input() -> None:
    def fail(chunks: list[bytes]) -> None:
        raise KeyError("lost")

    with pytest.raises(Failure) as caught:
        try_out("x", _target(fail), [b"\x01", b"\xff"])
    assert "KeyError" in str(caught.value)
    assert "01 | ff" in str(caught.value)


def test_a_hang_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.monitoring.fuzz.HANG", 0.05)

    def hang(chunks: list[bytes]) -> None:
        while True:
            pass

    with pytest.raises(Failure, match="no end after"):
        try_out("x", _target(hang), [b""])


def test_inputs_vary_and_repeat_with_the_seed() -> None:
    target = _target(lambda chunks: None)

    def inputs(seed: int) -> list[list[bytes]]:
        chance = random.Random(seed)
        return [mutated(target, chance) for _ in range(50)]

    assert inputs(1) == inputs(1) != inputs(2)
    assert len({b"".join(chunks) for chunks in inputs(1)}) > 30
