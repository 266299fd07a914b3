"""Two clerks with the same document open: nobody's decision is silently written over."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import Client

from anlan.intake.choices import Decision
from anlan.intake.models import Document, Item, Point
from anlan.intake.services import checking
from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.orgs.models import Organisation, OrganisationName
from anlan.kernel.orgs.naming import key
from tests.kernel.access.conftest import actor, browser, user


@pytest.fixture
def other(city: SimpleNamespace) -> User:
    return user(city, "other", Role.SCO_STAFF, organisation=city.office)


def _decide_url(client: Client, document: Document) -> str:
    page = client.get(f"/notices/{document.pk}/?tab=points").content.decode()
    found = re.search(r'action="([^"]+points/\?[^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_a_point_that_another_decided_since_is_not_decided_again(
    document: Document, clerk: User, other: User
) -> None:
    mine = browser(clerk)
    url = _decide_url(mine, document)
    point = document.points.get(number=3)
    checking.points_decide(
        actor=actor(other),
        document=document.pk,
        points=[point.pk],
        decision=Decision.IGNORED,
        note="另有安排",
    )
    answer = mine.post(url, {"points": [point.pk], "decision": "accepted", "note": "我的意见"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "处理为“不处理”，没有覆盖" in text
    assert 'value="我的意见"' in text
    point.refresh_from_db()
    assert point.note == "另有安排"
    again = mine.post(_decide_url(mine, document), {"points": [point.pk], "decision": "accepted"})
    assert again.status_code == 302  # having seen it, one may
    assert Point.objects.get(pk=point.pk).decision == Decision.ACCEPTED


def test_all_of_a_kind_leaves_the_other_kinds_alone(document: Document, clerk: User) -> None:
    browser(clerk).post(
        f"/notices/{document.pk}/points/?code=no_date", {"all": "1", "decision": "accepted"}
    )
    decided = document.points.exclude(decision=Decision.OPEN).values_list("number", flat=True)
    assert sorted(decided) == [1, 2, 3]


def test_an_item_that_another_changed_since_asks_before_overwriting(
    document: Document, clerk: User, other: User
) -> None:
    mine, item = browser(clerk), document.items.get(number=1)
    url = f"/notices/{document.pk}/items/{item.pk}/"
    seen = re.search(r'name="seen" value="(\w+)"', mine.get(url).content.decode())
    assert seen
    checking.item_edit(actor=actor(other), item=item.pk, title="他改的标题")
    typed = {"title": "我改的标题", "text": "新", "due_on": "2025-12-31", "seen": seen[1]}
    answer = mine.post(url, typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "已被另一人修改" in text
    assert "我改的标题" in text
    assert Item.objects.get(pk=item.pk).title == "他改的标题"
    fresh = re.search(r'name="seen" value="(\w+)"', text)
    assert fresh
    assert mine.post(url, {**typed, "seen": fresh[1]}).status_code == 302
    assert Item.objects.get(pk=item.pk).title == "我改的标题"


@pytest.mark.parametrize(("verb", "left"), [("drop", 0), ("keep", 1)])
def test_a_unit_that_the_table_lacks_is_dropped_or_kept_in_one_press(
    document: Document, clerk: User, verb: str, left: int
) -> None:
    point = document.points.get(number=1)
    browser(clerk).post(f"/notices/{document.pk}/points/{point.pk}/unit/", {"do": verb})
    units = document.items.get(number=2).units.filter(name="试市能源局")
    assert units.count() == left
    point.refresh_from_db()
    assert point.decision == Decision.CORRECTED
    assert "试市能源局" in point.note


def test_a_unit_that_the_body_lacks_is_added_in_one_press(document: Document, clerk: User) -> None:
    point = Point.objects.create(
        document=document, number=9, kind="difference", code="unit_missing_in_body",
        item_number=3, table="试市能源局",
    )  # fmt: skip
    bureau = Organisation.objects.get(short_name="试市能源局")
    OrganisationName.objects.create(
        organisation=bureau, area=bureau.area, name=bureau.name, key=key(bureau.name)
    )
    url = f"/notices/{document.pk}/points/{point.pk}/unit/"
    assert browser(clerk).post(url, {"do": "add"}).status_code == 302
    [unit] = document.items.get(number=3).units.all()
    assert str(unit.organisation) == "试市能源局"
    assert unit.role == "responsible"


def test_a_unit_nobody_knows_is_not_added_and_the_point_stays_open(
    document: Document, clerk: User
) -> None:
    point = Point.objects.create(
        document=document, number=9, kind="difference", code="unit_missing_in_body",
        item_number=3, table="没有这个局",
    )  # fmt: skip
    answer = browser(clerk).post(f"/notices/{document.pk}/points/{point.pk}/unit/", {"do": "add"})
    assert "单位库中没有唯一的“没有这个局”" in answer.content.decode()
    point.refresh_from_db()
    assert point.decision == Decision.OPEN
    assert not document.items.get(number=3).units.exists()
