"""The second person: who verifies what, and that nobody verifies his own."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.orgs.models import Organisation
from anlan.records import selectors
from anlan.records.models import Record
from anlan.records.services import recording, verifying
from tests.factories import at_once, deputising, happening, nothing_happens
from tests.kernel.access.conftest import actor, grant, user
from tests.records.conftest import submitted, verified, written

BY = {
    "clerk": {"bureau", "east", "town"},
    "chief": {"bureau", "east", "town"},
    "county_clerk": {"east", "town"},
    "west_clerk": set(),
    "east_staff": {"town"},
    "east_head": {"town"},
    "bureau_head": set(),  # not what its own unit recorded
    "town_head": set(),
    "west_head": set(),
}


@pytest.fixture
def waiting(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> dict[str, Record]:
    return {
        "bureau": submitted(who.bureau_staff, city.bureau),
        "east": submitted(who.east_staff, city.east_government),
        "town": submitted(who.town_staff, city.east_town_government),
    }


def judges(city: SimpleNamespace, who: SimpleNamespace) -> dict[str, Actor]:
    made = {
        name: actor(user(city, name, Role.SCO_STAFF, organisation=unit))
        for name, unit in [
            ("county_clerk", city.east_government), ("west_clerk", city.west_government),
        ]
    }  # fmt: skip
    return {name: made.get(name) or getattr(who, name) for name in BY}


def test_who_verifies_what(
    city: SimpleNamespace, who: SimpleNamespace, waiting: dict[str, Record]
) -> None:
    """The queue, the buttons and the service say the same."""
    for name, judge in judges(city, who).items():
        own = {key for key, each in waiting.items() if each.author == judge.user}
        queue = {key for key, each in waiting.items() if each in selectors.to_verify(judge)}
        assert queue == BY[name] - own, name
        assert selectors.waiting_count(judge) == len(queue)
        for key in waiting.keys() - queue:
            with nothing_happens():
                verifying.record_verify(actor=judge, record=waiting[key].pk)


def test_a_verified_record_names_its_verifier(
    who: SimpleNamespace, waiting: dict[str, Record]
) -> None:
    with happening() as found:
        made = verifying.record_verify(actor=who.east_head, record=waiting["town"].pk)
    assert (made.state, made.verifier, made.reason) == ("verified", who.east_head.user, "")
    assert found.kinds() == ["record.changed"]
    with nothing_happens(WrongState):
        verifying.record_return(actor=who.clerk, record=made.pk, reason="晚了")


def test_a_returned_record_tells_its_author_why(
    who: SimpleNamespace, waiting: dict[str, Record]
) -> None:
    with nothing_happens(code="reason_needed"):
        verifying.record_return(actor=who.clerk, record=waiting["east"].pk, reason=" ")
    with happening() as found:
        made = verifying.record_return(actor=who.clerk, record=waiting["east"].pk, reason="补照片")
    assert (made.state, made.reason) == ("returned", "补照片")
    assert found.told_to("record.returned") == {"east_staff"}


# --- the second person ----------------------------------------------------------------------------


@pytest.fixture
def both(city: SimpleNamespace) -> Actor:
    """Head of the east and clerk of the city's office at once."""
    person = user(city, "both", Role.UNIT_HEAD, organisation=city.east_government)
    grant(person, Role.SCO_STAFF, city.office)
    return actor(person)


def refuses(judge: Actor, record: Record) -> None:
    assert record not in selectors.to_verify(judge)
    with nothing_happens(code="second_person"):
        verifying.record_verify(actor=judge, record=record.pk)
    with nothing_happens(code="second_person"):
        verifying.record_return(actor=judge, record=record.pk, reason="x")
    with nothing_happens(code="second_person"):
        verifying.records_verify(actor=judge, records=[record.pk], reason="x")


def test_nobody_verifies_what_he_wrote(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace, both: Actor
) -> None:
    refuses(both, submitted(both, city.east_government))
    with_help = written(who.east_staff, city.east_government)
    recording.record_submit(actor=both, record=with_help.pk)  # who submits has said it too
    refuses(both, with_help)
    others = submitted(who.east_staff, city.east_government)
    assert verifying.record_verify(actor=both, record=others.pk, reason="x").state == "verified"


