"""A body is not dissolved before something of it began: nothing of it outlives it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from anlan.kernel.access.actor import system
from anlan.kernel.errors import WrongState
from anlan.kernel.orgs import services
from anlan.kernel.orgs.models import Organisation
from tests.kernel.orgs.desk import facts, group, organisation

pytestmark = pytest.mark.usefixtures("city")
BEGAN, BEFORE = date(2025, 9, 1), date(2025, 8, 31)


def _dissolve(on: date) -> Organisation:
    water = organisation("999900-water")
    return services.organisation_dissolve(
        actor=system(), organisation=water, on=on, reason="机构改革"
    )


def _rename() -> None:
    services.organisation_rename(
        actor=system(), organisation=organisation("999900-water"), name="澄江市水务局",
        short_name="市水务局", on=BEGAN, reason="更名",
    )  # fmt: skip


def _join() -> None:
    services.group_add_member(
        actor=system(), group=group(), organisation=organisation("999900-water"), valid_from=BEGAN
    )


@pytest.mark.parametrize(
    ("begin", "told"), [(_rename, "2025-09-01才启用"), (_join, "2025-09-01列入“市安委会成员单位”")]
)
def test_what_began_later_keeps_it(begin: Callable[[], None], told: str) -> None:
    begin()
    before = facts()
    with pytest.raises(WrongState, match=told):
        _dissolve(BEFORE)
    assert facts() == before
    water = _dissolve(BEGAN)
    assert not water.names.filter(valid_to=None).exists()
    assert not water.memberships.filter(valid_to=None).exists()
