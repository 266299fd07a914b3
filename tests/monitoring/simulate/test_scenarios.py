"""What scripts do to the readings, and how wrong ones are told."""

from __future__ import annotations

import numpy as np
import pytest

from anlan.monitoring.simulate.city import Unreadable
from anlan.monitoring.simulate.scenarios import SHIPPED, choose, load, of
from tests.monitoring.simulate.given import city, only, script, stamps, values, world

METHANE = {"quantity": "methane"}
MINUTES = stamps(*range(0, 3600, 60))


def series(scenario, column=0, protocol="http", at=MINUTES):
    return np.array(values(world(scenario).said(only(protocol), at), column))


def test_a_move_goes_up_in_time_stays_and_returns():
    moved = script(
        {
            "at": 600, "for": 1200, "points": METHANE,
            "effect": "move", "to": 2, "over": 300, "back": 300,
        }
    )  # fmt: skip
    found, usual = series(moved), series(script({"at": 99_999, "effect": "silence"}))
    assert found[:10].tolist() == usual[:10].tolist()
    assert (np.diff(found[10:15]) > 0.1).all()
    assert (np.abs(found[15:30] - 2) < 0.1).all()
    assert found[36:].tolist() == usual[36:].tolist()


def test_a_target_may_be_a_limit_and_the_last_stands_for_those_that_are_lacking():
    to = {"limit": 7, "times": 1.5}
    found = series(script({"at": 0, "points": METHANE, "effect": "move", "to": to}))
    assert (np.abs(found - 1.5) < 0.1).all()


def test_silence_sends_nothing_of_the_points():
    silent = script({"at": 600, "for": 600, "points": {"quantity": "fan"}, "effect": "silence"})
    assert len(series(silent, 2)) == len(MINUTES) - 10
    assert len(series(silent, 0)) == len(MINUTES)


def test_a_frozen_point_repeats_its_first_value_and_its_neighbour_lives():
    steps = {"at": 600, "for": 1200, "points": {**METHANE, "first": 1}, "effect": "freeze"}
    assert len(set(series(script(steps))[10:30].tolist())) == 1
    assert len(set(series(script(steps), 1)[10:30].tolist())) > 1


def test_what_is_clipped_stays_one_step_under_the_limit():
    up = {"at": 0, "points": METHANE, "effect": "move", "to": 0.8}
    clip = {"at": 600, "points": {**METHANE, "skip": 1}, "effect": "clip"}
    found = series(script(up, clip), 1)
    assert set(found[10:].tolist()) == {0.49}
    assert (series(script(up, clip))[10:] > 0.7).all()


def test_a_copy_says_what_was_said_before():
    copied = script({"at": 1200, "points": METHANE, "effect": "copy", "ago": 1200})
    found = series(copied)
    assert found[20:40].tolist() == found[:20].tolist()


def test_a_clock_that_is_put_back_stamps_the_past():
    back = script({"at": 600, "for": 600, "effect": "clock", "shift": -3600})
    said = world(back).said(only("http"), MINUTES)
    time = said.time[said.point == 0] - MINUTES
    assert time.tolist() == [0] * 10 + [-3_600_000] * 10 + [0] * 40


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_shipped_scenario_finds_its_points(path):
    scenario = load(path.stem)
    assert all(choose(city(), scenario))


def test_the_pond_rises_through_four_colours():
    at = stamps(*range(0, 7200, 30))
    found = np.array(values(world(load("pond")).said(city().devices[1], at), 0))
    crossed = [int(np.argmax(found > limit)) for limit in (96, 97, 98, 99)]
    assert (np.diff([0, *crossed]) > 5).all(), "minutes lie between two colours"
    assert (np.diff(found[:100]) > -0.3).all(), "no fall between two colours"
    assert found[-1] < 96


def test_the_fan_stops_before_the_gas_rises_over_the_last_limit():
    said = world(load("gas")).said(only("http"), stamps(*range(0, 1800, 10)))
    fan, gas = np.array(values(said, 2)), np.array(values(said, 0))
    assert np.argmax(fan == 0) < np.argmax(gas > 0.5) < np.argmax(gas > 1.0)
    assert fan[-1] == 1
    assert gas[-1] < 0.5


def test_two_detectors_of_the_building_report_fire():
    said = world(load("fire")).said(only("gb26875"), stamps(0, 45, 90, 700))
    assert values(said, 0) == [1, 2, 2, 1]
    assert values(said, 1) == [1, 1, 2, 1]


STEP = {"at": 0, "effect": "silence"}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "名称: 值"),
        ({"steps": []}, "不空的列表"),
        ({"steps": [STEP], "whre": {}}, "不认识“whre”"),
        ({"steps": [STEP], "where": {"sites": 0}}, "不小于 1"),
        ({"steps": [STEP], "where": {"protocol": "modbus"}}, "应是 http"),
        ({"steps": [{"at": 0, "effect": "explode"}]}, "第 1 步：effect“explode”"),
        ({"steps": [STEP, {"effect": "silence"}]}, "第 2 步：at 应是数字"),
        ({"steps": [{**STEP, "at": -1}]}, "不能小于 0"),
        ({"steps": [{**STEP, "for": 0}]}, "for 应大于 0"),
        ({"steps": [{**STEP, "to": 3}]}, "不认识“to”"),
        ({"steps": [{"at": 0, "effect": "move"}]}, "to应"),
        ({"steps": [{"at": 0, "effect": "move", "to": {"times": 2}}]}, "第几个限值"),
        ({"steps": [{"at": 0, "effect": "copy", "ago": 0}]}, "ago 应大于 0"),
        ({"steps": [{"at": 0, "effect": "clock"}]}, "shift 应是数字"),
        ({"steps": [{**STEP, "points": {"place": 3}}]}, "place 应是文字"),
    ],
)
def test_a_wrong_script_is_told_with_its_place(document, told):
    with pytest.raises(Unreadable, match=told):
        of(document, "试")


def test_a_script_that_finds_nothing_is_refused():
    with pytest.raises(Unreadable, match="没有够用的场所"):
        choose(city(), script(STEP, has=["methane", "beach"]))
    with pytest.raises(Unreadable, match="第 1 步：没有选到测点"):
        choose(city(), script({**STEP, "points": {"quantity": "beach"}}))


def test_an_unknown_name_is_told_with_those_that_exist():
    with pytest.raises(Unreadable, match="gas、"):
        load("nothing")
