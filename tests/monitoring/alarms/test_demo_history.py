"""The demonstration's past is told once: by its history, or by the days that were touched."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.utils import timezone

from anlan.monitoring.demo import history as demo_history
from anlan.monitoring.demo import peaks as demo_peaks
from anlan.monitoring.demo import touched as demo_touched
from anlan.monitoring.history.table import History
from anlan.monitoring.models import Alarm, Point
from anlan.registry.models import Site

pytestmark = pytest.mark.django_db


def test_the_history_leaves_the_touched_days_and_today_alone(
    mine: Site, point: Point, tmp_path: Path, settings: SimpleNamespace
) -> None:
    settings.VAR = tmp_path
    other = Point.objects.create(
        site=Site.objects.create(name="西山矿", kind="mine", area=mine.area, sector=mine.sector),
        name="甲烷", quantity="methane",
    )  # fmt: skip
    spans = demo_touched.spans([mine])
    begin, end = spans[mine.pk]
    count = demo_history.write([point, other], spans)
    found = History.at(tmp_path / "history").read([point.pk, other.pk], 0, 2**45)
    times = found.column("time").to_numpy().astype("datetime64[ms]").astype(np.int64)
    ours = found.column("point").to_numpy() == point.pk
    now = timezone.now().timestamp() * 1000
    assert len(times) == count
    assert times[ours].max() < begin  # the days before; from then on somebody else tells
    assert times[~ours].max() > now - 120_000  # of whom nobody else tells, up to now
    assert now - 120_000 < end <= now
    assert end - begin >= demo_touched.DAYS * demo_touched.DAY


def test_what_is_invented_is_no_finer_than_the_sensor(
    point: Point, tmp_path: Path, settings: SimpleNamespace
) -> None:
    settings.VAR = tmp_path
    Point.objects.filter(pk=point.pk).update(resolution=0.01)
    point.refresh_from_db()
    demo_history.write([point])
    found = History.at(tmp_path / "history").read([point.pk], 0, 2**45)
    values = found.column("value").to_numpy()
    assert np.array_equal(values, values.round(2))
    assert len(np.unique(values)) > 10


def test_an_alarm_of_the_demonstration_stands_in_its_curve(
    alarm: Alarm, tmp_path: Path, settings: SimpleNamespace
) -> None:
    settings.VAR = tmp_path
    now = int(timezone.now().timestamp() * 1000)
    begin, end = now - 3_600_000, now - 1_800_000
    Alarm.objects.filter(pk=alarm.pk).update(begin_ms=begin, cleared_ms=end, value=1.62)
    over = demo_peaks.of(Alarm.objects.select_related("version", "point"), now)
    demo_history.write([alarm.point], over=over)
    found = History.at(tmp_path / "history").read([alarm.point_id], begin - 600_000, now)
    times = found.column("time").to_numpy().astype("datetime64[ms]").astype(np.int64)
    values = found.column("value").to_numpy()
    peak = (times >= begin) & (times <= end)
    assert values[peak].max() == 1.62
    assert values[peak].min() > 1.5
    assert len(np.unique(values[peak])) > 3  # no plateau
    assert np.count_nonzero(~peak) > 30
    assert np.median(values[~peak]) < 1
