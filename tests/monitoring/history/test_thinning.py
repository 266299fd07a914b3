"""What thinning keeps: real readings, all peaks, all that was odd; and once is as good as twice."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.monitoring.history.curve import curve
from anlan.monitoring.history.policy import Policy, Step
from anlan.monitoring.history.thinning import Rows, Spans, kept

OURS = Path(__file__).parents[3] / "data" / "monitoring" / "history.yaml"
STEP = 60_000
Reading = tuple[int, int, float, int]  # point, time, value, quality

readings = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.integers(0, 40 * STEP),
        st.sampled_from([-0.0, 0.0, 0.25, 0.5, 1.0, 7.5, -3.0]),
        st.sampled_from([0, 0, 0, 0, 1, 4]),
    ),
    max_size=200,
).map(lambda found: sorted(found, key=lambda r: r[:2]))
spans = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 40 * STEP), st.integers(0, STEP * 3)))


def rows(found: list[Reading]) -> Rows:
    point, time, value, quality = zip(*found, strict=True) if found else ((), (), (), ())
    return Rows(
        np.array(point, np.int64), np.array(time, np.int64),
        np.array(value, np.float64), np.array(quality, np.int8),
    )  # fmt: skip


def whole(found: list[tuple[int, int, int]]) -> Spans:
    point, begin, length = np.array(found, np.int64).reshape(-1, 3).T
    return Spans(point, begin, begin + length)


def thinned(found: list[Reading], step: int, around: list[tuple[int, int, int]]) -> list[Reading]:
    mask = kept(rows(found), step, whole(around))
    return [each for each, stays in zip(found, mask.tolist(), strict=True) if stays]


def plain(found: list[Reading], step: int, around: list[tuple[int, int, int]]) -> list[Reading]:
    """The same, reading by reading."""

    def held(r: Reading) -> bool:
        return r[3] != 0 or any(p == r[0] and b <= r[1] <= b + n for p, b, n in around)

    stays = {number for number, r in enumerate(found) if held(r)}
    free = [(number, r) for number, r in enumerate(found) if number not in stays]
    for _, run in groupby(free, key=lambda each: (each[1][0], each[1][1] // step)):
        of = list(run)
        stays |= {of[0][0], of[-1][0]}
        stays.add(min(of, key=lambda each: (each[1][2], each[0]))[0])
        stays.add(min(of, key=lambda each: (-each[1][2], each[0]))[0])
    return [found[number] for number in sorted(stays)]


@given(readings, spans)
def test_the_arrays_keep_what_a_plain_loop_keeps(
    found: list[Reading], around: list[tuple[int, int, int]]
) -> None:
    assert thinned(found, STEP, around) == plain(found, STEP, around)


@given(readings, spans, st.sampled_from([1, 2, 5, 10]))
def test_thinning_twice_changes_nothing(
    found: list[Reading], around: list[tuple[int, int, int]], times: int
) -> None:
    once = thinned(found, STEP * times, around)
    assert thinned(once, STEP * times, around) == once
    # and by way of a shorter step it is the same as at once
    assert thinned(thinned(found, STEP, around), STEP * times, around) == once


@given(readings, spans, st.integers(1, 7))
def test_extremes_of_each_bucket_stay(
    found: list[Reading], around: list[tuple[int, int, int]], width: int
) -> None:
    """In buckets of one span or more, of all readings and so also of the good ones alone."""

    def extremes(of: list[Reading]) -> dict[tuple[int, int], tuple[float, float, int, int]]:
        runs = groupby(of, key=lambda r: (r[0], r[1] // (width * STEP)))
        told = {}
        for key, run in runs:
            inside = list(run)
            values = [r[2] for r in inside]
            told[key] = min(values), max(values), inside[0][1], inside[-1][1]
        return told

    assert extremes(thinned(found, STEP, around)) == extremes(found)


@given(readings)
def test_a_curve_shows_the_same_peaks(found: list[Reading]) -> None:
    """Least, greatest and last with their times, wherever the curve begins and ends; and in an
    envelope whose columns are spans, the same outline."""
    for point in {r[0] for r in found}:
        mine = [r for r in found if r[0] == point]
        before, after = rows(mine), rows(thinned(mine, STEP, []))
        drawn = [
            curve(r.time, r.value, 0, 41 * STEP, rest=np.full(len(r.time), STEP))
            for r in (before, after)
        ]
        assert drawn[0] is not None
        assert drawn[1] is not None
        assert (drawn[0].least, drawn[0].most, drawn[0].last) == (
            drawn[1].least, drawn[1].most, drawn[1].last,
        )  # fmt: skip


def test_an_envelope_is_the_same_before_and_after() -> None:
    """Two readings a second, thinned to a column's width."""
    time = np.arange(0, 960 * STEP, 500)
    value = np.round(np.random.default_rng(7).normal(0, 1, len(time)), 2)
    point, quality = np.ones(len(time), np.int64), np.zeros(len(time), np.int8)
    mask = kept(Rows(point, time, value, quality), STEP, Spans.none())
    assert mask.sum() < len(time) / 25
    before, after = (
        curve(t, v, 0, 960 * STEP, rest=np.full(len(t), STEP))
        for t, v in ((time, value), (time[mask], value[mask]))
    )
    assert before is not None
    assert after is not None
    assert before.bands == after.bands


def test_what_thinning_left_out_is_no_silence() -> None:
    """A point that stands still keeps the first and the last of each span: unequal distances."""
    time = np.arange(0, 20 * STEP, 10_000)
    rows_ = Rows(
        np.ones(len(time), np.int64), time, np.ones(len(time)), np.zeros(len(time), np.int8)
    )
    left = time[kept(rows_, STEP, Spans.none())]
    assert len(left) == 40
    whole_ = curve(left, np.ones(40), 0, 20 * STEP, rest=np.full(40, STEP))
    assert whole_ is not None
    assert len(whole_.lines) == 1
    gone = np.r_[left[:10], left[30:]]
    broken = curve(gone, np.ones(20), 0, 20 * STEP, rest=np.full(20, STEP))
    assert broken is not None
    assert len(broken.lines) == 2


def test_the_shipped_policy() -> None:
    policy = Policy.read(OURS)
    assert [policy.seconds(age) for age in (0, 89, 90, 364, 365, 4000)] == [0, 0, 60, 60, 600, 600]
    day = 86_400_000
    assert policy.rests(np.array([0, 300, 399]) * day, 400).tolist() == [600_000, 60_000, 0]


@pytest.mark.parametrize(
    "steps",
    [
        (Step(90, 60), Step(90, 600)),  # no older
        (Step(90, 60), Step(365, 90)),  # spans that hold halves of others
        (Step(90, 7),),  # spans across midnight
        (Step(90, 0),),
    ],
)
def test_a_policy_that_would_not_be_the_same_twice_is_refused(steps: tuple[Step, ...]) -> None:
    with pytest.raises(ValueError, match="step"):
        Policy(steps, 30, 24)


def test_a_file_that_is_no_policy_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history.yaml"
    path.write_text("steps: [{after_days: 90}]")
    with pytest.raises(ValueError, match="no policy"):
        Policy.read(path)
