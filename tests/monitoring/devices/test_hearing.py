"""When a device was last heard: the newest time of its points, whatever order they came in."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.kernel.audit.models import AuditRow
from anlan.monitoring.devices.hearing import Hearing
from anlan.monitoring.models import Channel, Device, Point
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.rules import compiling

pytestmark = pytest.mark.django_db


def batch(*readings: tuple[int, int]) -> Batch:
    points, times = zip(*readings, strict=True)
    return Batch.of(points, times, [0.5] * len(points), [0] * len(points))


def heard(device: Device) -> datetime | None:
    device.refresh_from_db()
    return device.heard_at


def test_the_newest_time_of_any_channel_counts(device: Device, point: Point) -> None:
    other = Point.objects.create(site=point.site, name="另一测点", quantity="co")
    for address, each in (("1", point), ("2", other)):
        Channel.objects.create(device=device, address=address, point=each)
    now = int(time.time() * 1000)
    revision, rows = compiling.revision(), AuditRow.objects.count()
    hearing = Hearing()
    hearing.note(batch((point.pk, now - 5000), (other.pk, now - 9000), (999_999, now)))
    hearing.note(batch((other.pk, now - 2000), (other.pk, now - 8000)))
    assert hearing.keep() == 1
    assert heard(device) == datetime.fromtimestamp((now - 2000) / 1000, UTC)
    assert hearing.keep() == 0
    hearing.note(batch((point.pk, now - 60_000)))  # sent late: nothing newer is known
    assert hearing.keep() == 0
    assert heard(device) == datetime.fromtimestamp((now - 2000) / 1000, UTC)
    assert (compiling.revision(), AuditRow.objects.count()) == (revision, rows)


def test_a_clock_ahead_is_now_and_a_retired_device_is_left(device: Device, point: Point) -> None:
    Channel.objects.create(device=device, address="1", point=point)
    ahead = int((time.time() + 300) * 1000)
    hearing = Hearing()
    hearing.note(batch((point.pk, ahead)))
    hearing.keep()
    first = heard(device)
    assert first is not None
    assert first <= timezone.now() + timedelta(seconds=1)
    Device.objects.filter(pk=device.pk).update(retired_at=timezone.now())
    hearing.note(batch((point.pk, ahead + 60_000)))
    assert hearing.keep() == 0
    assert heard(device) == first


def test_nothing_noted_writes_nothing() -> None:
    hearing = Hearing()
    hearing.note(Batch.of([], [], [], []))
    assert hearing.keep() == 0


@settings(max_examples=50)
@given(st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 10**12)), min_size=1)))
def test_order_and_cuts_change_nothing(batches: list[list[tuple[int, int]]]) -> None:
    hearing = Hearing()
    for each in batches:
        hearing.note(batch(*each))
    every = [reading for each in batches for reading in each]
    points = {point for point, _ in every}
    newest = {each: max(time for point, time in every if point == each) for each in points}
    assert hearing._newest == newest
