"""Organisations that exist for a part of the time: what they are asked when a notice is published,
and when they are founded or dissolved afterwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from anlan.kernel.deadlines.services import find
from anlan.kernel.orgs.models import Organisation
from anlan.plan.drafts import ClauseDraft
from anlan.plan.models import Duty
from anlan.plan.services import partials
from tests.plan.published import city as city
from tests.plan.published import draft, put_out
from tests.plan.published import today as today

TEN = ClauseDraft(
    text="解决十项", kind="quota", value=Decimal(10), unit="项", op=">=", assigned=True
)
MEETING = ClauseDraft(
    text="每半年一次", kind="frequency", value=Decimal(1), unit="次", op=">=", period="half_year",
    assigned=True,
)  # fmt: skip
DATE = ClauseDraft(text="年底前建成", kind="deadline", deadline=date(2025, 12, 31), assigned=True)


def exists(organisation: Organisation, start: date | None = None, end: date | None = None) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(
        valid_from=start or date(2000, 1, 1), valid_to=end
    )


def asked(organisation: Organisation) -> list[tuple[date, Decimal | None]]:
    """First day and number of each running duty of a clause."""
    rows = Duty.objects.running().filter(organisation=organisation, clause__isnull=False)
    return sorted((duty.period_start, duty.target) for duty in rows)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, [(date(2025, 1, 1), 1), (date(2025, 1, 1), 10), (date(2025, 7, 1), 1)]),
        (date(2025, 7, 1), None, [(date(2025, 1, 1), 6), (date(2025, 7, 1), 1)]),
        (None, date(2025, 6, 30), [(date(2025, 1, 1), 1), (date(2025, 1, 1), 5)]),
        (date(2025, 12, 31), None, [(date(2025, 1, 1), 1)]),
    ],
    ids=["all year", "a new county from July", "a county until June", "for a day"],
)
def test_what_a_notice_asks(
    city: SimpleNamespace,
    start: date | None,
    end: date | None,
    expected: list[tuple[date, int]],
) -> None:
    exists(city.east_government, start, end)
    put_out(draft(city, TEN, MEETING))
    assert asked(city.east_government) == expected
    assert len(asked(city.bureau)) == 3


def test_a_county_split_in_mid_year_owes_its_part(city: SimpleNamespace) -> None:
    put_out(draft(city, TEN, MEETING))
    assert partials.adjust() == 0
    exists(city.east_government, end=date(2025, 6, 30))
    assert partials.adjust() == 2
    assert asked(city.east_government) == [(date(2025, 1, 1), 1), (date(2025, 1, 1), 5)]
    second_half = Duty.objects.get(organisation=city.east_government, period_start=date(2025, 7, 1))
    assert second_half.state == "cancelled"
    assert find(second_half, "due").ended_at is not None  # type: ignore[union-attr]
    assert partials.adjust() == 0
    assert len(asked(city.bureau)) == 3


def test_what_has_no_number_stays_with_it(city: SimpleNamespace) -> None:
    """A date to keep, and the item as a whole: a revision must name who takes them over."""
    put_out(draft(city, DATE))
    exists(city.east_government, end=date(2025, 3, 31))
    assert partials.adjust() == 0
    assert Duty.objects.running().filter(organisation=city.east_government).count() == 2


def test_publishing_again_agrees_with_what_was_adjusted(city: SimpleNamespace) -> None:
    put_out(draft(city, TEN, MEETING))
    exists(city.east_government, end=date(2025, 6, 30))
    partials.adjust()
    before = asked(city.east_government)
    put_out(draft(city, TEN, MEETING))
    assert asked(city.east_government) == before
