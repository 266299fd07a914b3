"""A version tried on past days: what it would have raised, bounded, kept for the second person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from anlan.kernel.errors import Refused, WrongState
from anlan.monitoring.history.table import History
from anlan.monitoring.models import Alarm, Point, Rule, RuleVersion, Trial
from anlan.monitoring.protocols.batch import Batch, Quality
from anlan.monitoring.rules import trying
from anlan.monitoring.services import trials
from anlan.monitoring.services.rules import version_propose
from anlan.registry.models import Site
from tests.factories import day
from tests.kernel.access.conftest import browser
from tests.monitoring.alarms.conftest import content
from tests.monitoring.alarms.test_pages import text

pytestmark = pytest.mark.django_db
MINUTE = 60_000


@pytest.fixture(autouse=True)
def history(tmp_path: Path, settings: Any) -> History:
    settings.VAR = tmp_path
    return History.at(tmp_path / "history")


def noon(back: int) -> int:
    """12 o'clock so many days ago, ms."""
    midnight = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    return int((midnight - timedelta(days=back)).timestamp() * 1000)


def readings(history: History, point: Point, begin: int, values: list[float]) -> None:
    """One a minute."""
    count = len(values)
    history.append(7, Batch(
        np.full(count, point.pk, np.uint32), begin + MINUTE * np.arange(count, dtype=np.int64),
        np.array(values), np.where(np.isnan(values), Quality.LINE_BROKEN, 0).astype(np.uint8),
    ), 1)  # fmt: skip


def draft(rule: Rule, who: SimpleNamespace, **more: Any) -> RuleVersion:
    return version_propose(
        actor=who.clerk, rule=rule.pk, content=content(**more), reason="试", effective_from=day(0)
    )


def tried(version: RuleVersion, who: SimpleNamespace, first: int = -3, last: int = -1) -> Trial:
    asked = trials.trial_ask(actor=who.clerk, version=version.pk, first=day(first), last=day(last))
    trials.trial_run(trial=asked.pk)
    asked.refresh_from_db()
    return asked


def test_a_draft_beside_what_is_in_force(
    rule: Rule, version: RuleVersion, point: Point, who: SimpleNamespace, history: History
) -> None:
    values = [0.2, 0.6, 0.9, 1.2, 1.1, 0.3, 0.2, 0.6, 0.1]
    readings(history, point, noon(2), values)
    readings(history, point, noon(20), [2.0, 0.0])  # of no day that was asked for
    stricter = [{"level": "red", "limit": 1.0}, {"level": "yellow", "limit": 0.8}]
    found = tried(draft(rule, who, levels=stricter), who)
    assert (found.state, found.readings, found.done, found.parts) == ("done", 9, 3, 3)
    assert found.result["counts"] == {"red": 1, "orange": 0, "yellow": 0, "blue": 0}
    assert found.result["against"] == {"red": 0, "orange": 1, "yellow": 0, "blue": 1}
    assert found.result["points"] == [[point.pk, {"red": 1}, {"orange": 1, "blue": 1}]]
    begin = noon(2)
    assert found.result["worst"] == [
        [[point.pk, 3, begin + 2 * MINUTE, begin + 5 * MINUTE, 1.2]],
        [
            [point.pk, 2, begin + MINUTE, begin + 5 * MINUTE, 1.2],
            [point.pk, 0, begin + 7 * MINUTE, begin + 8 * MINUTE, 0.6],
        ],
    ]
    assert not Alarm.objects.exists()


def test_the_second_person_sees_it_with_the_curve(
    rule: Rule, version: RuleVersion, point: Point, who: SimpleNamespace, history: History
) -> None:
    readings(history, point, noon(1), [0.2, 1.3, 1.4, 0.1])
    made = draft(rule, who, hold=60)
    clerk, chief = browser(who.clerk.user), browser(who.chief.user)
    address = f"/monitoring/versions/{made.pk}/"
    wrong = clerk.post(f"{address}try/", {"first": day(-40), "last": day(0)})
    assert wrong.status_code == 422
    assert "请选 1 到 31 天" in wrong.content.decode()
    clerk.post(f"{address}try/", {"first": day(-2), "last": day(0)})
    assert "等待计算" in text(clerk, address)
    job = ProcrastinateJob.objects.get(task_name="monitoring.try")
    trials.trial_run(trial=job.args["trial"])
    shown = text(chief, address)
    assert "东山矿 1201 上隅角" in shown
    trial = Trial.objects.get()
    curve = text(chief, f"/monitoring/trials/{trial.pk}/0/0/")
    assert 'class="marked"' in curve
    assert "1.4" in curve
    text(chief, f"/monitoring/trials/{trial.pk}/0/9/", 404)
    west = browser(who.west_head.user)
    assert "东山矿" not in text(west, address)
    text(west, f"/monitoring/trials/{trial.pk}/0/0/", 404)


