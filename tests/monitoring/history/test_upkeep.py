"""Past days put in order: nothing lost to death, to late readings, to readers, to a full disk."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time as clock
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from anlan.monitoring.history import upkeep
from anlan.monitoring.history.policy import Policy, Step
from anlan.monitoring.history.table import CITY_OFFSET, DAY, History
from anlan.monitoring.history.thinning import Spans
from anlan.monitoring.history.upkeep import Done, Task, Upkeep
from anlan.monitoring.protocols.batch import Batch

TODAY = 20_900  # a day's number
POLICY = Policy((Step(90, 60), Step(365, 600)), 30, 24)
OLD, PAST, YEARS = TODAY - 100, TODAY - 3, TODAY - 400
POINTS, EVERY = 7, 10_000
ALL = 2**52

Row = tuple[int, int, float | None, int]


def readings(day: int, first: int, count: int, points: int = POINTS) -> Batch:
    """``count`` readings of each point of a day, from the ``first`` on; a broken line now and
    then."""
    begin = day * DAY - CITY_OFFSET
    step = np.repeat(np.arange(first, first + count), points)
    point = np.tile(np.arange(points), count)
    value = ((step * 7919 + point * 31) % 101) / 10
    quality = np.where((point == 3) & (step % 50 < 2), 3, 0)
    return Batch.of(point, begin + step * EVERY, np.where(quality == 3, np.nan, value), quality)


@pytest.fixture
def history(tmp_path: Path) -> History:
    made = History.at(tmp_path / "history")
    last = 0
    for day in (YEARS, OLD, PAST, TODAY):
        for part in (0, 1):
            for piece in range(4):
                last += 1
                made.append(part, readings(day, piece * 200, 200), last)
    return made


def told(history: History, day: int | None = None) -> list[Row]:
    begin, end = (
        (0, ALL) if day is None else (day * DAY - CITY_OFFSET, (day + 1) * DAY - CITY_OFFSET)
    )
    found = history.read(range(1000), begin, end).to_pylist()
    rows = [
        (r["point"], int(r["time"].timestamp() * 1000), r["value"], r["quality"]) for r in found
    ]
    return sorted(rows, key=lambda r: (r[0], r[1], -1 if r[2] is None else r[2]))


def whole(_: Task) -> Spans:
    return Spans.none()


def files(history: History, day: int) -> list[str]:
    table = pa.table(history.table().get_add_actions(flatten=True))
    pairs = zip(table["path"].to_pylist(), table["partition.day"], strict=True)
    return [path for path, each in pairs if each.cast(pa.int32()).as_py() == day]


def night(history: History, today: int = TODAY) -> dict[tuple[int, int], Done | None]:
    keeper = Upkeep(history, POLICY)
    return {(task.part, task.day): keeper.order(task, whole) for task in keeper.due(today)}


def test_a_night(history: History) -> None:
    before = {day: told(history, day) for day in (YEARS, OLD, PAST, TODAY)}
    done = night(history)

    assert set(done) == {(part, day) for part in (0, 1) for day in (YEARS, OLD, PAST)}
    assert done[0, PAST] == Done(800 * POINTS, 800 * POINTS)
    assert [told(history, day) for day in (PAST, TODAY)] == [before[PAST], before[TODAY]]
    for day, most in ((OLD, 800 / 6 * 4), (YEARS, 800 / 60 * 4)):
        left = told(history, day)
        assert set(left) < set(before[day])
        broken = sum(r[3] == 3 for r in before[day])
        assert len(left) <= 2 * POINTS * (most + 4) + broken
        assert [r for r in left if r[3]] == [r for r in before[day] if r[3]]
        values = [(r[0], r[2]) for r in left if r[2] is not None]
        assert max(values) == max((r[0], r[2]) for r in before[day] if r[2] is not None)
    assert (history.last(0), history.last(1)) == (28, 32)
    assert night(history) == {}


@pytest.mark.parametrize("most", [1000, 2000, 10**6])
def test_a_past_day_is_one_file_point_by_point(
    history: History, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(upkeep, "MOST_ROWS", most)
    before = told(history)
    keeper = Upkeep(history, Policy((), 0, 24))
    for task in keeper.due(TODAY):
        keeper.order(task, whole)

    assert told(history) == before
    for day in (YEARS, OLD, PAST):
        paths = files(history, day)
        assert len(paths) == 2
        for path in paths:
            found = pq.read_table(Path(history.where) / path, columns=["point", "time"])
            points, times = (found[each].to_numpy() for each in ("point", "time"))
            same = points[1:] == points[:-1]
            assert (~same).sum() == POINTS - 1  # a point's readings lie together
            assert (times[1:] >= times[:-1])[same].all()  # in the order of time
    assert len(files(history, TODAY)) == 8


def test_a_day_that_grew_older_is_thinned_further(history: History) -> None:
    night(history)
    before = told(history, OLD)
    done = night(history, TODAY + 300)
    assert set(done) == {(part, day) for part in (0, 1) for day in (OLD, PAST, TODAY)}
    assert set(told(history, OLD)) < set(before)


def test_late_readings_are_put_in_order_the_next_night(history: History) -> None:
    night(history)
    late = readings(OLD, 3000, 6)
    history.append(0, late, 99)
    assert set(night(history)) == {(0, OLD)}
    assert len(files(history, OLD)) == 2
    rows = told(history, OLD)
    last = OLD * DAY - CITY_OFFSET + 3005 * EVERY
    assert sum(r[1] == last for r in rows) == POINTS
    assert history.last(0) == 99


def test_late_readings_while_a_day_is_rewritten_are_not_lost(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come after the day was read and before it is written: the day is read again."""
    part = upkeep._Rewriting._part
    late = iter([readings(PAST, 4000 + number, 1) for number in range(2)])

    def disturbed(self: upkeep._Rewriting, first: int, last: int) -> pa.Table:
        found = part(self, first, last)
        if batch := next(late, None):
            history.append(0, batch, 50)
        return found

    monkeypatch.setattr(upkeep._Rewriting, "_part", disturbed)
    before = len(told(history, PAST))
    done = Upkeep(history, POLICY).order(Task(0, PAST, 0), whole)
    assert done == Done(802 * POINTS, 802 * POINTS)
    assert len(told(history, PAST)) == before + 2 * POINTS
    assert next(late, None) is None


