"""What indicators tell of an item that has no number: by area, by unit; they close nothing."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import timezone

from anlan.plan.models import Duty, KeyDuty
from anlan.plan.observing import Observed, observed
from anlan.plan.services import counting
from anlan.records.services import verifying
from tests import factories
from tests.factories import day, this_year
from tests.kernel.access.conftest import browser
from tests.records.conftest import types as types
from tests.records.conftest import verified


@pytest.fixture
def item(city: SimpleNamespace, types: SimpleNamespace) -> KeyDuty:
    """Observed by two indicators; the bureau, two counties and a township answer for it."""
    for key in ("records.study", "records.visit"):
        factories.define(key)
    made = factories.key_duty(
        factories.plan(city), observed=["records.study", "records.visit", "nobody.defined"]
    )
    for unit in (city.bureau, city.east_government, city.west_government):
        factories.duty(made, unit)
    return made


def look(actor: object, item: KeyDuty, *, by_unit: bool = False) -> dict[str, list[str]]:
    found = observed(actor, item, timezone.localdate(), by_unit=by_unit)  # type: ignore[arg-type]
    assert isinstance(found, Observed)
    return {line.name: [str(cell) for cell in line.cells] for line in found.lines}


def test_by_area_and_by_unit(city: SimpleNamespace, who: SimpleNamespace, item: KeyDuty) -> None:
    verified(who.east_staff, who.clerk, city.east_government, "visit")
    verified(who.town_staff, who.clerk, city.east_town_government, "visit")
    done = verified(who.bureau_staff, who.clerk, city.bureau, "study")
    assert look(who.leader, item) == {
        "合计": ["1", "2"], "东县": ["0", "2"], "西县": ["0", "0"],
    }  # fmt: skip
    assert look(who.leader, item, by_unit=True) == {
        "试市能源局": ["1", "0"], "东县人民政府": ["0", "1"], "西县人民政府": ["0", "0"],
    }  # fmt: skip
    assert look(who.east_staff, item) == {"东县": ["0", "2"]}
    assert look(who.east_staff, item, by_unit=True) == {"东县人民政府": ["0", "1"]}
    verifying.record_withdraw(actor=who.clerk, record=done.pk, reason="不实")
    assert look(who.leader, item)["合计"] == ["0", "2"]


def test_every_number_opens_its_rows(
    city: SimpleNamespace, who: SimpleNamespace, item: KeyDuty
) -> None:
    verified(who.east_staff, who.clerk, city.east_government, "visit", title="到东山")
    verified(who.bureau_staff, who.clerk, city.bureau, "visit", title="到西山")
    leader, first = browser(who.leader.person), date(this_year(), 1, 1)
    for by, narrowed, shown, hidden in (
        ("area", f"area={city.east.code}", "到东山", "到西山"),
        ("unit", f"of={city.bureau.code}", "到西山", "到东山"),
    ):
        page = leader.get(f"/key-duties/{item.pk}/?by={by}").content.decode()
        rows = f"/indicators/records.visit/rows/{first}/{day(0)}/?{narrowed}"
        assert rows in page
        opened = leader.get(rows).content.decode()
        assert shown in opened
        assert hidden not in opened


def test_it_closes_nothing_and_the_item_stays_declared(
    city: SimpleNamespace, who: SimpleNamespace, item: KeyDuty
) -> None:
    before = list(Duty.objects.order_by("pk").values("pk", "state", "standing", "progress"))
    verified(who.east_staff, who.clerk, city.east_government, "visit")
    assert counting.recount(counting.counted()) == 0
    assert list(Duty.objects.order_by("pk").values("pk", "state", "standing", "progress")) == before
    page = browser(who.leader.person).get(f"/key-duties/{item.pk}/").content.decode()
    card = page[page.index("观察指标") : page.index("各单位任务")]
    assert "不评判好坏" in card
    assert "state-met" not in card


def test_a_clause_without_a_duty_of_its_own_is_observed(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    """A condition (停用超过 3 年的尾矿库) says whom the item binds: its indicator only tells."""
    item = factories.key_duty(factories.plan(city))
    factories.clause(item, value=3, op=">", kind="condition", unit="年", measure="records.visit")
    factories.duty(item, city.bureau)
    assert look(who.leader, item, by_unit=True) == {"试市能源局": ["0"]}
    page = browser(who.leader.person).get(f"/key-duties/{item.pk}/").content.decode()
    assert ">观察<" in page.replace(" ", "").replace("\n", "")


def test_nothing_is_observed_before_the_year_begins(
    city: SimpleNamespace, who: SimpleNamespace, item: KeyDuty
) -> None:
    type(item.plan).objects.filter(pk=item.plan.pk).update(year=this_year() + 1)
    item.plan.refresh_from_db()
    assert observed(who.leader, item, timezone.localdate(), by_unit=False) is None
