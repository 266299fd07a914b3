"""A notice belongs to one area: role and area come from one grant. A deputy's submission is his
principal's too, who is then no second person."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from anlan.intake import flow
from anlan.intake.models import Document, Item, Point, Unit
from anlan.intake.services import checking, publication
from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden, Refused
from tests.factories import deputising
from tests.kernel.access.conftest import actor, grant, user


@pytest.fixture
def ready(city: SimpleNamespace, document: Document) -> Document:
    """Every point decided, every unit bound, every item owned."""
    Unit.objects.filter(item__document=document).update(organisation=city.bureau)
    Unit.objects.create(
        item=Item.objects.get(document=document, number=3), name="局", role="responsible",
        organisation=city.bureau,
    )  # fmt: skip
    Point.objects.filter(document=document).update(decision="accepted")
    assert document.what_is_missing() is None
    return document


@pytest.fixture
def both(city: SimpleNamespace) -> User:
    """Clerk in the city, chief in the west; chief in the city through nobody."""
    person = user(city, "both", Role.SCO_STAFF, organisation=city.office)
    grant(person, Role.SCO_CHIEF, city.west_government)
    return person


def test_a_chief_elsewhere_publishes_and_returns_nothing_here(
    ready: Document, clerk: User, both: User
) -> None:
    submitted = publication.document_submit(actor=actor(clerk), document=ready.pk)
    assert {each.verb for each in flow.DOCUMENT.available(submitted, actor(both))} == {"withdraw"}
    with pytest.raises(Refused, match="没有这项职责"):
        publication.document_publish(actor=actor(both), document=ready.pk)
    with pytest.raises(Refused, match="没有这项职责"):
        publication.document_return(actor=actor(both), document=ready.pk, reason="重核")
    assert Document.objects.get(pk=ready.pk).state == "submitted"


def test_a_clerk_elsewhere_changes_nothing_here(city: SimpleNamespace, ready: Document) -> None:
    """Chief in the city, clerk in the west: he may look, and decide as chief, but not check."""
    person = user(city, "other", Role.SCO_CHIEF, organisation=city.office)
    grant(person, Role.SCO_STAFF, city.west_government)
    assert ready in Document.objects.visible_to(actor(person))
    with pytest.raises(Forbidden):
        checking.document_edit(actor=actor(person), document=ready.pk, title="改")
    with pytest.raises(Refused, match="没有这项职责"):
        publication.document_submit(actor=actor(person), document=ready.pk)


@pytest.mark.parametrize("second", ["principal", "another deputy", "the deputy himself"])
def test_what_a_deputy_submitted_his_principal_does_not_publish(
    city: SimpleNamespace, ready: Document, clerk: User, second: str
) -> None:
    """A chief who is clerk besides lets a deputy submit in his name."""
    head = user(city, "head", Role.SCO_CHIEF, Role.SCO_STAFF, organisation=city.office)
    first, other = (actor(user(city, name)) for name in ("first", "other"))
    publication.document_submit(actor=deputising(first, actor(head)), document=ready.pk)
    judge = {
        "principal": actor(head),
        "another deputy": deputising(other, actor(head)),
        "the deputy himself": deputising(first, actor(head)),
    }[second]
    with pytest.raises(Refused) as refused:
        publication.document_publish(actor=judge, document=ready.pk)
    assert refused.value.code == "second_person"
    chief = user(city, "chief", Role.SCO_CHIEF, organisation=city.office)
    found, _ = publication.document_publish(actor=actor(chief), document=ready.pk)
    assert found.state == "published"


def test_a_document_submitted_again_counts_its_last_submission(
    city: SimpleNamespace, ready: Document, clerk: User
) -> None:
    """Who submitted a version that came back may publish what another then submitted."""
    head = user(city, "head", Role.SCO_CHIEF, Role.SCO_STAFF, organisation=city.office)
    chief = user(city, "chief", Role.SCO_CHIEF, organisation=city.office)
    publication.document_submit(actor=actor(head), document=ready.pk)
    publication.document_return(actor=actor(chief), document=ready.pk, reason="重核")
    publication.document_submit(actor=actor(clerk), document=ready.pk)
    found, _ = publication.document_publish(actor=actor(head), document=ready.pk)
    assert found.published_by == head
