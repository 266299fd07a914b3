"""The demonstration's rules by people: a pond's limits of design, a draft that waits for its second
person, and what is quiet for a while. By the demonstration's accounts, marked in the words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.access.selectors import holders
from anlan.monitoring.choices import MeasureKind, Quantity
from anlan.monitoring.models import Point, Rule
from anlan.monitoring.rules import compiling
from anlan.monitoring.services import hushes, rules
from anlan.monitoring.services.checking import Content

# of the pond's points: quantity, whether high is bad, limits of blue, yellow, orange, red
DESIGN = (
    (Quantity.LEVEL, True, (20.0, 22.0, 24.0, 26.0)),
    (Quantity.BEACH, False, (120.0, 100.0, 80.0, 60.0)),
    (Quantity.SEEPAGE, False, (12.0, 10.0, 8.0, 6.0)),
)
COLOURS = ("blue", "yellow", "orange", "red")
HOUR = timedelta(hours=1)


def load(points: list[Point]) -> None:
    """All of it, as far as there are accounts to do it."""
    clerk, chief = (holders((role,)).first() for role in (Role.SCO_STAFF, Role.SCO_CHIEF))
    if clerk is None or chief is None:
        return
    _design(points, clerk, chief)
    _draft(clerk)
    _quiet(points, clerk)


def _design(points: list[Point], clerk: User, chief: User) -> None:
    ponds = [each for each in points if each.site.sector.code == "tailings"]
    for quantity, above, limits in DESIGN:
        mine = [each for each in ponds if each.quantity == quantity]
        if not mine:
            continue
        name = f"演示：{mine[0].site}{quantity.label}设计限值"
        rule = rules.rule_add(actor=Actor(user=clerk), name=name, sector=mine[0].site.sector)
        levels = [
            {"level": colour, "limit": limit}
            for colour, limit in zip(COLOURS, limits, strict=True)
        ]  # fmt: skip
        content = _content(
            above=above, levels=levels, quantity=quantity, points=[each.pk for each in mine],
            basis="演示：设计单位给出的四级限值",
        )  # fmt: skip
        version = _proposed(rule, content, clerk, "演示：登记设计限值")
        rules.version_publish(actor=Actor(user=chief), version=version)


def _draft(clerk: User) -> None:
    """A stricter upper corner, to be tried on past days and published by another."""
    current = compiling.in_force().filter(rule__code="methane-face-corner").first()
    if current is None:
        return
    names = Content.__annotations__
    content: Any = {name: getattr(current, name) for name in names}
    content["levels"] = [
        {"level": "red", "limit": 1.5, "back": 1.0}, {"level": "orange", "limit": 1.0, "back": 0.8},
        {"level": "yellow", "limit": 0.8, "back": 0.7},
    ]  # fmt: skip
    content["hold"] = 30
    _proposed(current.rule, content, clerk, "演示：增加黄色提示级，滤去短时抖动")


def _quiet(points: list[Point], clerk: User) -> None:
    now = timezone.now()
    actor = Actor(user=clerk)
    first, last = points[1], points[-1]
    hushes.window_add(
        actor=actor, point=first.pk, begin=now + 20 * HOUR, end=now + 22 * HOUR,
        reason="演示：甲烷传感器 15 天调校",
    )  # fmt: skip
    hushes.point_silence(
        actor=actor, point=last.pk, until=now + 48 * HOUR, reason="演示：更换线缆，读数不可信"
    )


def _proposed(rule: Rule, content: Content, clerk: User, reason: str) -> int:
    made = rules.version_propose(
        actor=Actor(user=clerk), rule=rule.pk, content=content, reason=reason,
        effective_from=timezone.localdate(),
    )  # fmt: skip
    return made.pk


def _content(**more: Any) -> Content:
    given: Any = {
        "measure": MeasureKind.VALUE, "counts": "", "above": True, "levels": [], "hold": 0,
        "window": 0, "spans": [], "quantity": "", "places": [], "sites": [], "points": [],
        "document": None, "article": "", "basis": "", "verified": False,
    } | more  # fmt: skip
    content: Content = given
    return content
