"""A plan published in the small city of the tests in mid-2025, and the people who work on it.

Test modules import the fixtures ``city`` and ``today`` by name: they stand in for those of
``conftest``, which live on the real calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.access.roles import Role
from anlan.kernel.evidence.models import File
from anlan.kernel.write import Write
from anlan.plan.drafts import ClauseDraft, KeyDutyDraft, OwnerDraft, PlanDraft
from anlan.plan.models import Duty, Plan
from anlan.plan.publishing import publish
from tests import factories
from tests.kernel.access import town
from tests.kernel.access.conftest import user

TODAY = date(2025, 6, 3)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Let it be noon of ``TODAY``, or of the day that the test then names."""
    real = timezone.now
    began = real()
    noon = [_noon(TODAY)]
    monkeypatch.setattr(timezone, "now", lambda: noon[0] + (real() - began))

    def move(day: date) -> None:
        noon[0] = _noon(day)

    return move


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), timezone.get_current_timezone())


@pytest.fixture
def city(db: None, today: object) -> SimpleNamespace:
    """The town with people: ``clerk``, ``chief`` of the office, ``unit`` and ``head`` of the
    bureau, ``county`` and ``county_head`` of the east county."""
    made = town.build()
    made.clerk = user(made, "clerk", Role.SCO_STAFF, organisation=made.office)
    made.chief = user(made, "chief", Role.SCO_CHIEF, organisation=made.office)
    made.unit = user(made, "unit", Role.UNIT_STAFF, organisation=made.bureau)
    made.head = user(made, "head", Role.UNIT_HEAD, organisation=made.bureau)
    made.county = user(made, "county", Role.UNIT_STAFF, organisation=made.east_government)
    made.county_head = user(made, "county_head", Role.UNIT_HEAD, organisation=made.east_government)
    return made


def draft(city: SimpleNamespace, *clauses: ClauseDraft, **more: Any) -> PlanDraft:
    """A notice of one item, owned by the bureau and the east county unless told otherwise."""
    owners = more.pop("owners", (city.bureau, city.east_government))
    item = KeyDutyDraft(
        number=1,
        title=more.pop("title", "排查整治重大隐患"),
        due_on=more.pop("due_on", date(2025, 12, 31)),
        owners=tuple(OwnerDraft(each.pk, "responsible", each.name) for each in owners),
        clauses=clauses,
    )
    return PlanDraft(
        year=2025, area=city.city.pk, title="试市 2025 年通知", issuer="试市安委会",
        key_duties=(item,), **more,
    )  # fmt: skip


def put_out(wanted: PlanDraft) -> Plan:
    """Publish, with the indicators that its clauses name."""
    for item in wanted.key_duties:
        for each in item.clauses:
            if each.measure:
                factories.define(each.measure)
    with Write(system(), "test.publish") as write:
        return publish(write, wanted)[0]


def counted(measure: str, value: int = 2, **more: Any) -> ClauseDraft:
    """A clause of its own that a measure counts."""
    return ClauseDraft(
        text=f"至少 {value} 项", kind="quota", value=Decimal(value), unit="项", op=">=",
        measure=measure, assigned=True, **more,
    )  # fmt: skip


def photo(city: SimpleNamespace, number: int = 1) -> File:
    """A stored file to show as evidence."""
    return File.objects.create(
        digest=f"{number:064x}", name="照片.jpg", media_type="image/jpeg", size=1,
        uploaded_by=city.unit,
    )  # fmt: skip


def duty_of(organisation: Any, **more: Any) -> Duty:
    return Duty.objects.get(organisation=organisation, **more)
