"""Role and place come from one grant: who is a clerk here and an official there is not both
everywhere. And whoever acts through a deputy has acted himself."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from anlan.kernel.access.actor import Actor, system
from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Refused
from anlan.kernel.write import Write
from anlan.plan import selectors
from anlan.plan.models import Duty, SupervisionOrder
from anlan.plan.services import extensions, reports
from tests import factories
from tests.factories import deputising
from tests.kernel.access.conftest import actor, grant, user


def also(person: User, role: Role, organisation: object) -> Actor:
    """The person with a second grant elsewhere."""
    grant(person, role, organisation)
    return actor(person)


def proposed(duty: Duty) -> SupervisionOrder:
    with Write(system(), "plan.order.propose") as write:
        return write.add(SupervisionOrder(duty=duty, grounds="逾期"))


def test_the_work_list_is_of_those_for_whom_one_works(
    city: SimpleNamespace, work: SimpleNamespace
) -> None:
    """A leader of the east who works in the bureau has the duties of the bureau to do."""
    person = user(city, "both", Role.UNIT_STAFF, organisation=city.bureau)
    both = also(person, Role.LEADER, city.east_government)
    assert work.east in selectors.duties(both)
    assert set(selectors.my_duties(both)) == {work.bureau, work.counted}


def test_a_proposed_order_is_seen_where_one_is_of_the_office(
    city: SimpleNamespace, work: SimpleNamespace
) -> None:
    """An office's clerk in the west who works for the east does not learn what awaits the east."""
    of_east, of_west = proposed(work.east), proposed(work.west)
    person = user(city, "both", Role.UNIT_STAFF, organisation=city.east_government)
    both = also(person, Role.SCO_STAFF, city.west_government)
    assert set(selectors.orders(both)) == {of_west}
    assert of_east in selectors.orders(actor(user(city, "office", Role.SCO_STAFF)))


def test_a_proposal_waits_for_the_chief_of_the_office_that_gave_the_duty(
    city: SimpleNamespace, work: SimpleNamespace
) -> None:
    """A clerk of the city's office who is chief in the west signs nothing of the city's."""
    order = proposed(work.east)
    person = user(city, "both", Role.SCO_STAFF, organisation=city.office)
    both = also(person, Role.SCO_CHIEF, city.west_government)
    assert not selectors.orders_to_decide(both)
    chief = actor(user(city, "real", Role.SCO_CHIEF, organisation=city.office))
    assert list(selectors.orders_to_decide(chief)) == [order]


def test_an_extension_waits_for_one_who_decides_there(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    extension = extensions.extension_apply(
        actor=who.bureau_staff, duty=work.bureau.pk, until=factories.day(200), text="工期"
    )
    person = user(city, "both", Role.SCO_STAFF, organisation=city.office)
    both = also(person, Role.UNIT_HEAD, city.west_government)
    assert not selectors.to_decide(both)
    assert list(selectors.to_decide(who.chief)) == [extension]


@pytest.mark.parametrize("second", ["principal", "another deputy"])
def test_what_a_deputy_reported_his_principal_does_not_verify(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, second: str
) -> None:
    """The head of the east is clerk of the office besides; a deputy reports in his name."""
    head = user(city, "head", Role.UNIT_HEAD, organisation=city.east_government)
    also(head, Role.SCO_STAFF, city.office)
    deputies = [actor(user(city, name)) for name in ("first", "other")]
    report = reports.report_submit(
        actor=deputising(deputies[0], actor(head)),
        duty=work.east.pk,
        text="进展",
        value=Decimal(30),
    )
    assert report.author == deputies[0].user
    judge = actor(head) if second == "principal" else deputising(deputies[1], actor(head))
    with pytest.raises(Refused) as refused:
        reports.report_accept(actor=judge, report=report.pk)
    assert refused.value.code == "second_person"
    assert reports.report_accept(actor=who.clerk, report=report.pk).state == "accepted"