def test_a_day_that_never_rests_waits_for_the_next_night(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    part, number = upkeep._Rewriting._part, iter(range(1000))

    def disturbed(self: upkeep._Rewriting, first: int, last: int) -> pa.Table:
        history.append(0, readings(PAST, 4000 + next(number), 1), 50)
        return part(self, first, last)

    monkeypatch.setattr(upkeep._Rewriting, "_part", disturbed)
    before = len(told(history, PAST))
    assert Upkeep(history, POLICY).order(Task(0, PAST, 0), whole) is None
    assert len(told(history, PAST)) == before + upkeep.TRIES * POINTS


def test_what_is_around_an_alarm_stays_whole(history: History) -> None:
    before = told(history, OLD)
    begin = OLD * DAY - CITY_OFFSET + 100 * EVERY
    spans = Spans(*(np.array([each]) for each in (2, begin, begin + 20 * EVERY)))
    Upkeep(history, POLICY).order(Task(0, OLD, 60), lambda _: spans)
    inside = [r for r in before if r[0] == 2 and begin <= r[1] <= begin + 20 * EVERY]
    assert len(inside) == 2 * 21  # of both parts
    assert [r for r in told(history, OLD) if r in inside] == inside


def _dying(where: str, after: int) -> None:
    """Killed with -9 in the middle of rewriting, or between the files and the commit."""
    part, number = upkeep._Rewriting._part, iter(range(1000))
    upkeep.MOST_ROWS = 1000

    def killed(self: upkeep._Rewriting, first: int, last: int) -> pa.Table:
        if next(number) == after:
            os.kill(os.getpid(), signal.SIGKILL)
        return part(self, first, last)

    upkeep._Rewriting._part = killed  # type: ignore[method-assign]
    Upkeep(History(where), POLICY).order(Task(0, OLD, 60), whole)


@pytest.mark.parametrize("after", [0, 3, 6])
def test_a_death_leaves_the_old_or_the_new(history: History, after: int) -> None:
    before = told(history, OLD)
    child = multiprocessing.get_context("spawn").Process(target=_dying, args=(history.where, after))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert told(history, OLD) == before
    done = Upkeep(history, POLICY).order(Task(0, OLD, 60), whole)
    assert done is not None
    assert done.after < done.before


def test_a_full_disk_leaves_the_day_as_it_was(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(history)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(upkeep, "write_deltalake", full)
    with pytest.raises(OSError, match="No space"):
        Upkeep(history, POLICY).order(Task(0, OLD, 60), whole)
    assert told(history) == before


def test_a_reader_keeps_its_table_while_it_is_cleared(history: History) -> None:
    """Files go only when no reader can be running any more; files of the dead go with them."""
    reader = DeltaTable(history.where)
    before = reader.to_pyarrow_dataset().count_rows()
    night(history)
    keeper = Upkeep(history, POLICY)
    orphan = Path(history.where) / f"part=0/day={Task(0, OLD, 0).date}" / "left-by-the-dead.parquet"
    orphan.write_bytes(b"half a file")
    assert keeper.clear() == 0
    assert reader.to_pyarrow_dataset().to_table().num_rows == before

    past = clock.time() - 25 * 3600
    for path in _parquets(history):
        os.utime(path, (past, past))
    assert keeper.clear() == 1  # what the log still names was put aside just now
    assert not orphan.exists()
    assert reader.to_pyarrow_dataset().to_table().num_rows == before
    left = told(history)
    assert len(left) < before
    assert history.last(1) == 32


def _parquets(history: History) -> Iterator[Path]:
    return Path(history.where).rglob("*.parquet")
