"""The newest readings, asked of the worker over a real broker."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from anlan.monitoring.engine import Engine, Key, Measure, State, Watch, plan
from anlan.monitoring.engine.state import NEVER
from anlan.monitoring.protocols.batch import Batch, Quality
from anlan.monitoring.stream.asking import NoAnswer, answering, ask, ask_silent
from anlan.monitoring.stream.connection import Connection

MINUTE = 60_000


def _engine() -> Engine:
    """Point 1 is watched for silence, point 2 for its value, point 3 by nobody."""
    made = plan(
        [Watch(Key(1, 1, 0, 1), float(MINUTE), Measure.SILENCE), Watch(Key(2, 1, 0, 2), 5.0)],
        also=[3],
    )
    return Engine(made, State.fresh(made, 0))


def _batch(*rows: tuple[int, int, float, int]) -> Batch:
    point, time, value, quality = zip(*rows, strict=True)
    return Batch.of(point, time, np.array(value), quality)


def test_the_newest_reading_of_each_point_that_is_asked_for(
    on_stream: Callable[..., Any],
) -> None:
    engine = _engine()
    engine.evaluate(_batch((1, 9, 0.5, 0), (3, 7, 8.0, 0), (1, 5, 0.1, 0), (3, 7, 8.5, 1)))
    engine.evaluate(_batch((2, 4, np.nan, Quality.LINE_BROKEN)))
    engine.tick(1_000)

    async def work(connection: Connection) -> None:
        async with answering(connection.client, 0, lambda: engine):
            found = await ask(connection.client, 0, [3, 2, 99, 1])
        assert found.now == 1_000
        assert found.rows[["point", "time", "quality", "silent"]].tolist() == [
            (3, 7, 1, False),  # of two at one moment the last to come
            (2, 4, Quality.LINE_BROKEN, False),
            (1, 9, 0, False),  # what came late is not the newest
        ]
        np.testing.assert_equal(found.rows["value"], [8.5, np.nan, 0.5])

    on_stream(work)


def test_who_is_silent_and_who_never_spoke(on_stream: Callable[..., Any]) -> None:
    engine = _engine()
    engine.evaluate(_batch((1, 9, 0.5, 0), (3, 7, 8.0, 0)))
    for second in range(0, 61):
        engine.tick(second * 1000)

    async def work(connection: Connection) -> None:
        async with answering(connection.client, 0, lambda: engine):
            found = await ask_silent(connection.client, 0)
        rows = [tuple(each) for each in found.rows[["point", "time", "silent"]].tolist()]
        assert rows == [(1, 9, True), (2, NEVER, False)]

    on_stream(work)


def test_where_nobody_works_nothing_is_known(on_stream: Callable[..., Any]) -> None:
    async def work(connection: Connection) -> None:
        with pytest.raises(NoAnswer):
            await ask(connection.client, 0, [1])
        async with answering(connection.client, 0, lambda: None):
            with pytest.raises(NoAnswer):
                await ask(connection.client, 0, [1])
        with pytest.raises(NoAnswer):  # a worker that was overtaken says nothing any more
            await asyncio.wait_for(ask(connection.client, 0, [1]), 5)

    on_stream(work)


def test_a_state_of_an_older_program_goes_on() -> None:
    engine = _engine()
    engine.evaluate(_batch((2, 9, 6.0, 0)))
    with np.load(io.BytesIO(engine.state.saved(engine.plan, (4, 7)))) as kept:
        older = {name: kept[name] for name in kept.files if name not in ("shown", "quality")}
    older["last"] = np.array(4)
    into = io.BytesIO()
    np.savez(into, **older)

    state, mark, dropped = State.restored(into.getvalue(), engine.plan)

    assert (mark, dropped) == ((4, 0), [])
    assert state.raised.tolist() == engine.state.raised.tolist()
    assert np.isnan(state.shown).all()
    assert (state.quality == Quality.GOOD).all()
