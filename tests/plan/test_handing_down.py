"""Handing a duty down the tree: to whom, until when, how often; and what the receivers get."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.plan.choices import DutyState
from anlan.plan.models import Duty
from anlan.plan.services.handing_down import hand_down
from tests import factories
from tests.factories import at_once, deputising, happening, nothing_happens


def give(actor: Actor, duty: Duty, *organisations: Any, **more: Any) -> list[Duty]:
    return hand_down(
        actor=actor,
        duty=duty.pk,
        organisations=[each.pk for each in organisations],
        **{"due_on": factories.day(40)} | more,
    )


def test_the_receiver_gets_a_duty_of_its_own(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    town = city.west_town_government
    with happening() as happened:
        [given] = give(who.west_head, work.west, town, note=" 抓紧 ", target=Decimal(4))
    given = Duty.objects.get(pk=given.pk)
    assert (given.parent, given.organisation, given.area) == (work.west, town, city.west_town)
    assert (given.key_duty, given.clause, given.role) == (
        work.west.key_duty, work.west.clause, work.west.role,
    )  # fmt: skip
    assert (given.target, given.note, given.due_on, given.period_start) == (
        4, "抓紧", factories.day(40), work.west.period_start,
    )  # fmt: skip
    assert (given.state, given.standing, given.progress) == ("open", "not_measured", None)
    assert happened.kinds() == ["duty.handed_down"]
    row = next(each for each in happened.audit if each.table_name == "plan_duty")
    assert (row.verb, row.reason, row.user_id) == (
        "plan.duty.hand_down", " 抓紧 ", who.west_head.user.pk,
    )  # fmt: skip


def test_the_receivers_are_told(city: SimpleNamespace, who: SimpleNamespace) -> None:
    work = factories.duty(factories.key_duty(factories.plan(city)), city.east_government)
    with happening() as happened:
        give(who.east_head, work, city.east_town_government)
    assert happened.told_to("duty.handed_down") == {"town_staff", "town_head"}


@pytest.mark.parametrize(
    ("_case", "receivers", "typed", "code"),
    [
        ("nobody", [], {}, "nobody"),
        ("a town of the neighbour", ["east_town_government"], {}, "not_below"),
        ("one's own and a neighbour's", ["west_town_government", "east_town_government"], {},
         "not_below"),
        ("oneself", ["west_government"], {}, "not_below"),
        ("upwards", ["government"], {}, "not_below"),
        ("after the duty's own date", ["west_town_government"], {"due_on": 61}, "date_outside"),
        ("before the duty begins", ["west_town_government"], {"due_on": -31}, "date_outside"),
        ("a target of nothing", ["west_town_government"], {"target": Decimal(0)},
         "target_not_positive"),
        ("a negative target", ["west_town_government"], {"target": Decimal(-4)},
         "target_not_positive"),
        ("a target that is no number", ["west_town_government"], {"target": Decimal("NaN")},
         "target_not_positive"),
        ("a note no column holds", ["west_town_government"], {"note": "甲\0"}, "invalid"),
    ],
)  # fmt: skip
def test_what_cannot_be_handed_down(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace,
    _case: str, receivers: list[str], typed: Any, code: str,
) -> None:  # fmt: skip
    if "due_on" in typed:
        typed = {"due_on": factories.day(typed["due_on"])}
    with nothing_happens(code=code):
        give(who.west_head, work.west, *[getattr(city, name) for name in receivers], **typed)


def test_on_the_last_day_and_on_the_first(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    for edge in (work.west.due_on, work.west.period_start):
        [given] = give(who.west_head, work.west, city.west_town_government, due_on=edge)
        Duty.objects.filter(pk=given.pk).update(state=DutyState.CANCELLED)


def test_no_number_where_the_duty_has_none(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    Duty.objects.filter(pk=work.town.pk).delete()
    with nothing_happens(code="target_unwanted"):
        give(who.east_head, work.east, city.east_town_government, target=Decimal(4))


def test_an_organisation_that_is_gone_receives_nothing(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    town = city.west_town_government
    type(town).objects.filter(pk=town.pk).update(valid_to=factories.day(-1))
    with nothing_happens(code="not_below"):
        give(who.west_head, work.west, town)
    type(town).objects.filter(pk=town.pk).update(valid_to=factories.day(0))
    assert len(give(who.west_head, work.west, town)) == 1


def test_who_cannot_hand_down(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    for actor, error in [
        (who.west_staff, Forbidden),  # the head signs
        (who.chief, Forbidden),
        (who.leader, Forbidden),
        (who.east_head, Unknown),
    ]:
        with nothing_happens(error):
            give(actor, work.west, city.west_town_government)
    give(deputising(who.west_staff, who.west_head), work.west, city.west_town_government)


def test_twice_gives_one(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    assert len(give(who.west_head, work.west, city.west_town_government)) == 1
    assert give(who.west_head, work.west, city.west_town_government) == []
    assert work.west.parts.count() == 1


@pytest.mark.parametrize("state", [DutyState.MET, DutyState.CANCELLED])
def test_nothing_is_handed_down_of_what_is_over(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, state: str
) -> None:
    Duty.objects.filter(pk=work.west.pk).update(state=state)
    with nothing_happens(WrongState):
        give(who.west_head, work.west, city.west_town_government)


@pytest.mark.usefixtures("committed_db")
def test_two_heads_at_once_give_one(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    results = at_once(*[lambda: give(who.west_head, work.west, city.west_town_government)] * 2)
    assert sorted(len(each) for each in results if isinstance(each, list)) == [0, 1], results
    assert work.west.parts.count() == 1


def test_a_duty_that_does_not_exist(city: SimpleNamespace, who: SimpleNamespace) -> None:
    with nothing_happens(Refused, code="not_found"):
        hand_down(actor=who.west_head, duty=2**70, organisations=[1], due_on=factories.day(1))
