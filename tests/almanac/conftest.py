"""The small city with its people, and a group that fixed days can concern."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.almanac import days
from anlan.almanac.days import FixedDay, Span
from anlan.almanac.pages import month
from anlan.almanac.services import reminding
from anlan.kernel.orgs.models import Group, Membership
from tests import factories
from tests.factories import day
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
from tests.kernel.access.conftest import (
    set_rules as set_rules,
)


@pytest.fixture
def city(db: None, settings: Any, tmp_path: Path) -> SimpleNamespace:
    settings.VAR = tmp_path
    return town.build()


@pytest.fixture
def who(city: SimpleNamespace) -> SimpleNamespace:
    return factories.people(city)


def fixed(code: str, first: int, last: int | None = None, **more: Any) -> FixedDay:
    """From ``first`` days from today until ``last``; of other years long ago."""
    span = Span(day(first), day(first if last is None else last))
    past = Span(date(1999, 1, 1), date(1999, 1, 1))
    fields = {
        "name": f"固定日{code}", "source": "试", "todo": "开展宣传", "verified": False,
        "groups": (), "organisations": (), "remind": (7,), "announced": {},
    }  # fmt: skip
    return FixedDay(
        code=code, rule=lambda year: span if year == span.first.year else past, **{**fields, **more}
    )


@pytest.fixture
def calendar(city: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let these be the fixed days; the bureau is in the group ``members``."""
    group = Group.objects.create(code="members", area=city.city, name="成员单位")
    Membership.objects.create(group=group, organisation=city.bureau, valid_from=day(-99))

    def put(*made: FixedDay) -> None:
        for module in (days, reminding, month):
            monkeypatch.setattr(module, "fixed_days", lambda: made)

    return put
