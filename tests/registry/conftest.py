"""The small city with its people, and subjects of two counties under two regulators."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.access.actor import Actor
from anlan.kernel.imports.models import ImportBatch
from anlan.kernel.imports.services.reading import batch_read
from anlan.kernel.imports.services.taking import batch_consent, batch_take
from anlan.kernel.imports.services.uploading import batch_upload
from anlan.registry.models import Enterprise, Register, RegisterVersion, Sector, Site
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
from tests.kernel.imports import books

FIELDS = [
    {"key": "depth", "label": "采深", "kind": "number", "unit": "m", "required": True},
    {"key": "intelligent", "label": "已建成智能化煤矿", "kind": "yes_no"},
    {
        "key": "gas",
        "label": "瓦斯等级",
        "kind": "choice",
        "choices": [{"code": "low", "label": "低瓦斯"}, {"code": "high", "label": "高瓦斯"}],
    },
]


@pytest.fixture
def city(db: None, settings: Any, tmp_path: Path) -> SimpleNamespace:
    """Within the test's transaction, or really committed where ``committed_db`` is used too."""
    settings.VAR = tmp_path
    return town.build()


@pytest.fixture
def who(city: SimpleNamespace) -> SimpleNamespace:
    return factories.people(city)


@pytest.fixture
def coal(city: SimpleNamespace) -> Sector:
    """A sector that the city's bureau regulates."""
    return Sector.objects.create(code="coal", name="煤矿", city_regulator=city.bureau)


@pytest.fixture
def trade(city: SimpleNamespace) -> Sector:
    """A sector that nobody is named for."""
    return Sector.objects.create(code="trade", name="新业态")


@pytest.fixture
def subjects(city: SimpleNamespace, coal: Sector, trade: Sector) -> SimpleNamespace:
    """``coal_east`` of the bureau with the site ``mine``, ``shop_west`` of the western county with
    the site ``stall``, ``stray`` in the east that nobody regulates."""
    enterprise, site = Enterprise.objects.create, Site.objects.create
    west = {"sector": trade, "area": city.west_town, "regulator": city.west_government}
    mined = {"sector": coal, "area": city.east_town, "regulator": city.bureau}
    coal_east = enterprise(name="演示煤业有限公司", **mined)
    shop_west = enterprise(name="演示商贸有限公司", **west)
    return SimpleNamespace(
        coal_east=coal_east,
        shop_west=shop_west,
        stray=enterprise(name="演示新业态", sector=trade, area=city.east_town),
        mine=site(name="演示煤矿一号", kind="mine", enterprise=coal_east, **mined),
        day=date(2025, 1, 2),
        stall=site(name="演示门店", kind="venue", enterprise=shop_west, **west),
    )


@pytest.fixture
def register(coal: Sector) -> Register:
    """A register of mines with one version of three fields."""
    made = Register.objects.create(
        code="coal-mine", name="煤矿", sector=coal, subject="site", site_kind="mine"
    )
    RegisterVersion.objects.create(
        type=made, number=1, fields=FIELDS, effective_from=date(2025, 1, 1)
    )
    return made


def brought(by: Actor, key: str, rows: list[list[Any]], **given: str) -> ImportBatch:
    """Uploaded, read and taken."""
    batch = batch_upload(
        actor=by, importer=key, given=given, organisation=None,
        upload=factories.upload(books.xlsx(rows), "台账.xlsx"),
    )  # fmt: skip
    batch_read(batch=batch.pk)
    batch.refresh_from_db()
    if batch.good:
        batch_consent(actor=by, batch=batch.pk, good=batch.good)
        batch_take(batch=batch.pk)
    return ImportBatch.objects.get(pk=batch.pk)
