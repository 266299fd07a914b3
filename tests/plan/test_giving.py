"""Duties that a progress call gave: beside those of the notice, and out of a revision's reach."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from anlan.kernel.access.actor import system
from anlan.kernel.write import Write
from anlan.plan.choices import DutyOrigin, DutyState
from anlan.plan.models import Duty, KeyDuty
from anlan.plan.publishing import publish
from anlan.plan.services.giving import give
from tests.factories import day
from tests.kernel.access.conftest import browser
from tests.plan.published import draft


def given(key_duty: KeyDuty, *organisations: Any, source: int = 7, **more: Any) -> list[Duty]:
    words = {"title": "十日内销号", "due_on": day(10), "origin": DutyOrigin.CALL} | more
    with Write(system(), "calls.call.close") as write:
        return give(
            write=write, key_duty=key_duty, organisations=organisations, source=source,
            source_name="2026年第48周调度", **words,
        )  # fmt: skip


def test_it_stands_beside_the_notice_s_own_of_the_same_key_duty(
    city: SimpleNamespace, work: SimpleNamespace
) -> None:
    """The bureau has a duty of this key duty that begins today already."""
    Duty.objects.filter(pk=work.bureau.pk).update(period_start=day(0))
    (first,) = given(work.key_duty, city.bureau)
    (second,) = given(work.key_duty, city.bureau, source=8)  # of another decision
    assert Duty.objects.filter(organisation=city.bureau, key_duty=work.key_duty).count() == 3
    assert first.pk != second.pk


def test_a_decision_gives_an_organisation_one_duty(
    city: SimpleNamespace, work: SimpleNamespace
) -> None:
    given(work.key_duty, city.bureau)
    with pytest.raises(IntegrityError, match="given_once"), transaction.atomic():
        given(work.key_duty, city.bureau)


def test_a_duty_names_its_source_or_comes_from_the_notice(work: SimpleNamespace) -> None:
    for wrong in ({"source": 7}, {"origin": "call"}):
        with (
            pytest.raises(IntegrityError, match="duty_names_its_source"),
            transaction.atomic(),
        ):
            Duty.objects.filter(pk=work.east.pk).update(**wrong)


def test_what_the_notice_gives_is_published(city: SimpleNamespace, work: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="published"):
        given(work.key_duty, city.bureau, origin=DutyOrigin.NOTICE)


def test_a_revision_leaves_it_alone(city: SimpleNamespace) -> None:
    def revise(**more: Any) -> list[Any]:
        with Write(system(), "plan.load") as write:
            return publish(write, draft(city, **more))[1]

    revise()
    key_duty = KeyDuty.objects.get()
    (made,) = given(key_duty, city.bureau)
    before = Duty.objects.filter(pk=made.pk).values().get()
    assert revise() == []  # the same notice again
    revise(owners=(city.east_government,))  # the bureau is not asked any more
    assert Duty.objects.filter(pk=made.pk).values().get() == before
    others = Duty.objects.filter(organisation=city.bureau).exclude(pk=made.pk)
    assert set(others.values_list("state", flat=True)) == {DutyState.CANCELLED}
    revise(title="完全不同的另一项工作安排")  # the item is taken out
    key_duty.refresh_from_db()
    assert key_duty.retired_at is not None
    assert Duty.objects.filter(pk=made.pk).values().get() == before


def test_pages_and_api_say_where_it_comes_from(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    (made,) = given(work.key_duty, city.bureau)
    client = browser(who.bureau_staff.user)
    page = client.get(f"/duties/{made.pk}/").content.decode()
    assert 'href="/calls/decisions/7/"' in page
    assert "2026年第48周调度" in page
    assert "任务来源" not in client.get(f"/duties/{work.bureau.pk}/").content.decode()
    listed = client.get("/duties/?origin=call").content.decode()
    assert "共 1 条" in listed
    assert "十日内销号" in listed
    answer = client.get(f"/api/plan/duties/{made.pk}/").json()
    assert (answer["origin"], answer["source"]) == ("call", "2026年第48周调度")
    assert client.get(f"/api/plan/duties/{work.bureau.pk}/").json()["origin"] == "notice"
