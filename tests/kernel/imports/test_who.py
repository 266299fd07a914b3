"""Who may import what, and who sees whose batches."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.access.models import Grant
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.imports import registry
from anlan.kernel.imports.models import ImportBatch
from anlan.kernel.imports.services.taking import batch_consent
from anlan.kernel.imports.services.uploading import batch_drop, batch_resume, batch_upload
from tests import factories
from tests.factories import nothing_happens
from tests.kernel.access.matrix import Seat, assert_visibility
from tests.kernel.imports import books, villages
from tests.kernel.imports.steps import GOOD


def test_who_sees_a_batch(ready: Any, who: SimpleNamespace, city: SimpleNamespace) -> None:
    rows = {
        "bureau": ready(GOOD),
        "east": ready(GOOD, by=who.east_staff),
        "office": ready(GOOD, by=who.clerk),
    }
    assert_visibility(
        ImportBatch.objects.visible_to,
        rows=rows,
        expected={
            Seat(Role.UNIT_STAFF, city.bureau): {"bureau"},
            Seat(Role.UNIT_STAFF, city.east_government): {"east"},
            Seat(Role.UNIT_STAFF, city.east_town_government): set(),
            Seat(Role.SCO_STAFF, city.office): {"office"},
            Seat(Role.UNIT_HEAD, city.bureau): set(),  # the importer's policy does not let him in
            Seat(Role.SCO_CHIEF, city.office): set(),
            Seat(Role.LEADER, city.government): set(),
            Seat(Role.SYSTEM, city.office): set(),
            Seat(Role.SECURITY, city.office): set(),
            Seat(Role.AUDITOR, city.office): set(),
        },
    )


def test_who_brought_it_sees_it_from_his_new_place_but_does_not_take_it(
    ready: Any, who: SimpleNamespace, city: SimpleNamespace
) -> None:
    batch = ready(GOOD)
    Grant.objects.filter(user=who.bureau_staff.user).update(organisation=city.east_government)
    moved = who.bureau_staff.fresh()
    assert batch in ImportBatch.objects.visible_to(moved)
    with nothing_happens(Refused, match="您在那里没有这项职责"):
        batch_consent(actor=moved, batch=batch.pk, good=3)
    with nothing_happens(Refused, match="您在那里没有这项职责"):
        batch_drop(actor=moved, batch=batch.pk)


def test_anothers_batch_is_unknown(ready: Any, who: SimpleNamespace) -> None:
    batch = ready(GOOD)
    for actor in (who.east_staff, who.bureau_head, who.leader):
        for act in (batch_drop, batch_resume):
            with nothing_happens(Unknown):
                act(actor=actor, batch=batch.pk)
        with nothing_happens(Unknown):
            batch_consent(actor=actor, batch=batch.pk, good=3)


@pytest.mark.parametrize("name", ["bureau_head", "leader", "chief"])
def test_uploading_without_the_importers_policy(
    send: Any, who: SimpleNamespace, name: str, store: Any
) -> None:
    with nothing_happens(Unknown):
        send(GOOD, by=getattr(who, name))
    assert not (store.parent / "imports").exists()


def test_uploading_for_a_foreign_organisation_or_what_is_not_offered(
    who: SimpleNamespace, city: SimpleNamespace, importer: villages.Villages
) -> None:
    upload = factories.upload(books.xlsx([villages.HEAD, *GOOD]), "村.xlsx")
    for organisation, given in ((city.east_government, {}), (None, {"town": "别镇"})):
        with nothing_happens(Unknown):
            batch_upload(
                actor=who.bureau_staff, importer=villages.KEY, given=given,
                organisation=organisation, upload=upload,
            )  # fmt: skip


def test_importers_are_declared_once_and_no_wider_than_the_pages(
    importer: villages.Villages,
) -> None:
    with pytest.raises(ValueError, match="declared twice"), villages.registered():
        pass
    with pytest.raises(Unknown):
        registry.find("tests.nothing")


def test_a_policy_wider_than_the_pages() -> None:
    wide = villages.Policy("tests.wide", "试", (Role.LEADER,))
    with pytest.raises(ValueError, match="wider"), villages.registered(policy=wide):
        pass
    registry._importers.pop(villages.KEY, None)