def test_nor_what_was_written_in_his_name(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace, both: Actor
) -> None:
    deputies = [actor(user(city, name)) for name in ("first", "other")]
    made = submitted(deputising(deputies[0], both), city.east_government)
    assert made.author == deputies[0].user
    refuses(both, made)
    refuses(deputising(deputies[1], both), made)
    assert verifying.record_verify(actor=who.clerk, record=made.pk).state == "verified"


# --- several at once ------------------------------------------------------------------------------


def test_several_at_once(who: SimpleNamespace, waiting: dict[str, Record]) -> None:
    pks = [each.pk for each in waiting.values()]
    verifying.record_verify(actor=who.chief, record=pks[0])
    with happening() as found:
        made = verifying.records_verify(actor=who.clerk, records=[*pks, pks[1]])
    assert {each.pk for each in made} == set(pks[1:])  # the first was done by another
    assert found.kinds() == ["record.changed"] * 2


def test_several_need_words_where_one_is_marked(
    city: SimpleNamespace, who: SimpleNamespace, waiting: dict[str, Record]
) -> None:
    marked = submitted(who.bureau_staff, city.bureau)  # the same words on the same day
    pks = [waiting["east"].pk, marked.pk]
    with nothing_happens(code="reason_needed", match="到东山矿检查"):
        verifying.records_verify(actor=who.clerk, records=pks)
    with nothing_happens(code="reason_needed"):
        verifying.record_verify(actor=who.clerk, record=marked.pk, reason=" ")
    assert len(verifying.records_verify(actor=who.clerk, records=pks, reason="两次检查")) == 2


def test_several_are_verified_all_or_none(who: SimpleNamespace, waiting: dict[str, Record]) -> None:
    pks = [each.pk for each in waiting.values()]
    with nothing_happens(Unknown):
        verifying.records_verify(actor=who.east_head, records=pks)  # the bureau's is out of sight
    with nothing_happens(Refused, match="没有一条被核验"):
        verifying.records_verify(
            actor=who.east_head, records=[waiting["town"].pk, waiting["east"].pk]
        )
    for records, code in [([], "none_chosen"), (range(1, 300), "too_many")]:
        with nothing_happens(code=code):
            verifying.records_verify(actor=who.clerk, records=records)


def test_two_verifiers_at_once(
    committed_db: None, city: SimpleNamespace, who: SimpleNamespace, waiting: dict[str, Record]
) -> None:
    pk = waiting["town"].pk
    results = at_once(
        lambda: verifying.record_verify(actor=who.clerk, record=pk),
        lambda: verifying.record_return(actor=who.east_head, record=pk, reason="x"),
    )
    assert sum(isinstance(each, WrongState) for each in results) == 1


# --- taking back ----------------------------------------------------------------------------------


def test_who_takes_back_what(
    city: SimpleNamespace, who: SimpleNamespace, waiting: dict[str, Record]
) -> None:
    waits = waiting["town"]
    with nothing_happens(code="guard", match="核验人请退回"):
        verifying.record_withdraw(actor=who.clerk, record=waits.pk, reason="错了")
    with nothing_happens(code="reason_needed"):
        verifying.record_withdraw(actor=who.town_staff, record=waits.pk, reason="")
    done = verified(who.bureau_staff, who.clerk, city.bureau, title="又一矿")
    with nothing_happens(Forbidden):
        verifying.record_withdraw(actor=who.leader, record=done.pk, reason="错了")
    with happening() as found:
        made = verifying.record_withdraw(actor=who.clerk, record=done.pk, reason="照片不实")
    assert (made.state, made.reason) == ("withdrawn", "照片不实")
    assert found.told_to("record.withdrawn") == {"bureau_staff"}
    assert found.kinds() == ["record.changed"]
    with happening() as found:
        verifying.record_withdraw(actor=who.town_staff, record=waits.pk, reason="记错了单位")
    assert found.told_to("record.withdrawn") == set()  # nobody is told what he did himself


def test_a_superior_that_became_the_unit_itself_no_longer_verifies(
    city: SimpleNamespace, who: SimpleNamespace, waiting: dict[str, Record]
) -> None:
    """By the order of today: the township now answers to the west."""
    town = Organisation.objects.get(pk=city.east_town_government.pk)
    town.parent, town.path = city.west_government, f"{city.west_government.path}/{town.code}"
    town.save()
    with nothing_happens(Unknown):
        verifying.record_verify(actor=who.east_head, record=waiting["town"].pk)
    assert verifying.record_verify(actor=who.west_head, record=waiting["town"].pk).pk
