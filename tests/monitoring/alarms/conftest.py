"""The small city with its people, a mine with points, and a rule for them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.write import Write
from anlan.monitoring import flow
from anlan.monitoring.choices import Place, Quantity
from anlan.monitoring.engine import Key, Step, Transition
from anlan.monitoring.models import Alarm, Point, Rule, RuleVersion
from anlan.monitoring.now import live
from anlan.monitoring.services import alarms, engines
from anlan.monitoring.services.checking import Content
from anlan.monitoring.services.rules import version_add
from anlan.registry.models import Sector, Site
from tests.factories import day
from tests.plan.conftest import (
    _fresh_process as _fresh_process,
)
from tests.plan.conftest import (
    city as city,
)
from tests.plan.conftest import (
    store as store,
)
from tests.plan.conftest import (
    who as who,
)

LEVELS = [
    {"level": "red", "limit": 1.5, "back": 1.0},
    {"level": "orange", "limit": 1.0, "back": 1.0},
    {"level": "blue", "limit": 0.5},
]


def content(**more: Any) -> Content:
    given = {
        "measure": "value", "counts": "", "above": True, "levels": LEVELS, "hold": 0, "window": 0,
        "spans": [], "quantity": Quantity.METHANE, "places": [Place.FACE_CORNER], "sites": [],
        "points": [], "document": None, "article": "", "basis": "试验", "verified": True,
    }  # fmt: skip
    return Content(**(given | more))  # type: ignore[typeddict-item]


def published(rule: Rule, **more: Any) -> RuleVersion:
    with Write(system(), "test.rule") as write:
        version = version_add(write, rule, content(**more), "试验", day(-10))
        flow.RULE_VERSION.move(write, version, "publish", fields={})
    return version


answers = live._answers  # of a worker at work, for the test that has one


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker is waited for where a test has none: nobody answers, as when monitoring is down."""
    monkeypatch.setattr(live, "_answers", lambda asked: [None] * len(asked))
    live._away.clear()


@pytest.fixture
def mine(city: SimpleNamespace) -> Site:
    coal = Sector.objects.create(code="coal", name="煤矿", city_regulator=city.bureau)
    return Site.objects.create(
        name="东山矿", kind="mine", area=city.east_town, sector=coal, regulator=city.bureau
    )


@pytest.fixture
def point(mine: Site) -> Point:
    return Point.objects.create(
        site=mine, name="1201 上隅角", quantity=Quantity.METHANE, place=Place.FACE_CORNER,
        unit="%", low=0, high=4,
    )  # fmt: skip


@pytest.fixture
def rule(db: None) -> Rule:
    return Rule.objects.create(code="gas", name="甲烷超限")


@pytest.fixture
def version(rule: Rule) -> RuleVersion:
    return published(rule)


@pytest.fixture
def now() -> int:
    """When the test began, in milliseconds."""
    return int(timezone.now().timestamp() * 1000)


@pytest.fixture
def told(version: RuleVersion, point: Point, now: int) -> Callable[..., Transition]:
    """A transition of the rule at the point, ``at`` seconds ago counted from the beginning."""

    def make(step: str, level: int = 2, begin: int = 0, after: int = 0, peak: float = 1.2) -> Any:
        start = now - 600_000 + begin * 1000
        return Transition(
            Step(step), Key(version.rule_id, version.number, level, point.pk),
            start, start + after * 1000, peak, peak,
        )  # fmt: skip

    return make


@pytest.fixture
def holder(db: None) -> UUID:
    worker = uuid4()
    engines.take(partition=0, holder=worker)
    return worker


@pytest.fixture
def record(holder: UUID) -> Callable[..., int]:
    """Tell the ledger as the worker of partition 0 does."""
    count = iter(range(1, 1000))

    def tell(*transitions: Transition) -> int:
        return alarms.record(
            partition=0, holder=holder, last=next(count), transitions=transitions, state=b"",
            revision=1,
        )  # fmt: skip

    return tell


@pytest.fixture
def alarm(record: Callable[..., int], told: Callable[..., Transition]) -> Alarm:
    record(told("raised"))
    return Alarm.objects.get()