def test_silence_goes_by_the_clock(
    rule: Rule, point: Point, who: SimpleNamespace, history: History
) -> None:
    every = [0.1] * 120
    readings(history, point, noon(1), every)
    readings(history, point, noon(1) + 200 * MINUTE, every)
    levels = [{"level": "yellow", "limit": 30}]
    found = tried(draft(rule, who, measure="silence", levels=levels), who, -1, -1)
    worst = sorted(found.result["worst"][0], key=lambda each: each[2])
    # before the first reading, between the two runs, after the last until the day's end
    assert len(worst) == 3
    begin, end = worst[1][2:4]
    assert abs(begin - (noon(1) + 119 * MINUTE)) <= trying.TICK
    assert abs(end - (noon(1) + 200 * MINUTE)) <= trying.TICK
    assert worst[2][3] is None


def test_a_combination_hears_the_limits_in_force(
    rule: Rule, version: RuleVersion, point: Point, mine: Site, who: SimpleNamespace,
    history: History,
) -> None:  # fmt: skip
    other = Point.objects.create(
        site=mine, name="二号", quantity="methane", place="face_corner", unit="%"
    )
    readings(history, point, noon(1), [0.1, 1.2, 1.2, 1.2, 0.1])
    readings(history, other, noon(1), [0.1, 0.1, 1.2, 1.2, 1.2])
    both = Rule.objects.create(code="both", name="两处")
    levels = [{"level": "red", "limit": 2, "of": "orange"}]
    made = draft(both, who, measure="combined", counts="site_points", levels=levels)
    found = tried(made, who)
    assert found.against is None
    begin = noon(1)
    assert found.result["worst"] == [
        [[point.pk, 3, begin + 2 * MINUTE, begin + 4 * MINUTE, None]]
    ]  # fmt: skip
    assert found.result["against"] is None


@pytest.mark.parametrize("limit", ["MOST_READINGS", "MOST_SECONDS"])
def test_it_is_bounded_and_says_so(
    rule: Rule, version: RuleVersion, point: Point, who: SimpleNamespace, history: History,
    monkeypatch: pytest.MonkeyPatch, limit: str,
) -> None:  # fmt: skip
    readings(history, point, noon(3), [1.2, 0.1])
    monkeypatch.setattr(trying if limit == "MOST_READINGS" else trials, limit, 0)
    found = tried(draft(rule, who), who)
    assert found.state == "done"
    assert (found.done, found.parts) == (1, 3)
    assert "只试了 1 / 3 份" in found.stopped
    assert found.result["points_tried"] == 0
    assert found.result["counts"]["orange"] == 1
    assert "没有试完" in text(browser(who.chief.user), f"/monitoring/versions/{found.version_id}/")


def test_one_at_a_time_and_again_after_a_crash(
    rule: Rule, version: RuleVersion, point: Point, who: SimpleNamespace
) -> None:
    made = draft(rule, who)
    asked = trials.trial_ask(actor=who.clerk, version=made.pk, first=day(-1), last=day(0))
    with pytest.raises(WrongState):
        trials.trial_ask(actor=who.clerk2, version=made.pk, first=day(-1), last=day(0))
    Trial.objects.update(moved_at=timezone.now() - timedelta(minutes=10))
    assert "没有进展" in text(browser(who.clerk.user), f"/monitoring/versions/{made.pk}/")
    again = trials.trial_ask(actor=who.clerk2, version=made.pk, first=day(-1), last=day(0))
    asked.refresh_from_db()
    assert asked.state == "failed"
    trials.trial_run(trial=asked.pk)  # its job came back: too late
    asked.refresh_from_db()
    assert (asked.state, again.state) == ("failed", "waiting")
    for first, last in ((-31, 0), (0, -1), (0, 1)):
        with pytest.raises(Refused):
            trials.trial_ask(actor=who.clerk, version=made.pk, first=day(first), last=day(last))


def test_an_error_is_told_and_kept(
    rule: Rule, version: RuleVersion, point: Point, who: SimpleNamespace, history: History,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def broken(*arguments: Any) -> Any:
        raise OSError("disk")

    monkeypatch.setattr(History, "read", broken)
    asked = trials.trial_ask(actor=who.clerk, version=version.pk, first=day(-1), last=day(0))
    with pytest.raises(OSError, match="disk"):
        trials.trial_run(trial=asked.pk)
    asked.refresh_from_db()
    assert asked.state == "failed"
    assert "出错" in text(browser(who.clerk.user), f"/monitoring/versions/{version.pk}/")


def test_portions_are_whole_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    from anlan.monitoring.rules.compiling import Located

    monkeypatch.setattr(trying, "PORTION", 3)
    points = [Located(number, "", "", site, 1) for number, site in enumerate([1, 2, 1, 1, 1, 2, 3])]
    made = trying.portions(points)
    assert [[each.site for each in portion] for portion in made] == [[1] * 4, [2, 2, 3]]
    assert trying.portions([]) == []
