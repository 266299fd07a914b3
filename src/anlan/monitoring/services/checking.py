"""What a version of a rule may say: as far as the engine does it, and as a person means it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any, TypedDict

from anlan.kernel.errors import Refused
from anlan.kernel.norms.models import NormDocument
from anlan.monitoring.choices import COLOURS, Counted, MeasureKind
from anlan.monitoring.engine import Key, Watch, calendar
from anlan.monitoring.rules.compiling import MEASURES

MOVING = (MeasureKind.MEAN, MeasureKind.SPREAD)
# What compares a number with a limit; the others ask whether, or how long, something is so.
LIMITED = (MeasureKind.VALUE, MeasureKind.RATE, *MOVING)


class Content(TypedDict):
    """What a version says; see :class:`RuleVersion`."""

    measure: str
    counts: str
    above: bool
    levels: Sequence[dict[str, Any]]
    hold: int
    window: int
    spans: Sequence[Sequence[int]]
    quantity: str
    places: Sequence[str]
    sites: Sequence[int]
    points: Sequence[int]
    document: NormDocument | None
    article: str
    basis: str
    verified: bool


def check(content: Content) -> None:
    """Refused, with the reasons in words, unless the engine takes it."""
    if said := [message for _, message in wrong(content)]:
        raise Refused("content", "".join(said))


def wrong(content: Content) -> Iterator[tuple[str, str]]:
    """Each fault: the field of the editor that it stands at (empty: of none), and why."""
    levels = [each.get("level") for each in content["levels"]]
    if not levels or len(set(levels)) != len(levels) or set(levels) - set(COLOURS):
        yield "limit_red", "请至少填一级的限值；级别是红、橙、黄、蓝，每级一次。"
        return
    if content["measure"] == MeasureKind.COMBINED:
        yield from _combination(content)
        return
    if content["measure"] not in MEASURES:
        yield "measure", "没有这种比较的量。"
        return
    if content["measure"] in MOVING and not content["window"]:
        yield "window", "均值和波动须填统计时段，例如 3600 秒。"
        return
    yield from list(_each_level(content)) or list(_direction(content)) or _between(content)


def _each_level(content: Content) -> Iterator[tuple[str, str]]:
    """What the engine itself would refuse of a level, or of when it holds."""
    measure = MEASURES[MeasureKind(content["measure"])]
    for each in content["levels"]:
        try:
            limit, back = float(each["limit"]), float(each.get("back", each["limit"]))
            Watch(
                Key(0, 0, 0, 0), limit, measure, content["above"], back,
                content["hold"], content["window"],
            )  # fmt: skip
        except (ValueError, TypeError, KeyError) as error:
            name = "back" if "back" in each else "limit"
            yield f"{name}_{each['level']}", f"规则不能用：{error}。"
    try:
        calendar(*((day, begin, end) for day, begin, end in content["spans"]))
    except (ValueError, TypeError) as error:
        yield "spans", f"适用时间不能用：{error}。"


def _direction(content: Content) -> Iterator[tuple[str, str]]:
    if content["measure"] in LIMITED:
        return
    if not content["above"]:
        yield "above", "故障和没有数据只能选“达到或高于限值”。"
    limits = [float(each["limit"]) for each in content["levels"]]
    if content["measure"] == MeasureKind.QUALITY and limits != [1.0]:
        yield f"limit_{content['levels'][0]['level']}", "传感器故障只报一级，限值填 1。"
    if content["measure"] == MeasureKind.SILENCE and min(limits) <= 0:
        yield "limit_red", "没有数据的分钟数须大于 0。"


def _between(content: Content) -> Iterator[tuple[str, str]]:
    """A worse level lies farther out: else a mild alarm would be missing while a bad one is on."""
    ordered = sorted(content["levels"], key=lambda each: COLOURS[each["level"]])
    for mild, worse in pairwise(ordered):
        near, far = float(mild["limit"]), float(worse["limit"])
        if (far < near) if content["above"] else (far > near):
            colours = [COLOURS[each["level"]].label for each in (worse, mild)]
            least = "不低于" if content["above"] else "不高于"
            yield (
                f"limit_{worse['level']}",
                f"{colours[0]}色比{colours[1]}色严重，限值应当{least}{colours[1]}色的 {near:g}。",
            )


def _combination(content: Content) -> Iterator[tuple[str, str]]:
    if content["counts"] not in Counted.values:
        yield "counts", "请选组合时数什么。"
    if content["spans"]:
        yield "spans", "组合规则全天适用，请清空；各测点自己的规则可以限定时间。"
    for each in content["levels"]:
        limit = float(each.get("limit", 0))
        if not isfinite(limit) or limit != int(limit) or limit < 1:
            yield f"limit_{each['level']}", "请填几处，须是不小于 1 的整数。"
        if each.get("of") not in COLOURS:
            yield f"of_{each['level']}", "请选达到哪一级才计入。"
