"""What the published plan says of a clause is proposed for the same clause of a notice."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from anlan.intake.choices import CarriedSource, CarriedState
from anlan.intake.models import Carried, Clause, Document
from anlan.intake.services import carrying, checking, publication, reading
from anlan.intake.services.suggesting import suggest
from anlan.kernel.access.actor import system
from anlan.kernel.indicators.models import DefinitionVersion
from anlan.notices.reading import read_notice
from anlan.plan.loading import _clauses as of_facts
from anlan.plan.models import Clause as Published
from anlan.plan.models import KeyDuty
from tests import factories
from tests.factories import this_year
from tests.kernel.access import town
from tests.kernel.access.conftest import browser
from tests.plan.conftest import store as store
from tests.plan.conftest import who as who
from tests.plan.test_bound_quotas import items
from tests.records.conftest import types as types
from tests.shared import shared


@pytest.fixture
def city(db: None, store: Path) -> SimpleNamespace:
    return town.build()


@pytest.fixture
def published(city: SimpleNamespace, types: SimpleNamespace) -> Published:
    """The plan has the clause of ``factories.document`` with an indicator and a subject."""
    item = factories.key_duty(factories.plan(city))
    KeyDuty.objects.filter(pk=item.pk).update(title="建档")
    return factories.clause(item, measure="records.visit", subject="市县政府", assigned=True)


def read(city: SimpleNamespace, who: SimpleNamespace, **more: object) -> Document:
    """A document as the reader leaves it."""
    made = factories.document(city, who.clerk, **more)
    carrying.carry_over(actor=system(), document=made)
    suggest(actor=system(), document=made)
    return made


def clause_of(document: Document) -> Clause:
    return Clause.objects.get(item__document=document)


@pytest.mark.usefixtures("published")
def test_indicator_and_subject_are_proposed_and_undone(
    city: SimpleNamespace, who: SimpleNamespace
) -> None:
    document = read(city, who)
    clause = clause_of(document)
    assert (clause.measure, clause.subject) == ("records.visit", "市县政府")
    rows = list(document.carried.all())
    assert {(each.source, each.state) for each in rows} == {("plan", "taken")}
    carrying.carried_undo(actor=who.clerk, document=document.pk, carried=[e.pk for e in rows])
    clause.refresh_from_db()
    assert (clause.measure, clause.subject) == ("", "")
    carrying.carried_take(actor=who.clerk, document=document.pk, carried=[rows[0].pk])
    clause.refresh_from_db()
    assert "records.visit" in (clause.measure, "") or clause.subject == "市县政府"


@pytest.mark.usefixtures("published")
def test_the_page_calls_it_a_proposal(city: SimpleNamespace, who: SimpleNamespace) -> None:
    document = read(city, who)
    clerk = browser(who.clerk.person)
    shown = clerk.get(f"/notices/{document.pk}/?tab=clauses").content.decode()
    assert "按已发布的任务建议 2 处" in shown
    assert "撤销建议" in shown
    assert "沿用上一版的更正" not in shown
    name = DefinitionVersion.objects.get(definition__key="records.visit").name
    assert f"<ins>{name}</ins>" in shown  # by its name: nobody knows keys
    pks = list(document.carried.values_list("pk", flat=True))
    answer = clerk.post(f"/notices/{document.pk}/carried/undo/", {"carried": pks}, follow=True)
    assert "已撤销建议" in answer.content.decode()


def test_what_nobody_defined_and_what_is_unlike_is_not_proposed(
    city: SimpleNamespace, who: SimpleNamespace, published: Published
) -> None:
    Published.objects.filter(pk=published.pk).update(measure="nobody.defined", subject="")
    assert not read(city, who).carried.exists()
    Published.objects.filter(pk=published.pk).update(measure="records.visit")
    KeyDuty.objects.update(title="全然不同的一件事情")
    assert not read(city, who).carried.exists()


@pytest.mark.usefixtures("published")
def test_the_next_version_carries_it_over_and_an_undone_one_is_not_proposed_again(
    city: SimpleNamespace, who: SimpleNamespace
) -> None:
    first = read(city, who)
    subject = first.carried.get(after__has_key="subject")
    carrying.carried_undo(actor=who.clerk, document=first.pk, carried=[subject.pk])
    checking.clause_edit(actor=who.clerk, clause=clause_of(first).pk, subject="各县")
    publication.document_submit(actor=who.clerk, document=first.pk)
    publication.document_publish(actor=who.chief, document=first.pk)
    second = read(city, who)
    clause = clause_of(second)
    assert (clause.measure, clause.subject) == ("records.visit", "各县")
    assert {(e.source, e.state) for e in second.carried.all()} == {
        (CarriedSource.VERSION, CarriedState.TAKEN)
    }


def test_a_year_without_a_plan_proposes_from_the_one_before(
    city: SimpleNamespace, who: SimpleNamespace, published: Published
) -> None:
    later = read(city, who, year=this_year() + 1)
    assert clause_of(later).measure == "records.visit"
    earlier = read(city, who, year=this_year() - 1)
    assert clause_of(earlier).measure == ""


def test_the_real_notice_over_the_shipped_facts(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    """Its five numbers of items 3, 4 and 11 and its condition get the indicators of the facts,
    and the half-yearly meeting its subject, which the notice does not say in that clause."""
    notice = read_notice(shared("notices/luliang-2025-draft.txt"))
    plan = factories.plan(city, year=2025)
    for number, facts in items().items():
        item = factories.key_duty(plan, number)
        KeyDuty.objects.filter(pk=item.pk).update(title=facts["title"])
        for place, draft in enumerate(of_facts(facts), start=1):
            if draft.measure:
                factories.define(draft.measure, measure="records.visit")
            words = {name: getattr(draft, name) for name in _WORDS}
            Published.objects.create(key_duty=item, number=place, **words)
    document = Document.objects.create(
        file=factories.stored(who.clerk), name="通知", area=city.city, uploaded_by=who.clerk.user
    )
    reading._store(document, notice)
    bound = Clause.objects.filter(item__document=document).exclude(measure="")
    assert {(each.item.number, each.measure) for each in bound.select_related("item")} == {
        (3, "records.key_few_training"),
        (4, "records.special_meeting"),
        (4, "records.problem_solved"),
        (11, "records.sector_problem_solved"),
        (11, "registry.ponds_to_close"),
        (11, "registry.parks_above_d"),
    }
    assert bound.get(measure="records.special_meeting").subject == "市县党委政府"
    assert Carried.objects.filter(document=document, source=CarriedSource.PLAN).count() >= 7


_WORDS = (
    "text", "kind", "part", "subject", "value", "value_max", "unit", "op", "period", "deadline",
    "window_months", "measure", "assigned",
)  # fmt: skip
