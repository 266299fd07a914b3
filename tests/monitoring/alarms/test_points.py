"""The page of a point: its curve, its limits, and who sees it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import numpy as np
import pytest
from django.utils import timezone

from anlan.monitoring.history.table import History
from anlan.monitoring.models import Alarm, Point, RuleVersion
from anlan.monitoring.protocols.batch import Batch
from tests.kernel.access.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def readings(point: Point, version: RuleVersion, tmp_path: Path, settings: SimpleNamespace) -> int:
    """Two hours of readings every ten seconds, with one peak an hour ago."""
    settings.VAR = tmp_path
    now = int(timezone.now().timestamp()) * 1000
    time = now - 10_000 * np.arange(720)[::-1]
    value = np.full(720, 0.25)
    value[360] = 1.75
    other = np.full(720, point.pk + 1)
    history = History.at(tmp_path / "history")
    for number, value_of in ((np.full(720, point.pk), value), (other, value * 0 + 99)):
        history.append(0, Batch.of(number, time, value_of, np.zeros(720, int)), 1)
    return now


def test_the_curve_shows_the_peak_and_the_limits(
    point: Point, readings: int, who: SimpleNamespace
) -> None:
    client = browser(who.bureau_staff.user)
    shown = client.get(f"/monitoring/points/{point.pk}/?span=shift").content.decode()
    assert '<polyline class="line"' in shown
    assert "<strong>1.75 %</strong>" in shown
    assert "720 条" in shown
    assert "红色 1.5" in shown
    assert "99" not in shown.split("</svg>")[1]
    for colour in ("red", "orange", "blue"):
        assert f"limit-{colour}" in shown
    recent = client.get(f"/monitoring/points/{point.pk}/?span=minute").content.decode()
    assert "<strong>1.75 %</strong>" not in recent
    before = timezone.localtime().replace(year=2020).isoformat()
    old = client.get(f"/monitoring/points/{point.pk}/?until={quote(before)}").content.decode()
    assert "这段时间没有读数" in old
    assert "回到现在" in old


def test_a_reading_is_told_no_finer_than_its_sensor_is(
    point: Point, version: RuleVersion, who: SimpleNamespace, tmp_path: Path,
    settings: SimpleNamespace,
) -> None:  # fmt: skip
    settings.VAR = tmp_path
    Point.objects.filter(pk=point.pk).update(resolution=0.01)
    now = int(timezone.now().timestamp()) * 1000
    said = Batch.of([point.pk], [now - 60_000], np.array([0.650175]), [0])
    History.at(tmp_path / "history").append(0, said, 1)
    shown = browser(who.leader.user).get(f"/monitoring/points/{point.pk}/").content.decode()
    assert '<span title="上报的原值 0.650175">0.65 %</span>' in shown
    assert shown.count("0.650175") == 3  # as last, most and least, in the title alone


def test_each_limit_is_drawn_or_said_to_lie_outside(
    point: Point, version: RuleVersion, who: SimpleNamespace, tmp_path: Path,
    settings: SimpleNamespace,
) -> None:  # fmt: skip
    settings.VAR = tmp_path
    now = int(timezone.now().timestamp()) * 1000
    time = now - 60_000 * np.arange(1, 60)
    for value, drawn in ((0.65, {"red", "orange", "blue"}), (0.3, {"blue"})):
        said = Batch.of(np.full(59, point.pk), time, np.full(59, value), np.zeros(59, int))
        History.at(tmp_path / f"{value}" / "history").append(0, said, 1)
        settings.VAR = tmp_path / f"{value}"
        page = browser(who.leader.user).get(f"/monitoring/points/{point.pk}/").content.decode()
        assert {each for each in ("red", "orange", "blue") if f"limit-{each}" in page} == drawn
        told = page.partition("高于图的上沿")[0].rpartition("图中虚线")
        assert ("红色 1.5" in told[2]) is ("red" not in drawn)
        assert ("橙色 1 " in told[2]) is ("orange" not in drawn)


@pytest.mark.parametrize(
    "query",
    ["", "?span=century", "?until=yesterday", "?until=2999-01-01", "?until=2026-13-45T99:99",
     "?span=year&until=1971-01-02T00:00", "?until=%00"],
)  # fmt: skip
def test_a_strange_address_shows_something(
    query: str, point: Point, version: RuleVersion, who: SimpleNamespace, tmp_path: Path,
    settings: SimpleNamespace,
) -> None:  # fmt: skip
    settings.VAR = tmp_path
    answer = browser(who.leader.user).get(f"/monitoring/points/{point.pk}/{query}")
    assert answer.status_code == 200
    assert "这段时间没有读数" in answer.content.decode()
    assert not (tmp_path / "history").exists()  # to look makes nothing


def test_an_alarm_leads_to_the_curve_and_back(
    alarm: Alarm, who: SimpleNamespace, tmp_path: Path, settings: SimpleNamespace
) -> None:
    settings.VAR = tmp_path
    client = browser(who.bureau_staff.user)
    page = client.get(f"/monitoring/alarms/{alarm.pk}/").content.decode()
    assert f"/monitoring/points/{alarm.point_id}/" in page
    page = client.get(f"/monitoring/points/{alarm.point_id}/").content.decode()
    assert f"/monitoring/alarms/{alarm.pk}/" in page


def test_who_does_not_see_the_site_does_not_see_the_point(
    point: Point, who: SimpleNamespace
) -> None:
    assert browser(who.west_head.user).get(f"/monitoring/points/{point.pk}/").status_code == 404
    assert browser(who.leader.user).get("/monitoring/points/999999/").status_code == 404
