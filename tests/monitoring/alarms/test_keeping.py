"""The history's nights: what is thinned and what stays whole around alarms; when it happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from anlan.monitoring.engine import Transition
from anlan.monitoring.history.table import CITY_OFFSET, DAY, History
from anlan.monitoring.history.upkeep import Task
from anlan.monitoring.models import Alarm, Point, Span
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.running import keeping

pytestmark = pytest.mark.django_db
OLD = 20_000
BEGIN = OLD * DAY - CITY_OFFSET
NIGHT = datetime.fromtimestamp(((OLD + 200) * DAY - CITY_OFFSET) / 1000 + 2 * 3600, UTC)
NOON = datetime.fromtimestamp(NIGHT.timestamp() + 10 * 3600, UTC)


@pytest.fixture
def history(tmp_path: Path, point: Point) -> History:
    """Two hours of an old day, a reading each second, in two pieces."""
    made = History.at(tmp_path / "history")
    time = BEGIN + np.arange(7200) * 1000
    for piece in (time[:3600], time[3600:]):
        of = np.full(len(piece), point.pk)
        made.append(0, Batch.of(of, piece, piece // 1000 % 60 / 10, of * 0), 1)
    return made


def count(history: History, point: Point, first: int = 0, last: int = 7200) -> int:
    """Readings of these seconds of the day."""
    return history.read([point.pk], BEGIN + first * 1000, BEGIN + last * 1000).num_rows


def test_an_old_day_is_thinned_at_night(history: History, point: Point) -> None:
    assert keeping.keep(history, NIGHT, lambda: False) == 1
    assert count(history, point) == 120 * 2  # of each minute; its least is its first
    assert keeping.keep(history, NIGHT, lambda: False) == 0


def test_what_several_nights_left_undone_is_done_by_day(history: History, point: Point) -> None:
    moment = datetime.fromtimestamp((BEGIN + 2 * DAY + 12 * 3600_000) / 1000, UTC)
    assert keeping.keep(history, moment, lambda: False) == 0
    assert keeping.keep(history, NOON, lambda: False) == 1


def test_who_is_told_to_stop_leaves_the_rest_for_the_next_night(
    history: History, point: Point
) -> None:
    assert keeping.keep(history, NIGHT, lambda: True) == 0
    assert count(history, point) == 7200


def test_around_an_alarm_all_stays(
    history: History, point: Point, record: Callable[..., int], told: Callable[..., Transition]
) -> None:
    record(told("raised"))
    begin, around = BEGIN + 3600_000, 30 * 60_000
    Span.objects.update(begin_ms=begin, raised_ms=begin, cleared_ms=begin + 60_000)
    keeping.keep(history, NIGHT, lambda: False)
    assert count(history, point, 1800, 5461) == 3661
    assert count(history, point, 0, 1800) == 30 * 2
    other = keeping.whole(Task(0, OLD + 2, 60), around)
    assert len(other.point) == 0


def test_an_alarm_that_goes_on_keeps_all_that_follows(alarm: Alarm) -> None:
    begin = BEGIN - 40 * 60_000
    Span.objects.update(begin_ms=begin)
    spans = keeping.whole(Task(0, OLD, 60), 60_000)
    assert (spans.begin[0], spans.end[0]) == (begin - 60_000, BEGIN + DAY)
