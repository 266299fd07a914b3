"""Scripts of incidents and tampering: YAML, checked before anything is sent (docs/simulate.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from anlan.monitoring.simulate.city import PROTOCOLS, City, Device, Point, Unreadable, is_number
from anlan.monitoring.simulate.effects import (
    Clip,
    Clock,
    Copy,
    Effect,
    Freeze,
    Move,
    Silence,
    Target,
)

SHIPPED = Path(__file__).resolve().parents[4] / "data" / "monitoring" / "scenarios"

_EFFECTS: Mapping[str, frozenset[str]] = {
    "move": frozenset({"to", "over", "back"}),
    "silence": frozenset(),
    "freeze": frozenset(),
    "clip": frozenset({"under"}),
    "copy": frozenset({"ago"}),
    "clock": frozenset({"shift"}),
}
_STEP = frozenset({"at", "for", "points", "effect"})


@dataclass(frozen=True, slots=True)
class Where:
    """The sites of the scenario: those with a point of each quantity or channel in ``has``."""

    has: tuple[str, ...] = ()
    protocol: str = ""
    sites: int = 1
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """Points at each of the sites; an empty text means any. ``channel`` may hold ``*``."""

    quantity: str = ""
    place: str = ""
    channel: str = "*"
    protocol: str = ""
    first: int | None = None
    skip: int = 0

    def fits(self, device: Device, point: Point) -> bool:
        """But for ``first`` and ``skip``."""
        return (
            self.quantity in ("", point.quantity)
            and self.place in ("", point.place)
            and self.protocol in ("", device.protocol)
            and fnmatchcase(point.channel, self.channel)
        )


@dataclass(frozen=True, slots=True)
class Step:
    """``at``: seconds after the start; ``last``: how long it lasts."""

    at: float
    last: float
    points: Selection
    effect: Effect


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    where: Where
    steps: tuple[Step, ...]


Chosen = Mapping[tuple[str, str], tuple[int, ...]]
"""Columns of points by protocol and address of their device."""


def choose(city: City, scenario: Scenario) -> list[Chosen]:
    """The points of each step; ``Unreadable`` where one has none: it would pass unseen."""
    sites = _sites(city, scenario.where)
    if not sites:
        wanted = "、".join(scenario.where.has) or scenario.where.protocol or "任何测点"
        raise Unreadable(f"场景“{scenario.name}”：城市里没有够用的场所（要有：{wanted}）")
    found = [_chosen(sites, step.points) for step in scenario.steps]
    for number, each in enumerate(found, 1):
        if not each:
            raise Unreadable(f"场景“{scenario.name}”第 {number} 步：没有选到测点，请改 points")
    return found


def _sites(city: City, where: Where) -> list[list[Device]]:
    sites: dict[str, list[Device]] = {}
    for device in city.devices:
        if where.protocol in ("", device.protocol):
            sites.setdefault(device.site, []).append(device)
    fit = [devices for devices in sites.values() if set(where.has) <= _names(devices)]
    return fit[where.skip : where.skip + where.sites]


def _names(devices: list[Device]) -> set[str]:
    points = [point for device in devices for point in device.points]
    return {point.quantity for point in points} | {point.channel for point in points}


def _chosen(sites: list[list[Device]], selection: Selection) -> Chosen:
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    until = None if selection.first is None else selection.skip + selection.first
    for devices in sites:
        fit = [
            ((device.protocol, device.address), column)
            for device in devices
            for column, point in enumerate(device.points)
            if selection.fits(device, point)
        ]
        for device, column in fit[selection.skip : until]:
            found[device] = (*found.get(device, ()), column)
    return found


def load(given: str) -> Scenario:
    """A file, or the name of one that comes with the program; raises ``Unreadable``."""
    path = Path(given)
    if not path.exists() and "/" not in given:
        path = SHIPPED / f"{given.removesuffix('.yaml')}.yaml"
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        names = "、".join(sorted(each.stem for each in SHIPPED.glob("*.yaml")))
        raise Unreadable(f"没有场景“{given}”。随程序提供的有：{names}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Unreadable(f"场景“{given}”读不了：{error}") from error
    return of(document, given)


def of(document: Any, name: str) -> Scenario:
    """The scenario of a document; ``name`` is said in errors."""
    top = _fields(document, {"name", "about", "where", "steps"}, f"场景“{name}”")
    steps = top.get("steps")
    if not isinstance(steps, list) or not steps:
        raise Unreadable(f"场景“{name}”：steps 应是不空的列表")
    return Scenario(
        str(top.get("name", name)),
        _where(top.get("where", {}), f"场景“{name}”的 where"),
        tuple(_step(each, f"场景“{name}”第 {n} 步") for n, each in enumerate(steps, 1)),
    )


def _where(given: Any, where: str) -> Where:
    fields = _fields(given, {"has", "protocol", "sites", "skip"}, where)
    has = fields.get("has", [])
    if not isinstance(has, list) or not all(isinstance(each, str) for each in has):
        raise Unreadable(f"{where}：has 应是监测量或测点地址的列表")
    return Where(
        tuple(has),
        _protocol(fields, where),
        _count(fields, "sites", where, 1, least=1),
        _count(fields, "skip", where, 0),
    )


def _step(given: Any, where: str) -> Step:
    kind = given.get("effect") if isinstance(given, dict) else None
    if not isinstance(kind, str) or kind not in _EFFECTS:
        raise Unreadable(f"{where}：effect“{kind}”应是 {'、'.join(_EFFECTS)} 之一")
    fields = _fields(given, _STEP | _EFFECTS[kind], where)
    at, last = _seconds(fields, "at", where), _seconds(fields, "for", where, math.inf)
    if last <= 0:
        raise Unreadable(f"{where}：for 应大于 0")
    return Step(at, last, _selection(fields.get("points", {}), where), _effect(kind, fields, where))


def _effect(kind: str, fields: dict[str, Any], where: str) -> Effect:
    match kind:
        case "move":
            over, back = (_seconds(fields, name, where, 0.0) for name in ("over", "back"))
            return Move(_target(fields.get("to"), f"{where}的 to"), over, back)
        case "clip":
            return Clip(_target(fields.get("under", {"limit": 0}), f"{where}的 under"))
        case "copy":
            ago = _seconds(fields, "ago", where)
            if ago <= 0:
                raise Unreadable(f"{where}：ago 应大于 0")
            return Copy(ago)
        case "clock":
            return Clock(_number(fields, "shift", where))
        case "freeze":
            return Freeze()
        case _:
            return Silence()


def _selection(given: Any, where: str) -> Selection:
    where = f"{where}的 points"
    fields = _fields(given, {"quantity", "place", "channel", "protocol", "first", "skip"}, where)
    texts = {
        name: _text(fields, name, where, default)
        for name, default in (("quantity", ""), ("place", ""), ("channel", "*"))
    }
    first = _count(fields, "first", where, 1, least=1) if "first" in fields else None
    return Selection(
        **texts,
        protocol=_protocol(fields, where),
        first=first,
        skip=_count(fields, "skip", where, 0),
    )


def _target(given: Any, where: str) -> Target:
    if is_number(given):
        return Target(float(given))
    fields = _fields(given, {"limit", "times"}, where)
    if "limit" not in fields:
        raise Unreadable(f"{where}应是数字，或 {{limit: 第几个限值（从 0 起）, times: 倍数}}")
    times = _number(fields, "times", where) if "times" in fields else 1.0
    return Target(limit=_count(fields, "limit", where, 0), times=times)


def _fields(given: Any, known: set[str] | frozenset[str], where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Unreadable(f"{where}应写成“名称: 值”的形式")
    strange = [str(name) for name in given if name not in known]
    if strange:
        allowed = "、".join(sorted(known))
        raise Unreadable(f"{where}：不认识“{'、'.join(strange)}”，可以写的有：{allowed}")
    return given


def _number(fields: dict[str, Any], name: str, where: str) -> float:
    found = fields.get(name)
    if not is_number(found):
        raise Unreadable(f"{where}：{name} 应是数字")
    return float(found)


def _seconds(fields: dict[str, Any], name: str, where: str, default: float | None = None) -> float:
    if default is not None and name not in fields:
        return default
    found = _number(fields, name, where)
    if found < 0:
        raise Unreadable(f"{where}：{name} 是秒数，不能小于 0")
    return found


def _count(fields: dict[str, Any], name: str, where: str, default: int, least: int = 0) -> int:
    found = fields.get(name, default)
    if not isinstance(found, int) or isinstance(found, bool) or found < least:
        raise Unreadable(f"{where}：{name} 应是不小于 {least} 的整数")
    return found


def _text(fields: dict[str, Any], name: str, where: str, default: str) -> str:
    found = fields.get(name, default)
    if not isinstance(found, str):
        raise Unreadable(f"{where}：{name} 应是文字")
    return found


def _protocol(fields: dict[str, Any], where: str) -> str:
    found = _text(fields, "protocol", where, "")
    if found and found not in PROTOCOLS:
        raise Unreadable(f"{where}：protocol“{found}”应是 {'、'.join(PROTOCOLS)} 之一")
    return found
