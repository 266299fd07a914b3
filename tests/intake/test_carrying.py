"""A new version of a notice: what people decided about the version before is not lost, and not
taken over where the text is another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.intake.choices import CarriedKind, CarriedState, Decision
from anlan.intake.models import Carried, Clause, Document, Item, Unit
from anlan.intake.services import carrying, checking, publication, reading
from anlan.kernel.access.actor import system
from anlan.kernel.errors import Forbidden, WrongState
from tests import factories
from tests.factories import happening, nothing_happens, this_year, upload
from tests.kernel.access import town
from tests.kernel.access.conftest import browser
from tests.plan.conftest import store as store
from tests.plan.conftest import who as who


@pytest.fixture
def city(db: None, store: Path) -> SimpleNamespace:
    return town.build()


@pytest.fixture
def first(city: SimpleNamespace, who: SimpleNamespace) -> Document:
    """The first version, corrected in every way there is, and published."""
    made = factories.document(city, who.clerk)
    item, clause = made.items.get(), Clause.objects.get(item__document=made)
    Unit.objects.create(item=item, name="各有关单位", role="assist")
    Unit.objects.create(item=item, name="误读局", role="assist")
    named = {each.name: each.pk for each in item.units.all()}
    checking.unit_bind(actor=who.clerk, unit=named["试市能源局"], organisation=city.office)
    checking.unit_leave_out(actor=who.clerk, unit=named["各有关单位"], reason="泛指")
    checking.unit_remove(actor=who.clerk, unit=named["误读局"])
    checking.unit_add(
        actor=who.clerk, item=item.pk, role="responsible", organisation=city.west_government
    )
    checking.item_edit(
        actor=who.clerk, item=item.pk, title="建立档案", due_on=date(this_year(), 6, 30)
    )
    checking.clause_edit(
        actor=who.clerk, clause=clause.pk, value=Decimal(12), assigned=False, measure="a.b"
    )
    return publish(who, made)


def publish(who: SimpleNamespace, document: Document) -> Document:
    publication.document_submit(actor=who.clerk, document=document.pk)
    return publication.document_publish(actor=who.chief, document=document.pk)[0]


def second(city: SimpleNamespace, who: SimpleNamespace, **clause: Any) -> Document:
    """The next version as it is read: like the first one was, but for ``clause``."""
    made = factories.document(city, who.clerk, kind="final")
    item = made.items.get()
    Unit.objects.create(item=item, name="各有关单位", role="assist")
    Unit.objects.create(item=item, name="误读局", role="assist")
    Clause.objects.filter(item=item).update(**clause)
    carrying.carry_over(actor=system(), document=made)
    return made


def told(document: Document) -> dict[tuple[str, str], str]:
    """(what kind of thing, which of its columns) → what became of the decision."""
    return {
        (each.kind, next(iter(each.after or each.before))): each.state
        for each in document.carried.all()
    }


def held(document: Document) -> list[Any]:
    """All that a person can correct, as the document holds it now."""
    items = document.items.order_by("number")
    units = Unit.objects.filter(item__document=document).order_by("name")
    clauses = Clause.objects.filter(item__document=document)
    return [
        list(items.values_list("title", "due_on")),
        list(units.values_list("name", "organisation", "left_out", "note")),
        list(clauses.values_list("text", "value", "assigned", "measure")),
    ]


def pks(document: Document) -> list[int]:
    return list(document.carried.values_list("pk", flat=True))


@pytest.mark.usefixtures("first")
def test_what_was_decided_holds_where_the_reading_is_the_same(
    city: SimpleNamespace, who: SimpleNamespace
) -> None:
    document = second(city, who)
    assert held(document) == [
        [("建立档案", date(this_year(), 6, 30))],
        [
            ("各有关单位", None, True, "泛指"),
            ("西县人民政府", city.west_government.pk, False, ""),
            ("试市能源局", city.office.pk, False, ""),
        ],
        [("检查10家", Decimal(12), False, "a.b")],
    ]
    assert set(told(document).values()) == {CarriedState.TAKEN}
    assert len(told(document)) == 8
    assert document.units_unbound().count() == 0


@pytest.mark.usefixtures("first")
def test_a_new_text_stands_and_the_decision_is_shown(
    city: SimpleNamespace, who: SimpleNamespace
) -> None:
    document = second(city, who, value=Decimal(20))
    assert Clause.objects.get(item__document=document).value == 20
    left = document.carried.get(state=CarriedState.DIFFERS)
    assert (left.was, left.before, left.after) == (
        {"value": "10"}, {"value": "20"}, {"value": "12"},
    )  # fmt: skip
    carrying.carried_take(actor=who.clerk, document=document.pk, carried=[left.pk])
    assert Clause.objects.get(item__document=document).value == 12
    carrying.carried_undo(actor=who.clerk, document=document.pk, carried=[left.pk])
    assert Clause.objects.get(item__document=document).value == 20


@pytest.mark.usefixtures("first")
def test_other_words_on_who_answers_leave_added_and_removed_units_to_a_person(
    city: SimpleNamespace, who: SimpleNamespace
) -> None:
    made = factories.document(city, who.clerk, kind="final")
    Item.objects.filter(document=made).update(responsible="责任单位：试市能源局")
    Unit.objects.create(item=made.items.get(), name="误读局", role="assist")
    carrying.carry_over(actor=system(), document=made)
    units = Unit.objects.filter(item__document=made).values_list("name", flat=True)
    assert set(units) == {"试市能源局", "误读局"}
    states = {each.kind: each.state for each in made.carried.all() if each.item_id}
    assert states[CarriedKind.ADDED] == states[CarriedKind.REMOVED] == CarriedState.DIFFERS
    carrying.carried_take(actor=who.clerk, document=made.pk, carried=pks(made))
    assert set(units.all()) == {"试市能源局", "西县人民政府"}


@pytest.mark.usefixtures("first")
def test_what_is_no_more_in_the_notice_is_said(city: SimpleNamespace, who: SimpleNamespace) -> None:
    made = factories.document(city, who.clerk, kind="final")
    Item.objects.filter(document=made).update(title="全然不同的另一件事")
    before = held(made)[0]
    carrying.carry_over(actor=system(), document=made)
    assert held(made)[0] == before
    missing = made.carried.filter(state=CarriedState.MISSING)
    assert set(missing.values_list("kind", flat=True)) == {"item", "clause", "added"}
    with nothing_happens(WrongState):
        carrying.carried_take(
            actor=who.clerk, document=made.pk, carried=[each.pk for each in missing]
        )


@pytest.mark.usefixtures("first")
def test_all_of_it_can_be_undone_and_taken_again(
    city: SimpleNamespace, who: SimpleNamespace
) -> None:
    document = second(city, who)
    taken, number = held(document), document.carried.count()
    with happening() as happened:
        count = carrying.carried_undo(actor=who.clerk, document=document.pk, carried=pks(document))
    assert count == number
    assert {row.verb for row in happened.audit} == {"intake.carried.undo"}
    assert held(document) == [
        [("建档", date(this_year(), 12, 31))],
        [
            ("各有关单位", None, False, ""),
            ("试市能源局", city.bureau.pk, False, ""),
            ("误读局", None, False, ""),
        ],
        [("检查10家", Decimal(10), True, "")],
    ]
    assert (
        carrying.carried_take(actor=who.clerk, document=document.pk, carried=pks(document))
        == number
    )
    assert held(document) == taken


@pytest.mark.usefixtures("first")
def test_what_was_corrected_since_is_not_undone(
    city: SimpleNamespace, who: SimpleNamespace
) -> None:
    document = second(city, who)
    clause = Clause.objects.get(item__document=document)
    checking.clause_edit(actor=who.clerk, clause=clause.pk, value=Decimal(15))
    of_value = document.carried.get(after={"value": "12"})
    with nothing_happens(WrongState):
        carrying.carried_undo(actor=who.clerk, document=document.pk, carried=[of_value.pk])
    assert (
        carrying.carried_undo(actor=who.clerk, document=document.pk, carried=pks(document))
        == document.carried.count() - 1
    )
    clause.refresh_from_db()
    assert clause.value == 15


@pytest.mark.usefixtures("first")
def test_the_third_version_has_what_the_second_took_over_but_not_what_was_undone(
    city: SimpleNamespace, who: SimpleNamespace
) -> None:
    document = second(city, who)
    undone = document.carried.get(after={"value": "12"})
    carrying.carried_undo(actor=who.clerk, document=document.pk, carried=[undone.pk])
    publish(who, document)
    third = second(city, who)
    assert held(third) == held(document)
    assert ("clause", "value") not in told(third)
    assert ("clause", "measure") in told(third)


def test_without_a_published_version_of_the_year_nothing_is_carried(
    city: SimpleNamespace, who: SimpleNamespace, first: Document
) -> None:
    made = factories.document(city, who.clerk, year=this_year() + 1)
    carrying.carry_over(actor=system(), document=made)
    assert not made.carried.exists()
    checking.document_edit(actor=who.clerk, document=made.pk, year=this_year())  # the right year
    assert made.carried.filter(state=CarriedState.TAKEN).exists()


@pytest.mark.usefixtures("first")
def test_who_may_undo_and_when(city: SimpleNamespace, who: SimpleNamespace) -> None:
    document = second(city, who)
    with nothing_happens(Forbidden):
        carrying.carried_undo(actor=who.chief, document=document.pk, carried=pks(document))
    publication.document_submit(actor=who.clerk, document=document.pk)
    with nothing_happens(WrongState):
        carrying.carried_undo(actor=who.clerk, document=document.pk, carried=pks(document))


@pytest.mark.usefixtures("first")
def test_the_page_lists_what_was_carried_over(city: SimpleNamespace, who: SimpleNamespace) -> None:
    document = second(city, who, value=Decimal(20))
    clerk = browser(who.clerk.person)
    shown = clerk.get(f"/notices/{document.pk}/?tab=units").content.decode()
    assert "沿用上一版的更正 8 处，另有 1 处没有沿用" in shown
    assert "仍然沿用" in shown
    assert "<del>试市能源局</del> → <ins>试市安委办</ins>" in shown
    for word in ("全部撤销沿用", "不对应（泛指）", "增加的单位", "移除的单位", "单独列为任务"):
        assert word in shown
    answer = clerk.post(
        f"/notices/{document.pk}/carried/undo/", {"carried": pks(document)}, follow=True
    )
    assert "已撤销沿用 8 处" in answer.content.decode()
    assert not Carried.objects.filter(state=CarriedState.TAKEN).exists()


TABLE = """2026年重点任务分工
序号\t任务\t主要内容\t责任单位
一\t强化演练\t1. 组织演练。年底前至少组织一次应急演练。\t试市能源局
\t\t2. 更新预案。每半年修订一次预案。\t试市能源局、燃气专班
"""


def test_two_files_read_one_after_the_other(city: SimpleNamespace, who: SimpleNamespace) -> None:
    def read(text: str) -> Document:
        made = reading.document_upload(
            actor=who.clerk, upload=upload(text.encode(), "分工.txt"), area=city.city
        )
        reading.document_read(document=made.pk)
        return Document.objects.get(pk=made.pk)

    old = read(TABLE)
    for name, organisation in {"燃气专班": city.office, "试市能源局": city.bureau}.items():
        unit = Unit.objects.filter(item__document=old, name=name).first()
        assert unit is not None
        checking.unit_bind(actor=who.clerk, unit=unit.pk, organisation=organisation)
    checking.item_edit(actor=who.clerk, item=old.items.get(number=1).pk, due_on=date(2026, 10, 31))
    if points := list(old.points.values_list("pk", flat=True)):
        checking.points_decide(
            actor=who.clerk, document=old.pk, points=points, decision=Decision.ACCEPTED
        )
    checking.document_edit(actor=who.clerk, document=old.pk, issuer="试市人民政府")
    publish(who, old)
    new = read(TABLE.replace("每半年修订", "每季度修订"))
    assert Unit.objects.get(item__document=new, name="燃气专班").organisation == city.office
    assert new.items.get(number=1).due_on == date(2026, 10, 31)
    assert Clause.objects.get(item__document=new, item__number=2).period == "quarter"
    assert new.carried.filter(state=CarriedState.TAKEN).count() == 4
    assert not new.units_unbound().exists()
