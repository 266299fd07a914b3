"""The far end of samples: how often the law says a value is exceeded, and how often it is."""

from __future__ import annotations

import numpy as np
import pytest

from anlan.monitoring.tamper.tail import LEAST, Tail, far_end, peaks, score


@pytest.fixture
def chance() -> np.random.Generator:
    """The same numbers in each test, whatever ran before it."""
    return np.random.default_rng(11)


@pytest.mark.parametrize("probability", [1e-2, 1e-3, 1e-4])
def test_an_exponential_sample_is_continued_beyond_its_largest(
    probability: float, chance: np.random.Generator
) -> None:
    tail = Tail.fit(chance.exponential(1.0, 2000))
    assert tail is not None
    told = float(tail.beyond(np.array([-np.log(probability)]))[0])
    assert probability / 5 < told < probability * 5
    assert tail.reach(told) == pytest.approx(-np.log(probability), rel=1e-6)


def test_a_heavy_end_is_not_taken_for_a_light_one(chance: np.random.Generator) -> None:
    sample = (1 / chance.random(4000)) ** 0.5  # beyond x lies 1 / x**2
    tail = Tail.fit(sample)
    assert tail is not None
    assert float(tail.beyond(np.array([100.0]))[0]) > 1e-5


def test_a_few_touched_events_do_not_make_themselves_usual(chance: np.random.Generator) -> None:
    sample = chance.exponential(1.0, 1000)
    tail = Tail.fit(np.concatenate((sample, np.full(10, 1000.0))))
    assert tail is not None
    assert float(tail.beyond(np.array([30.0]))[0]) < 1e-4


def test_too_few_events_tell_nothing() -> None:
    assert Tail.fit(np.arange(LEAST - 1.0)) is None
    assert peaks(np.arange(10.0), 1, 1.0, 0.0) == []


def test_one_outlier_makes_the_next_one_believable(chance: np.random.Generator) -> None:
    counts = np.concatenate((chance.exponential(1.0, 500), [60.0]))
    _, alone, _ = far_end(counts[:-1])
    _, beside, _ = far_end(counts)
    assert beside > 3 * alone


def test_two_peaks_are_found_and_neither_hides_the_other(chance: np.random.Generator) -> None:
    size = np.abs(chance.normal(0, 1, 400))
    size[100], size[300] = 9.0, 7.0
    found = peaks(size, 4, 1000.0, 1.0)
    assert [one.best for one in found] == [100, 300]
    assert min(one.score for one in found) > 1.0  # each is judged beside the other


def test_score_counts_powers_of_ten() -> None:
    assert score(np.array([1.0, 0.001])).tolist() == pytest.approx([0.0, 3.0])
