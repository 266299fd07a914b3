"""Points of a pond that are raised together: from readings to the combined alarm."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from anlan.config.loaders import FACTS
from anlan.kernel.access.actor import system
from anlan.kernel.norms.loading import load as load_norms
from anlan.monitoring.choices import Level
from anlan.monitoring.engine import Engine, State
from anlan.monitoring.models import Alarm, Point, Rule
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.rules.compiling import compiled, in_force
from anlan.monitoring.rules.loading import load
from anlan.monitoring.services import alarms, engines
from anlan.registry.models import Sector, Site
from tests.kernel.access.conftest import browser
from tests.monitoring.alarms.conftest import content, published
from tests.monitoring.alarms.test_pages import text

pytestmark = pytest.mark.django_db
NOW = 1_790_000_000_000
LIMITS = {"blue": 10.0, "yellow": 20.0, "orange": 30.0, "red": 40.0}


@pytest.fixture
def pond(city: SimpleNamespace) -> Site:
    sector = Sector.objects.create(code="tailings", name="尾矿库")
    return Site.objects.create(
        name="一号库", kind="tailings_pond", area=city.east_town, sector=sector,
        regulator=city.bureau,
    )  # fmt: skip


@pytest.fixture
def points(pond: Site) -> dict[str, list[Point]]:
    """Six points of displacement, and one of each of three other items, with designer's limits."""
    load_norms(FACTS / "norms", actor=system())
    load(FACTS / "monitoring" / "rules.yaml", actor=system())
    made: dict[str, list[Point]] = {
        quantity: [
            Point.objects.create(site=pond, name=f"{quantity} {number}", quantity=quantity)
            for number in range(count)
        ]
        for quantity, count in (("displacement", 6), ("level", 1), ("seepage", 1), ("rain", 1))
    }
    rule = Rule.objects.create(code="designer", name="设计值", edited=True)
    levels = [{"level": name, "limit": limit} for name, limit in LIMITS.items()]
    every = [each.pk for group in made.values() for each in group]
    published(rule, quantity="", places=[], points=every, levels=levels)
    return made


class Told:
    """The engine as a worker runs it, and the ledger."""

    def __init__(self) -> None:
        self.plan = compiled()
        self.engine = Engine(self.plan, State.fresh(self.plan, NOW))
        self.holder, self.last, self.at = uuid4(), 0, NOW
        engines.take(partition=0, holder=self.holder)

    def reads(self, values: dict[Point, float]) -> None:
        self.at += 1000
        self.last += 1
        batch = Batch(
            np.array([each.pk for each in values], np.uint32),
            np.full(len(values), self.at, np.int64),
            np.array(list(values.values()), np.float64),
            np.zeros(len(values), np.uint8),
        )
        steps = [*self.engine.evaluate(batch), *self.engine.tick(self.at)]
        alarms.record(
            partition=0, holder=self.holder, last=self.last, transitions=steps, state=None,
            revision=1,
        )  # fmt: skip


def combined(code: str) -> list[tuple[str, Level | None]]:
    """The combined alarms of a rule: where they are shown, and the level that goes on."""
    return [
        (each.point.name, None if each.level is None else Level(each.level))
        for each in Alarm.objects.filter(rule__code=code).order_by("pk")
    ]


def test_points_of_one_item_make_a_worse_colour(points: dict[str, list[Point]]) -> None:
    worker, moved = Told(), points["displacement"]
    worker.reads(dict.fromkeys(moved[:3], 12.0))
    assert combined("tailings-item") == []
    worker.reads({moved[3]: 10.0})
    assert combined("tailings-item") == [("displacement 0", Level.YELLOW)]
    worker.reads(dict.fromkeys(moved[:3], 25.0))
    assert combined("tailings-item") == [("displacement 0", Level.ORANGE)]
    worker.reads(dict.fromkeys(moved[:2], 31.0))
    assert combined("tailings-item") == [("displacement 0", Level.RED)]
    worker.reads(dict.fromkeys(moved, 1.0))
    assert combined("tailings-item") == [("displacement 0", None)]


def test_items_together_make_the_pond_worse(
    points: dict[str, list[Point]], pond: Site, who: SimpleNamespace
) -> None:
    worker = Told()
    single = [points[each][0] for each in ("level", "seepage", "rain")]
    worker.reads(dict.fromkeys(single, 11.0))
    assert combined("tailings-items") == []
    worker.reads({points["displacement"][0]: 11.0})
    assert combined("tailings-items") == [("displacement 0", Level.YELLOW)]
    # four blue points make their item yellow; with two more yellow items that is orange
    worker.reads(dict.fromkeys(points["displacement"][:4], 11.0))
    worker.reads(dict.fromkeys(single[:2], 21.0))
    assert combined("tailings-items") == [("displacement 0", Level.ORANGE)]
    shown = text(browser(who.clerk.user), f"/registry/sites/{pond.pk}/")
    assert "现在的预警级别" in shown
    alarm = Alarm.objects.get(rule__code="tailings-items")
    page = text(browser(who.clerk.user), f"/monitoring/alarms/{alarm.pk}/")
    assert "3 项" in page
    assert "9 个测点" in page


def test_a_point_counts_once_and_faults_do_not(pond: Site, city: SimpleNamespace) -> None:
    near, far = (
        Point.objects.create(site=pond, name=name, quantity="level") for name in ("近", "远")
    )
    every: dict[str, Any] = {"quantity": "level", "places": []}
    for code, limit in (("one", 1.0), ("two", 2.0)):
        rule = Rule.objects.create(code=code, name=code)
        published(rule, levels=[{"level": "orange", "limit": limit}], **every)
    quiet = Rule.objects.create(code="silent", name="无数据")
    published(quiet, measure="silence", levels=[{"level": "red", "limit": 1}], **every)
    both = Rule.objects.create(code="both", name="两处")
    levels = [{"level": "red", "limit": 2, "of": "blue"}]
    published(both, measure="combined", counts="site_points", levels=levels, **every)
    (made,) = compiled().combinations
    assert len(made.inputs) == 2
    assert {key.level for key in made.heard} == {int(Level.ORANGE)}
    worker = Told()
    worker.reads({near: 3.0})
    assert combined("both") == []
    worker.reads({far: 1.0})
    assert combined("both") == [("近", Level.RED)]


def test_a_combination_that_is_new_sees_what_is_raised_already(
    points: dict[str, list[Point]],
) -> None:
    versions = in_force().filter(rule__code="tailings-item")
    Rule.objects.filter(pk__in=versions.values("rule")).update(retired_at="2026-01-01T00:00Z")
    worker = Told()
    worker.reads(dict.fromkeys(points["displacement"][:4], 12.0))
    assert combined("tailings-item") == []
    Rule.objects.update(retired_at=None)
    worker.engine.replan(compiled())
    worker.reads({points["rain"][0]: 0.0})
    assert combined("tailings-item") == [("displacement 0", Level.YELLOW)]


def test_too_few_points_can_never_come_together(pond: Site) -> None:
    point = Point.objects.create(site=pond, name="孤", quantity="level")
    rule = Rule.objects.create(code="limit", name="限值")
    published(rule, quantity="level", places=[], levels=[{"level": "red", "limit": 1.0}])
    both = Rule.objects.create(code="both", name="两处")
    levels = [{"level": "red", "limit": 2, "of": "blue"}]
    published(
        both, measure="combined", counts="site_points", quantity="level", places=[], levels=levels
    )
    plan = compiled()
    assert (len(plan), plan.combinations) == (1, ())
    assert plan.points.tolist() == [point.pk]
    assert content()["counts"] == ""
