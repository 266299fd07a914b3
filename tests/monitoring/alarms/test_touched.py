"""The detector's nights: what is kept of them, what a night done again changes, who judges."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.selectors import history as steps
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.evidence.services import file_store, of
from anlan.kernel.notify.models import Notification
from anlan.monitoring import checks, flow, indicators
from anlan.monitoring.choices import Quantity, TamperState
from anlan.monitoring.history.table import CITY_OFFSET, DAY, History
from anlan.monitoring.history.upkeep import Task
from anlan.monitoring.models import Point, RuleVersion, TamperLook, TamperSignal
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.running import keeping, looking
from anlan.monitoring.services import touched
from anlan.monitoring.services.judging import signal_judge, signal_reopen
from anlan.monitoring.tamper.signals import FROZEN, GAP, STATE, Signal
from anlan.registry.models import Site
from tests.kernel.access.conftest import browser
from tests.kernel.access.matrix import Seat, assert_visibility

pytestmark = pytest.mark.django_db
YESTERDAY = date(2026, 11, 20)
START = (YESTERDAY - date(1970, 1, 1)).days * DAY - CITY_OFFSET
NIGHT = datetime.fromtimestamp((START + DAY) / 1000 + 3 * 3600, UTC)  # at 3
EVERY = 30_000
HOUR = 3_600_000


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History.at(tmp_path / "history")


def noise(days: int, seed: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Of a lively sensor that shows hundredths; the last day is yesterday."""
    steps = np.random.default_rng(seed).normal(0, 1, days * DAY // EVERY)
    slow = np.convolve(steps, np.ones(20) / 20, "same")
    return np.round(1 + 0.2 * slow + 0.05 * steps, 2)


def tell(history: History, point: Point, value: Any, quality: Any = None) -> None:
    count = len(value)
    time = START + DAY - count * EVERY + np.arange(count) * EVERY
    quality = np.zeros(count, np.int64) if quality is None else quality
    value = np.where(quality == 3, np.nan, value)
    valued = ~np.isnan(value) | (quality == 3)
    number = np.full(count, point.pk)
    history.add(0, Batch.of(number[valued], time[valued], value[valued], quality[valued]))


def frozen(begin: int, end: int, days: int = 4) -> Any:
    """Noise that stands still from one hour of yesterday to another, which may be tomorrow's."""
    value = noise(days, 5)
    first = len(value) - (24 - begin) * HOUR // EVERY
    value[first : first + (end - begin) * HOUR // EVERY] = value[first]
    return value


def told(site: Site, **more: Any) -> Signal:
    given = {
        "kind": FROZEN, "point": "1201 上隅角", "start": START + HOUR, "end": START + 2 * HOUR,
        "score": 5.0, "why": "连续不变",
    }  # fmt: skip
    return Signal(**(given | more))


@pytest.fixture
def signal(mine: Site, point: Point) -> TamperSignal:
    seen = looking.Seen([(point, told(mine), [])], [])
    assert touched.record(site=mine, day=YESTERDAY, seen=seen) == 1
    return TamperSignal.objects.get()


# --- the night ------------------------------------------------------------------------------------


def test_a_night_finds_what_was_frozen_and_a_second_one_changes_nothing(
    history: History, mine: Site, point: Point, who: SimpleNamespace
) -> None:
    tell(history, point, frozen(9, 11))
    assert touched.look_on(history=history, now=NIGHT) == 1

    found = TamperSignal.objects.get()
    assert (found.kind, found.point, found.site, found.found_on) == (FROZEN, point, mine, YESTERDAY)
    assert abs(found.begin_ms - START - 9 * HOUR) <= 2 * EVERY
    assert abs(found.end_ms - START - 11 * HOUR) <= 2 * EVERY
    assert "连续" in found.why
    assert Notification.objects.filter(user=who.bureau_staff.user).count() == 1

    before = list(TamperSignal.objects.values())
    assert touched.look_on(history=history, now=NIGHT) == 0
    TamperLook.objects.update(day=None)
    assert touched.look_on(history=history, now=NIGHT) == 1
    assert list(TamperSignal.objects.values()) == before
    assert Notification.objects.count() == len(
        {each.user_id for each in Notification.objects.all()}
    )


def test_what_goes_on_over_midnight_is_one_signal(
    history: History, mine: Site, point: Point
) -> None:
    """Each night knows more of it; the first has only its beginning."""
    value = frozen(9, 22)
    cut = len(value) - 10 * HOUR // EVERY  # midnight of the first night is put at 14 o'clock
    shift = 10 * HOUR // EVERY
    tell(history, point, np.r_[np.full(shift, np.nan), value[:cut]])
    touched.look_at(site=mine, day=YESTERDAY, history=history)
    first = TamperSignal.objects.get(kind=FROZEN)
    time = START + DAY + np.arange(shift) * EVERY
    history.add(0, Batch.of(np.full(shift, point.pk), time, value[cut:], np.zeros(shift, int)))
    touched.look_at(site=mine, day=YESTERDAY + timedelta(days=1), history=history)

    whole = TamperSignal.objects.get(kind=FROZEN)
    assert (whole.pk, whole.begin_ms) == (first.pk, first.begin_ms)
    assert whole.end_ms > first.end_ms + 6 * HOUR
    assert TamperLook.objects.get().day == YESTERDAY + timedelta(days=1)


def test_only_the_night_and_only_once(history: History, mine: Site, point: Point) -> None:
    tell(history, point, frozen(9, 11))
    early = NIGHT - timedelta(hours=2)
    assert touched.due(early) == YESTERDAY - timedelta(days=1)
    assert touched.due(NIGHT) == YESTERDAY
    assert touched.look_on(history=history, now=early) == 1  # the day before, untouched
    assert not TamperSignal.objects.exists()
    assert touched.look_on(history=history, now=NIGHT) == 1
    assert TamperSignal.objects.count() == 1


def test_days_of_a_standstill_are_made_up_for(history: History, mine: Site, point: Point) -> None:
    tell(history, point, frozen(9, 11, days=6)[: -DAY // EVERY * 2 or None])
    TamperLook.objects.create(site=mine, day=YESTERDAY - timedelta(days=4))
    value = frozen(9, 11, days=6)
    shifted = np.r_[value[2 * DAY // EVERY :], noise(2, 9)]
    other = Point.objects.create(site=mine, name="另一个", quantity=Quantity.METHANE)
    tell(history, other, shifted)  # frozen two days before yesterday
    touched.look_at(site=mine, day=YESTERDAY, history=history)
    assert TamperSignal.objects.filter(point=other, kind=FROZEN).count() == 1


def test_a_run_ends_in_time_and_the_next_goes_on(
    history: History, mine: Site, point: Point, city: SimpleNamespace
) -> None:
    for number in range(3):
        site = Site.objects.create(
            name=f"矿{number}", kind="mine", area=city.east_town, sector=mine.sector,
            regulator=city.bureau,
        )  # fmt: skip
        Point.objects.create(site=site, name="甲烷", quantity=Quantity.METHANE)
    ticks = iter([0.0, 1.0, 2.0, 99.0])
    assert touched.look_on(history=history, now=NIGHT, clock=lambda: next(ticks)) == 2
    assert touched.lacking(NIGHT).count() == 2
    assert touched.look_on(history=history, now=NIGHT) == 2
    assert touched.lacking(NIGHT).count() == 0


def test_a_site_that_fails_stops_no_other(
    history: History, mine: Site, point: Point, city: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    second = Site.objects.create(
        name="西山矿", kind="mine", area=city.east_town, sector=mine.sector, regulator=city.bureau
    )
    Point.objects.create(site=second, name="甲烷", quantity=Quantity.METHANE)
    look = looking.look

    def failing(of: History, points: list[Point], first: date, last: date) -> looking.Seen:
        if points[0].site_id == mine.pk:
            raise MemoryError("zu groß")
        return look(of, points, first, last)

    monkeypatch.setattr(touched, "look", failing)
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)
    assert touched.look_on(history=history, now=NIGHT) == 1
    row = TamperLook.objects.get(site=mine)
    assert (row.day, row.problem) == (None, "MemoryError('zu groß')")
    assert touched.look_on(history=history, now=NIGHT + timedelta(hours=1)) == 0
    (fault,) = checks.looked(NIGHT)
    assert "东山矿" in fault.text

    monkeypatch.setattr(touched, "look", look)
    assert touched.look_on(history=history, now=NIGHT + timedelta(days=1)) == 2
    assert list(checks.looked(NIGHT + timedelta(days=1))) == []
    late = {fault.key for fault in checks.looked(NIGHT + timedelta(days=3))}
    assert late == {"late"}


def test_what_a_device_calls_no_measurement_is_none(
    history: History, mine: Site, point: Point
) -> None:
    """A sensor that is being calibrated stands still, and says so."""
    value = frozen(9, 11)
    quality = np.zeros(len(value), np.int64)
    first = len(value) - 15 * HOUR // EVERY
    quality[first : first + 2 * HOUR // EVERY] = 4
    tell(history, point, value, quality)
    touched.look_on(history=history, now=NIGHT)
    assert not TamperSignal.objects.filter(kind=FROZEN).exists()


def test_what_could_not_be_judged_is_kept(history: History, mine: Site, point: Point) -> None:
    assert touched.look_at(site=mine, day=YESTERDAY, history=history) == 0
    assert TamperLook.objects.get().unjudged == [[point.pk, FROZEN, "没有一个可用的读数"]]


# --- what is known of points ----------------------------------------------------------------------


def test_power_has_to_go_off_at_the_red_limit_where_there_is_one_feeder(
    mine: Site, point: Point, version: RuleVersion
) -> None:
    power = Point.objects.create(site=mine, name="馈电", quantity=Quantity.POWER)
    fan = Point.objects.create(site=mine, name="风机", quantity=Quantity.FAN)
    known = looking._settings([point, power, fan])
    assert known.limits == {point.name: (0.5, 1.0, 1.5)}
    assert known.roles == {"馈电": "power", "风机": "fan"}
    assert known.cuts == {point.name: 1.5}
    second = Point.objects.create(site=mine, name="馈电2", quantity=Quantity.POWER)
    assert looking._settings([point, power, second]).cuts == {}


def test_air_stands_still_while_the_fan_does(mine: Site, point: Point) -> None:
    wind = Point.objects.create(site=mine, name="风速", quantity=Quantity.WIND)
    fan = Point.objects.create(site=mine, name="风机", quantity=Quantity.FAN)
    named = {each.name: each for each in (wind, fan, point)}
    still = Signal(STATE, "风速", 0, 1, 3.0, "", ("风机",))
    assert looking._natural(still, named)
    assert not looking._natural(replace(still, point=point.name), named)
    assert not looking._natural(replace(still, kind=GAP), named)


def test_points_are_looked_at_in_groups(mine: Site) -> None:
    points = [
        Point(pk=number, site=mine, name=str(number), quantity=Quantity.CO) for number in range(100)
    ]
    points.append(Point(pk=100, site=mine, name="100", quantity=Quantity.FAN))
    sizes = [[each.pk for each in group] for group in looking.groups(points)]
    assert [len(each) for each in sizes] == [48, 48, 7]
    assert all(each[-1] == 100 for each in sizes)
    assert sorted(pk for each in sizes for pk in each[:-1]) == list(range(100))


def test_memory_is_bounded_by_fewer_days(
    history: History, point: Point, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(history, point, noise(10, 1))
    rows = DAY // EVERY
    for most, days in ((rows * 20, 10), (rows * 5, 5), (10, looking.LEAST_DAYS)):
        monkeypatch.setattr(looking, "MOST_READINGS", most)
        assert looking._read(history, [point.pk], YESTERDAY).num_rows == rows * days


# --- one signal, told again -----------------------------------------------------------------------


def again(mine: Site, point: Point, signal: Signal, days: int = 1) -> int:
    seen = looking.Seen([(point, signal, [])], [])
    return touched.record(site=mine, day=YESTERDAY + timedelta(days=days), seen=seen)


def test_a_judged_signal_is_not_opened_by_its_own_end(
    signal: TamperSignal, mine: Site, point: Point, who: SimpleNamespace
) -> None:
    signal_judge(actor=who.clerk, signal=signal.pk, verdict=TamperState.FALSE, text="停产")
    same = told(mine, end=signal.end_ms + HOUR // 2)
    assert again(mine, point, same) == 0
    signal.refresh_from_db()
    assert (signal.state, signal.end_ms) == (TamperState.FALSE, START + 2 * HOUR)
    longer = told(mine, end=signal.end_ms + 5 * HOUR)
    assert again(mine, point, longer, days=2) == 1
    new = TamperSignal.objects.exclude(pk=signal.pk).get()
    assert (new.begin_ms, new.end_ms) == (signal.end_ms + 1, signal.end_ms + 5 * HOUR)


def test_a_night_that_is_done_is_not_written_again(
    signal: TamperSignal, mine: Site, point: Point
) -> None:
    other = told(mine, start=START + 9 * HOUR, end=START + 10 * HOUR)
    assert again(mine, point, other, days=0) == 0
    assert TamperSignal.objects.count() == 1


# --- people ---------------------------------------------------------------------------------------


def proof(actor: Actor) -> Any:
    upload = SimpleUploadedFile("核查.txt", "现场核查记录".encode(), "text/plain")
    return file_store(actor=actor, upload=upload)


def test_touched_needs_proof(signal: TamperSignal, who: SimpleNamespace) -> None:
    def judge(evidence: list[Any], text: str = "传感器被罩住") -> TamperSignal:
        return signal_judge(
            actor=who.bureau_staff, signal=signal.pk, verdict=TamperState.TOUCHED, text=text,
            evidence=evidence,
        )  # fmt: skip

    for evidence, text in (([], "有"), ([proof(who.bureau_staff)], "  ")):
        with pytest.raises(Refused):
            judge(evidence, text)
    assert not of(signal).exists()
    found = judge([proof(who.bureau_staff)] * 2)
    assert (found.state, found.judged_by) == (TamperState.TOUCHED, who.bureau_staff.user)
    assert of(signal).count() == 1
    assert list(indicators.tamper_confirmed(date(2020, 1, 1), date(2100, 1, 1))) == [signal]


def test_the_second_who_judges_is_told(signal: TamperSignal, who: SimpleNamespace) -> None:
    given: dict[str, Any] = {"signal": signal.pk, "verdict": TamperState.EXPLAINED, "text": "检修"}
    signal_judge(actor=who.clerk, **given)
    with pytest.raises(WrongState):
        signal_judge(actor=who.bureau_staff, **given)
    signal_reopen(actor=who.bureau_staff, signal=signal.pk, reason="检修记录不实")
    signal.refresh_from_db()
    assert (signal.state, signal.judged_by, signal.finding) == (TamperState.OPEN, None, "检修")


def test_who_judged_may_take_it_back_himself(signal: TamperSignal, who: SimpleNamespace) -> None:
    signal_judge(actor=who.clerk, signal=signal.pk, verdict=TamperState.FALSE, text="看错了测点")
    signal_reopen(actor=who.clerk, signal=signal.pk, reason="看的是另一个测点")
    signal.refresh_from_db()
    assert signal.state == TamperState.OPEN
    told = steps(signal, flow.TAMPER)
    assert any("看错了测点" in str(each) for each in told)
    assert any("看的是另一个测点" in str(each) for each in told)


def test_who_judges(signal: TamperSignal, who: SimpleNamespace) -> None:
    given: dict[str, Any] = {"signal": signal.pk, "verdict": TamperState.FALSE, "text": "误报"}
    for actor, refusal in ((who.leader, Forbidden), (who.west_head, Unknown)):
        with pytest.raises(refusal):
            signal_judge(actor=actor, **given)
    signal.refresh_from_db()
    assert signal.state == TamperState.OPEN


def test_who_sees_a_signal(signal: TamperSignal, city: SimpleNamespace) -> None:
    from anlan.kernel.access.roles import Role

    assert_visibility(
        lambda actor: TamperSignal.objects.visible_to(actor),
        rows={"signal": signal},
        expected={
            Seat(Role.SCO_STAFF, city.office): {"signal"},
            Seat(Role.LEADER, city.government): {"signal"},
            Seat(Role.UNIT_STAFF, city.bureau): {"signal"},
            Seat(Role.UNIT_STAFF, city.west_government): set(),
            Seat(Role.SCO_CHIEF, city.office): {"signal"},
            Seat(Role.UNIT_HEAD, city.east_town_government): {"signal"},
            **{
                Seat(role, city.office): set()
                for role in (Role.SYSTEM, Role.SECURITY, Role.AUDITOR)
            },
        },
    )


def test_what_waits_is_counted(signal: TamperSignal, who: SimpleNamespace) -> None:
    year = (date(2026, 1, 1), YESTERDAY)
    assert list(indicators.tamper_waiting(*year)) == [signal]
    assert not indicators.tamper_waiting(year[0], YESTERDAY - timedelta(days=1))
    signal_judge(actor=who.clerk, signal=signal.pk, verdict=TamperState.FALSE, text="误报")
    assert not indicators.tamper_waiting(*year)


# --- pages ----------------------------------------------------------------------------------------


def test_the_pages(
    signal: TamperSignal,
    who: SimpleNamespace,
    city: SimpleNamespace,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.VAR = tmp_path
    tell(History.at(tmp_path / "history"), signal.point, frozen(1, 2))
    client, address = browser(who.bureau_staff.user), f"/monitoring/tamper/{signal.pk}/"
    listed = client.get("/monitoring/tamper/").content.decode()
    assert "东山矿 1201 上隅角" in listed
    assert "2026-11-20 01:00 至 02:00" in listed
    for none in ("kind=gap", f"county={city.west.code}", "state=false"):
        assert (
            "1201"
            not in client.get(f"/monitoring/tamper/?{none}").content.decode().split("</form>")[-1]
        )
    mine_only = client.get(f"/monitoring/tamper/?point={signal.point_id}").content.decode()
    assert f"东山矿 {signal.point}" in mine_only

    shown = client.get(address).content.decode()
    assert "连续不变" in shown
    assert 'class="marked"' in shown
    assert "登记结论" in shown
    given = {"verdict": "touched", "text": "传感器被布包住"}
    refused = client.post(f"{address}judge/", given)
    assert refused.status_code == 422
    assert "传感器被布包住" in refused.content.decode()  # nothing typed is lost
    assert "佐证材料" in refused.content.decode()
    upload = SimpleUploadedFile("照片.txt", "现场".encode(), "text/plain")
    done = client.post(f"{address}judge/", given | {"evidence": upload}, follow=True)
    assert "核查结论已登记" in done.content.decode()
    assert "登记结论" not in done.content.decode()
    assert "照片.txt" in done.content.decode()
    again = browser(who.clerk.user).post(f"{address}judge/", {"verdict": "false", "text": "误报"})
    assert again.status_code == 409
    reopened = client.post(f"{address}reopen/", {"reason": "再查", "back": address}, follow=True)
    assert "已恢复为待核查" in reopened.content.decode()

    west = browser(who.west_head.user)
    assert west.get(address).status_code == 404
    assert browser(who.leader.user).post(f"{address}judge/", given).status_code == 403


# --- the history keeps them -----------------------------------------------------------------------


def test_the_readings_of_a_signal_are_not_thinned(signal: TamperSignal, point: Point) -> None:
    around = 30 * 60_000
    TamperSignal.objects.update(beside=[77])
    day = (signal.begin_ms + CITY_OFFSET) // DAY
    spans = keeping.whole(Task(0, day, 60), around)
    assert set(spans.point.tolist()) == {point.pk, 77}
    assert spans.begin[0] == signal.begin_ms - around
    assert len(keeping.whole(Task(0, day + 2, 60), around).point) == 0
    TamperSignal.objects.update(state=TamperState.FALSE)
    assert len(keeping.whole(Task(0, day, 60), around).point) == 0
