"""The mine of the alarms' tests, with a device."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from anlan.monitoring.choices import Protocol
from anlan.monitoring.models import Device
from anlan.monitoring.services.points import device_add
from anlan.registry.models import Site
from tests.monitoring.alarms.conftest import (
    _fresh_process as _fresh_process,
)
from tests.monitoring.alarms.conftest import (
    city as city,
)
from tests.monitoring.alarms.conftest import (
    mine as mine,
)
from tests.monitoring.alarms.conftest import (
    point as point,
)
from tests.monitoring.alarms.conftest import (
    rule as rule,
)
from tests.monitoring.alarms.conftest import (
    store as store,
)
from tests.monitoring.alarms.conftest import (
    version as version,
)
from tests.monitoring.alarms.conftest import (
    who as who,
)


@pytest.fixture
def device(mine: Site, who: SimpleNamespace) -> Device:
    made, _ = device_add(
        actor=who.bureau_staff, site=mine.pk, name="1 号分站", protocol=Protocol.HTTP,
        address="DS-1",
    )  # fmt: skip
    return made
