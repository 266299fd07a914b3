"""The engine on arrays against the plain loop, however the stream is cut and whoever dies."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.engine import (
    Combination,
    Engine,
    Key,
    Measure,
    Plan,
    State,
    Step,
    Transition,
    Watch,
    calendar,
    plan,
)  # fmt: skip
from anlan.monitoring.protocols.batch import Batch
from tests.monitoring.engine.plain import Plain, names

MINUTE = 60_000
EVENING, NEXT_DAY = 600 * MINUTE, 1440 * MINUTE
Row = tuple[int, int, float, int]

# Mondays to Fridays 08:00–18:00 and, over midnight, Saturdays 22:00–02:00
SHIFTS = calendar(*((day, 480, 1080) for day in range(5)), (5, 1320, 120))


def batch(rows: Sequence[Row]) -> Batch:
    return Batch.of(*zip(*rows, strict=True)) if rows else Batch.of([], [], [], [])


def engine(made: Plan, now: int = 0) -> Engine:
    return Engine(made, State.fresh(made, now))


def told(steps: list[Transition]) -> list[tuple[str, int, int]]:
    return [(each.step.value, each.begin, each.time) for each in steps]


ALARM = Watch(Key(1, 1, 0, 7), 1.0, back=1.0)


@pytest.mark.parametrize(
    ("case", "watch", "rows", "expected"),
    [
        # 煤矿安全规程 2025, Art. 536: alarm ≥ 1.0, restore < 1.0
        (
            "the limit itself is reached",
            ALARM, [(7, 0, 0.99, 0), (7, 30, 1.0, 0)], [("raised", 30, 30)],
        ),
        ("the way back begins below", ALARM, [(7, 0, 1.5, 0), (7, 30, 1.0, 0)], [("raised", 0, 0)]),
        (
            "below it ends",
            ALARM, [(7, 0, 1.5, 0), (7, 30, 0.99, 0)], [("raised", 0, 0), ("cleared", 0, 30)],
        ),
        # cut ≥ 1.5, restore < 1.0: between them all stays as it is
        (
            "between the limits nothing changes",
            Watch(Key(1, 1, 0, 7), 1.5, back=1.0),
            [(7, at, value, 0) for at, value in enumerate([1.2, 1.5, 1.2, 1.0, 0.9, 1.4])],
            [("raised", 1, 1), ("cleared", 1, 4)],
        ),
        (
            "below a limit",
            Watch(Key(1, 1, 0, 7), 0.25, above=False, back=0.3),
            [(7, 0, 0.25, 0), (7, 1, 0.3, 0), (7, 2, 0.31, 0)],
            [("raised", 0, 0), ("cleared", 0, 2)],
        ),
        (
            "as long as it must hold, to the millisecond",
            Watch(Key(1, 1, 0, 7), 1.0, hold=1000),
            [(7, 0, 1.0, 0), (7, 999, 1.0, 0), (7, 1000, 1.0, 0)],
            [("raised", 0, 1000)],
        ),
        (
            "a dip begins it anew",
            Watch(Key(1, 1, 0, 7), 1.0, hold=1000),
            [(7, 0, 1.0, 0), (7, 500, 0.5, 0), (7, 600, 1.0, 0), (7, 1500, 1.0, 0)],
            [],
        ),
        ("over range counts", ALARM, [(7, 0, 4.0, 1)], [("raised", 0, 0)]),
        ("calibrating does not", ALARM, [(7, 0, 2.0, 4), (7, 1, math.nan, 2)], []),
        (
            "what was on stays on while it is at fault",
            ALARM, [(7, 0, 2.0, 0), (7, 1, math.nan, 3), (7, 2, 0.1, 4), (7, 3, 0.1, 0)],
            [("raised", 0, 0), ("cleared", 0, 3)],
        ),
        (
            "the sensor's fault itself",
            Watch(Key(1, 1, 0, 7), 0.5, Measure.QUALITY),
            [(7, 0, 1.0, 0), (7, 1, math.nan, 3), (7, 2, 0.0, 4), (7, 3, 1.0, 0)],
            [("raised", 1, 1), ("cleared", 1, 3)],
        ),
        (
            "older than the newest changes nothing",
            ALARM, [(7, 10, 0.5, 0), (7, 5, 2.0, 0), (7, 11, 0.5, 0)], [],
        ),
        (
            "a rate per minute",
            Watch(Key(1, 1, 0, 7), 2.0, Measure.RATE),
            [(7, 0, 1.0, 0), (7, 30_000, 2.0, 0), (7, 60_000, 2.0, 0)],
            [("raised", 30_000, 30_000), ("cleared", 30_000, 60_000)],
        ),
        (
            "a mean of the window",
            Watch(Key(1, 1, 0, 7), 2.0, Measure.MEAN, window=12 * MINUTE),
            [(7, at * MINUTE, value, 0) for at, value in [(0, 1.0), (1, 3.0), (2, 1.0), (13, 2.0)]],
            [("raised", MINUTE, MINUTE), ("cleared", MINUTE, 2 * MINUTE)],
        ),
        (
            "too little spread",
            Watch(Key(1, 1, 0, 7), 0.0, Measure.SPREAD, False, window=12 * MINUTE, hold=MINUTE),
            [(7, 0, 1.0, 0), (7, 30_000, 1.0, 0), (7, 60_000, 1.0, 0), (7, 90_000, 2.0, 0)],
            [("raised", 0, 60_000), ("cleared", 0, 90_000)],
        ),
        # 1970-01-01 08:00 in Shanghai is a Thursday's shift, 18:00 ends it
        (
            "only in working time",
            Watch(Key(1, 1, 0, 7), 1.0, calendar=0),
            [(7, 0, 2.0, 0), (7, EVENING, 2.0, 0), (7, NEXT_DAY, 2.0, 0)],
            [("raised", 0, 0), ("cleared", 0, EVENING), ("raised", NEXT_DAY, NEXT_DAY)],
        ),
    ],
)  # fmt: skip
def test_what_a_watch_does(
    case: str, watch: Watch, rows: list[Row], expected: list[tuple[str, int, int]]
) -> None:
    made = plan([watch], calendars=[SHIFTS])
    whole = [each for each in engine(made).evaluate(batch(rows)) if each.step != Step.RISEN]
    single = engine(made)
    cut = [each for row in rows for each in single.evaluate(batch([row]))]

    assert told(whole) == expected
    assert told([each for each in cut if each.step != Step.RISEN]) == expected


def test_peaks_go_with_the_event() -> None:
    mine = engine(plan([ALARM, Watch(Key(2, 1, 0, 7), 0.5, above=False)]))
    steps = mine.evaluate(batch([(7, 0, 1.2, 0), (7, 1, 1.8, 0), (7, 2, 1.1, 0), (7, 3, 0.4, 0)]))
    steps += mine.evaluate(batch([(7, 4, 0.3, 0)]))
    steps += mine.evaluate(batch([(7, 5, 0.6, 0)]))

    assert [(each.step.value, each.key.rule, each.peak) for each in steps] == [
        ("raised", 1, 1.2), ("cleared", 1, 1.8),
        ("raised", 2, 0.4), ("risen", 2, 0.3), ("cleared", 2, 0.3),
    ]  # fmt: skip


def test_time_goes_on_when_nothing_comes() -> None:
    mine = engine(plan([Watch(Key(1, 1, 0, 7), 1.0, hold=1000)]), now=50_000)
    assert mine.evaluate(batch([(7, 100, 2.0, 0)])) == []
    assert mine.tick(50_999) == []
    assert told(mine.tick(51_000)) == [("raised", 100, 1100)]
    assert mine.tick(60_000) == []
    assert told(mine.evaluate(batch([(7, 200, 0.5, 0)]))) == [("cleared", 100, 200)]


def test_silence_is_of_the_stream_not_of_the_device() -> None:
    mine = engine(plan([Watch(Key(1, 1, 0, 7), 10_000.0, Measure.SILENCE)]), now=0)
    assert mine.tick(9_999) == []
    assert mine.evaluate(batch([(7, 10**12, 0.1, 0)])) == []
    assert mine.tick(19_998) == []
    assert told(mine.tick(19_999)) == [("raised", 9_999, 19_999)]
    assert mine.tick(30_000) == []
    assert told(mine.evaluate(batch([(7, 5, 0.1, 0)]))) == [("cleared", 9_999, 30_000)]


def test_time_that_nobody_told_is_no_silence() -> None:
    """Nobody worked for an hour: not every point of the city has gone silent."""
    mine = engine(plan([Watch(Key(1, 1, 0, 7), 20_000.0, Measure.SILENCE)]), now=0)
    started = 1_790_000_000_000
    assert mine.tick(started) == []
    assert mine.tick(started + 3_600_000) == []
    later = started + 3_600_000
    assert [each for step in range(1, 20) for each in mine.tick(later + step * 1000)] == []
    assert told(mine.tick(later + 20_000)) == [("raised", later, later + 20_000)]


BLUE = [Key(1, 1, 0, point) for point in (1, 2, 3, 4)]
# STANDARDS 8.1: four points blue make the item yellow
YELLOW = Combination(Key(9, 1, 1, 1), tuple((each,) for each in BLUE), 4)
RED = Combination(Key(9, 1, 3, 1), ((YELLOW.key,), (Key(2, 1, 0, 5),)), 2, hold=1000)


def pond() -> Plan:
    watches = [Watch(key, 10.0) for key in BLUE] + [Watch(Key(2, 1, 0, 5), 1.0)]
    return plan(watches, [YELLOW, RED])


def test_four_blue_make_yellow() -> None:
    mine = engine(pond())
    steps = mine.evaluate(batch([(1, 0, 10, 0), (2, 1, 11, 0), (3, 2, 12, 0)]))
    assert [each.key for each in steps] == BLUE[:3]
    steps = mine.evaluate(batch([(4, 3, 10, 0), (1, 4, 9, 0), (1, 5, 10, 0)]))
    yellow = [each for each in steps if each.key == YELLOW.key]
    assert told(yellow) == [("raised", 3, 3), ("cleared", 3, 4), ("raised", 5, 5)]
    mine.tick(100)
    mine.evaluate(batch([(5, 6, 1, 0)]))
    assert mine.tick(1_099) == []
    assert [(each.key, each.step) for each in mine.tick(1_100)] == [(RED.key, Step.RAISED)]
    ended = mine.evaluate(batch([(2, 7, 1, 0)]))
    assert [each.key for each in ended] == [BLUE[1], YELLOW.key, RED.key]


def test_other_rules_keep_what_is_unchanged() -> None:
    first = Watch(Key(1, 1, 0, 7), 1.0)
    second = Watch(Key(2, 1, 0, 7), 1.5)
    mine = engine(plan([first, second]))
    mine.evaluate(batch([(7, 0, 2.0, 0)]))
    dropped = mine.replan(plan([first, Watch(Key(2, 2, 0, 7), 3.0), Watch(Key(3, 1, 0, 8), 1.0)]))

    assert dropped == [second.key]
    assert told(mine.evaluate(batch([(7, 1, 0.5, 0), (8, 1, 1.0, 0)]))) == [
        ("cleared", 0, 1), ("raised", 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Watch(Key(1, 1, 0, 1), 1.0, back=1.1),
        lambda: Watch(Key(1, 1, 0, 1), 1.0, above=False, back=0.9),
        lambda: Watch(Key(1, 1, 0, 1), math.nan),
        lambda: Watch(Key(1, 1, 0, 1), 1.0, Measure.MEAN),
        lambda: Watch(Key(1, 1, 0, 1), 1.0, window=5),
        lambda: Watch(Key(1, 1, 0, 1), 1.0, hold=-1),
        lambda: Combination(Key(1, 1, 0, 1), (), 0),
        lambda: Combination(Key(1, 1, 0, 1), ((),), 1),
        lambda: plan([ALARM, ALARM]),
        lambda: plan([Watch(Key(1, 1, 0, -1), 1.0)]),
        lambda: plan([Watch(Key(1, 1, 0, 1), 1.0, calendar=0)]),
        lambda: plan([ALARM], [Combination(Key(2, 1, 0, 1), ((Key(5, 1, 0, 1),),), 1)]),
    ],
)
def test_rules_that_mean_nothing_are_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError):
        wrong()


def test_a_state_goes_on_under_other_rules() -> None:
    first = Watch(Key(1, 1, 0, 7), 1.0)
    second = Watch(Key(2, 1, 0, 7), 1.5, Measure.MEAN, window=12 * MINUTE)
    made = plan([first, second])
    mine = engine(made, now=5)
    mine.evaluate(batch([(7, 0, 2.0, 0)]))
    kept = mine.state.saved(made, (17, 5_000))

    same, mark, dropped = State.restored(kept, made)
    assert (same.now, mark, dropped) == (5, (17, 5_000), [])
    other = plan([Watch(Key(2, 2, 0, 7), 3.0), first])
    state, mark, dropped = State.restored(kept, other)
    assert (mark, dropped) == ((17, 5_000), [second.key])
    assert told(Engine(other, state).evaluate(batch([(7, 1, 0.5, 0)]))) == [("cleared", 0, 1)]


def test_what_stands_recorded_is_believed() -> None:
    """After a power cut the stream knows less than the ledger."""
    high, quiet = Watch(Key(1, 1, 0, 7), 1.0), Watch(Key(2, 1, 0, 8), 5 * MINUTE, Measure.SILENCE)
    mine, gone = engine(plan([high, quiet]), now=0), Key(3, 1, 0, 9)

    def raised() -> set[tuple[Key, int]]:
        state, keys = mine.state, mine.plan.keys
        return {(keys[at], int(state.since[at])) for at in np.flatnonzero(state.raised)}

    mine.evaluate(batch([(7, 5, 2.0, 0)]))
    for second in range(0, 5 * MINUTE + 1, 5_000):
        mine.tick(second)
    known = raised()
    assert {key for key, _ in known} == {high.key, quiet.key}

    assert mine.reconcile(known) == set()
    assert raised() == known
    # what began before, what nobody watches
    assert mine.reconcile(known | {(high.key, 3), (gone, 1)}) == {(high.key, 3), (gone, 1)}
    assert raised() == known

    assert mine.reconcile(set()) == set()  # all was over: it is judged anew
    assert raised() == set()
    assert mine.tick(mine.state.now + 1_000) == []  # silent from now on

    assert mine.reconcile({(high.key, 5)}) == set()  # it had begun: it goes on, and ends
    assert told(mine.evaluate(batch([(7, 8, 2.5, 0)]))) == [("risen", 5, 8)]
    assert told(mine.evaluate(batch([(7, 9, 0.5, 0)]))) == [("cleared", 5, 9)]


# --- against the plain loop -------------------------------------------------------------------

# eighths: their sums and means are exact, so that both ways meet every limit alike
EIGHTHS = st.integers(-24, 40).map(lambda n: n / 8)
HOLDS = st.sampled_from([0, 1, 1000, 90_000])


@st.composite
def watches(draw: st.DrawFn) -> list[Watch]:
    made = []
    for rule in range(draw(st.integers(1, 5))):
        measure = draw(st.sampled_from(list(Measure)))
        above, limit = draw(st.booleans()), draw(EIGHTHS)
        band = draw(st.sampled_from([0, 0.5]))
        if measure == Measure.SILENCE:
            above, limit, band = True, float(draw(st.sampled_from([1000, 60_000]))), 0
        if measure in (Measure.QUALITY,):
            above, limit, band = True, 0.5, 0
        if measure == Measure.SPREAD:
            limit = abs(limit) + 0.0625  # no spread is a root that two ways might round apart
        made.append(
            Watch(
                Key(rule, 1, 0, draw(st.integers(0, 2))), limit, measure, above,
                limit - band if above else limit + band,
                0 if measure == Measure.SILENCE else draw(HOLDS),
                720_000 if measure in (Measure.MEAN, Measure.SPREAD) else 0,
                0 if measure != Measure.SILENCE and draw(st.integers(0, 4)) == 0 else None,
            )
        )  # fmt: skip
    return made


ROWS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(-3, 12),
        EIGHTHS,
        st.sampled_from([0, 0, 0, 0, 1, 2, 3, 4, 5, 6]),
    ),
    max_size=40,
)
MESSAGES = st.lists(st.one_of(ROWS, st.integers(0, 10_000), st.integers(0, 120_000)), max_size=8)


def _batches(messages: Sequence[list[Row] | int]) -> list[Batch | int]:
    """Times grow by steps of ten seconds, sometimes back; numbers are ticks."""
    at, made = 0, []
    for message in messages:
        if isinstance(message, int):
            made.append(message)
            continue
        rows = []
        for point, step, value, quality in message:
            at += step * 10_000
            rows.append((point, at, value, quality))
        made.append(batch(rows))
    return made


@settings(max_examples=300, deadline=None)
@given(watches(), MESSAGES, st.lists(st.integers(0, 40), max_size=4), st.integers(0, 8))
def test_arrays_do_what_the_loop_does(
    wanted: list[Watch], messages: list[list[Row] | int], cuts: list[int], dies: int
) -> None:
    made = plan(wanted, calendars=[SHIFTS], also=[3])
    plain, whole, cut = Plain(made, 0), engine(made), engine(made)
    now = 0
    for number, message in enumerate(_batches(messages)):
        if number == dies:  # another worker goes on from what was written down
            cut = Engine(made, State.restored(cut.state.saved(made, (number, 0)), made)[0])
        if isinstance(message, int):
            now += message
            expected = names(plain.tick(now))
            assert names(whole.tick(now)) == expected
            assert names(cut.tick(now)) == expected
            continue
        expected = names(plain.read(message))
        assert names(whole.evaluate(message)) == expected
        parts = np.split(np.arange(len(message)), sorted(min(each, len(message)) for each in cuts))
        steps = [step for part in parts for step in cut.evaluate(message.take(part))]
        assert names(steps) == expected
    for place, watch in enumerate(made.watches):
        one = plain.one[watch.key]
        assert bool(whole.state.on[place]) == bool(cut.state.on[place]) == one.on
        if one.on and watch.measure in (Measure.VALUE, Measure.QUALITY):
            assert whole.state.peak[place] == cut.state.peak[place] == one.peak
    for point, newest in plain.shown.items():
        place = made.points.tolist().index(point)
        for state in (whole.state, cut.state):
            seen = (state.newest[place], state.shown[place], state.quality[place])
            assert seen == newest
