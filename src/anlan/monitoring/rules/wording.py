"""A version of a rule read back in Chinese, and what two versions differ in."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count

from anlan.kernel.access.actor import Actor
from anlan.monitoring.choices import COLOURS, UNITS, Counted, Level, MeasureKind, Place, Quantity
from anlan.monitoring.models import Point, RuleVersion
from anlan.monitoring.rules import compiling, weeks
from anlan.monitoring.rules.compiling import Located
from anlan.registry.models import Site

WITHOUT_QUANTITY = (MeasureKind.SILENCE, MeasureKind.COMBINED)  # limits in units of their own
NAMED = 5  # sites or points named one by one; more are counted
_WHAT = {
    MeasureKind.VALUE: "{}",
    MeasureKind.RATE: "{}每分钟的变化",
    MeasureKind.MEAN: "{}在 {} 内的均值",
    MeasureKind.SPREAD: "{}在 {} 内的波动（标准差）",
}
_COUNTED = {
    Counted.ITEM_POINTS: "同一场所同一监测量有 {} 个以上测点达到{}色",
    Counted.SITE_POINTS: "同一场所有 {} 个以上测点达到{}色",
    Counted.ITEMS: "同一场所有 {} 项以上监测量达到{}色",
}


class Difference(NamedTuple):
    """One side of a version beside the same of another."""

    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


def unit(version: RuleVersion) -> str:
    """The unit of its limits."""
    if version.measure == MeasureKind.COMBINED:
        return "项" if version.counts == Counted.ITEMS else "个测点"
    if version.measure == MeasureKind.SILENCE:
        return "分钟"
    if version.measure == MeasureKind.QUALITY or not version.quantity:
        return ""
    own = UNITS.get(Quantity(version.quantity), "")
    return f"{own}/分钟" if version.measure == MeasureKind.RATE and own else own


def lasting(seconds: int) -> str:
    """A duration in the largest unit that says it exactly."""
    for size, name in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {name}"
    return f"{seconds} 秒"


def sentences(version: RuleVersion) -> list[tuple[Level, str]]:
    """What it says, a sentence for each level, the worst first."""
    return [(level, _sentence(version, level, limit, back)) for level, limit, back
            in version.in_order]  # fmt: skip


def _sentence(version: RuleVersion, level: Level, limit: float, back: float) -> str:
    hold = f"持续 {lasting(version.hold)} " if version.hold else ""
    report = f"{hold}报{level.label}色"
    if version.measure == MeasureKind.QUALITY:
        return f"传感器报故障或断线，{report}；恢复正常即解除"
    if version.measure == MeasureKind.SILENCE:
        return f"连续 {limit:g} 分钟没有数据，{report}；再有数据即解除"
    if version.measure == MeasureKind.COMBINED:
        each = "项" if version.counts == Counted.ITEMS else "个"
        return f"{_together(version, level, limit)}，{report}；不足 {limit:g} {each}即解除"
    sign, way = ("≥", "降到") if version.above else ("≤", "升到")
    side = "以下" if version.above else "以上"
    own = unit(version)
    what = _WHAT[MeasureKind(version.measure)].format(_quantity(version), lasting(version.window))
    number = f"{limit:g} {own}".strip()
    return f"{what} {sign} {number} {report}；{way} {f'{back:g} {own}'.strip()} {side}解除"


def _together(version: RuleVersion, level: Level, limit: float) -> str:
    of = next(COLOURS[each["of"]] for each in version.levels if COLOURS[each["level"]] == level)
    return _COUNTED[Counted(version.counts)].format(f"{limit:g}", of.label)


def _quantity(version: RuleVersion) -> str:
    return str(version.get_quantity_display()) if version.quantity else "测量值"


def facts(version: RuleVersion, actor: Actor) -> list[tuple[str, str]]:
    """Each side of a version in words, in one order for all; names what the actor sees."""
    levels = dict(sentences(version))
    return [
        ("比较的量", str(version.get_measure_display())),
        *((f"{level.label}色", levels.get(level, "不报警")) for level in reversed(Level)),
        ("适用时间", weeks.written(version.spans).replace("\n", "；") or "全天"),
        ("监测量", _quantity(version) if version.quantity else "各种监测量"),
        ("地点类别", _places(version)),
        ("场所", _sites(version, actor)),
        ("测点", _points(version, actor)),
        ("依据", version.source + ("" if version.verified else "（待核实）")),
        ("依据说明", version.basis if version.document is not None else ""),
        ("生效日期", f"{version.effective_from:%Y-%m-%d}"),
    ]


def compared(before: RuleVersion | None, after: RuleVersion, actor: Actor) -> list[Difference]:
    """Side by side; nothing stands on the left of a first version."""
    left = dict(facts(before, actor)) if before is not None else {}
    return [Difference(label, left.get(label, ""), text) for label, text in facts(after, actor)]


def _places(version: RuleVersion) -> str:
    return "、".join(str(Place(each).label) for each in version.places) or "各处"


def _sites(version: RuleVersion, actor: Actor) -> str:
    if not version.sites:
        return f"全部{version.rule.sector or ''}场所"
    seen = Site.objects.visible_to(actor).filter(pk__in=version.sites).order_by("name", "pk")
    return _few([str(each) for each in seen[:NAMED]], f"{len(version.sites)} 处场所")


def _points(version: RuleVersion, actor: Actor) -> str:
    if not version.points:
        return "全部符合的测点"
    seen = Point.objects.visible_to(actor).filter(pk__in=version.points).select_related("site")
    return _few([f"{each.site}：{each}" for each in seen[:NAMED]], f"{len(version.points)} 个测点")


def _few(names: list[str], total: str) -> str:
    return f"{'、'.join(names)}（共 {total}）" if names else total


class Reach(NamedTuple):
    """How many points a version holds for; ``warned``: those with another unit than its limits."""

    points: int
    sites: int
    warned: str


def reach(version: RuleVersion) -> Reach:
    """Counted now: points come and go."""
    held = compiling.held_by(version, compiling.located())
    return Reach(len(held), len({each.site for each in held}), _warned(version, held))


def _warned(version: RuleVersion, held: list[Located]) -> str:
    limited = version.quantity and version.measure not in WITHOUT_QUANTITY
    expected = UNITS.get(Quantity(version.quantity), "") if limited else ""
    if not expected:
        return ""
    rows = Point.objects.filter(pk__in=[each.point for each in held])
    other = rows.exclude(unit__in=("", expected)).order_by().values_list("unit")
    counted = [f"{count} 个测点用 {name}" for name, count in other.annotate(count=Count("pk"))]
    if not counted:
        return ""
    said = "、".join(counted)
    return f"限值的单位是 {expected}，但有 {said}，直接比较没有意义。请先核对单位，或另立规则。"
