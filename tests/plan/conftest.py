"""The small city with its people, one key duty, and duties of a bureau, two counties, a town."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import factories
from tests.kernel.access import town
from tests.kernel.access.conftest import (
    _fresh_process as _fresh_process,
)
from tests.kernel.access.conftest import (
    _log_guards as _log_guards,
)
from tests.kernel.access.conftest import (
    committed_db as committed_db,
)


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Path:
    """A data folder of the test's own; the folder of stored files below it."""
    settings.VAR = tmp_path
    return tmp_path / "evidence"


@pytest.fixture
def city(db: None, store: Path) -> SimpleNamespace:
    """Within the test's transaction, or really committed where ``committed_db`` is used too."""
    return town.build()


@pytest.fixture
def who(city: SimpleNamespace) -> SimpleNamespace:
    return factories.people(city)


@pytest.fixture
def work(city: SimpleNamespace) -> SimpleNamespace:
    """``bureau`` and ``east`` in percent, ``counted`` and ``west`` at least 10; ``town`` handed
    down from ``east``."""
    plan = factories.plan(city)
    first, second = factories.key_duty(plan, 1), factories.key_duty(plan, 2)
    clause = factories.clause(second)
    east = factories.duty(first, city.east_government)
    return SimpleNamespace(
        plan=plan,
        key_duty=first,
        bureau=factories.duty(first, city.bureau),
        counted=factories.duty(second, city.bureau, clause=clause),
        east=east,
        west=factories.duty(second, city.west_government, clause=clause),
        town=factories.duty(
            first, city.east_town_government, parent=east, due_on=factories.day(50)
        ),
    )
