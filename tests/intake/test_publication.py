"""Submitting, publishing, revising: a second person, all or nothing, only what changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from anlan.intake.choices import Decision, DocumentState
from anlan.intake.models import Clause, Document, Item, Point, Unit
from anlan.intake.services import checking, publication
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.plan.models import Duty, KeyDuty, Plan, Report
from anlan.plan.services.reports import report_accept, report_submit
from tests import factories
from tests.factories import at_once, counts, deputising, happening, nothing_happens, this_year
from tests.kernel.access import town
from tests.kernel.access.conftest import actor as actor_of
from tests.kernel.access.conftest import grant
from tests.plan.conftest import _log_guards as _log_guards
from tests.plan.conftest import committed_db as committed_db
from tests.plan.conftest import store as store
from tests.plan.conftest import who as who


@pytest.fixture
def city(db: None, store: Path) -> SimpleNamespace:
    return town.build()


@pytest.fixture
def review(city: SimpleNamespace, who: SimpleNamespace) -> Document:
    return factories.document(city, who.clerk)


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def publish(who: SimpleNamespace, document: Document) -> list[Any]:
    publication.document_submit(actor=who.clerk, document=document.pk)
    return publication.document_publish(actor=who.chief, document=document.pk)[1]


# --- submitting and publishing -----------------------------------------------------------------


def test_submitting_tells_the_chief_in_the_same_breath(
    who: SimpleNamespace, review: Document
) -> None:
    with happening() as happened:
        publication.document_submit(actor=who.clerk, document=review.pk)
    assert fresh(review).state == DocumentState.SUBMITTED
    assert happened.told_to("document.submitted") == {"chief"}
    assert len({row.xid for row in happened.audit}) == 1, "one transaction"


def test_publishing_makes_the_plan(who: SimpleNamespace, review: Document) -> None:
    with happening() as happened:
        publish(who, review)
    review = fresh(review)
    plan = Plan.objects.get()
    assert (review.state, review.plan, review.published_by) == (
        DocumentState.PUBLISHED, plan, who.chief.user,
    )  # fmt: skip
    assert (plan.year, plan.origin, plan.key_duties.count()) == (this_year(), review.pk, 1)
    assert Duty.objects.count() == 2  # the item as a whole, and its clause
    assert "plan.published" in happened.kinds()
    assert {row.user_id for row in happened.audit if row.table_name == "plan_duty"} == {
        who.chief.user.pk
    }


def _open_point(document: Document) -> None:
    document.points.update(decision=Decision.OPEN)


def _unbind(document: Document) -> None:
    Unit.objects.filter(item__document=document).update(organisation=None)


def _no_owner(document: Document) -> None:
    Unit.objects.filter(item__document=document).delete()


def _no_year(document: Document) -> None:
    Document.objects.filter(pk=document.pk).update(year=None)


def _later_year(document: Document) -> None:
    Document.objects.filter(pk=document.pk).update(year=this_year() + 1)


def _no_items(document: Document) -> None:
    document.items.all().delete()


def _early(document: Document) -> None:
    document.items.update(due_on=date(1, 1, 1))


def _late(document: Document) -> None:
    document.items.update(due_on=date.max)


def _clause_late(document: Document) -> None:
    Clause.objects.filter(item__document=document).update(deadline=date.max)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_open_point, "1 条核对事项没有处理"), (_unbind, "没有对应到单位库"),
        (_no_owner, "没有责任单位"), (_no_year, "没有读出年度"), (_no_items, "没有读出任何任务"),
        (_later_year, "早于"), (_early, "早于"), (_late, "过晚"), (_clause_late, "条款的期限不对"),
    ],
)  # fmt: skip
def test_nothing_is_published_unchecked(
    who: SimpleNamespace, review: Document, spoil: Any, said: str
) -> None:
    spoil(review)
    with nothing_happens(code="guard", match=said):
        publication.document_submit(actor=who.clerk, document=review.pk)
    Document.objects.filter(pk=review.pk).update(
        state=DocumentState.SUBMITTED, submitted_by=who.clerk.user
    )
    with nothing_happens(code="guard", match=said):
        publication.document_publish(actor=who.chief, document=review.pk)


def test_a_second_person_publishes(
    city: SimpleNamespace, who: SimpleNamespace, review: Document
) -> None:
    grant(who.clerk.person, Role.SCO_CHIEF, city.office)
    both = actor_of(who.clerk.person)
    publication.document_submit(actor=both, document=review.pk)
    for actor in (both, deputising(both, who.chief), deputising(who.leader, both)):
        with nothing_happens(code="second_person"):
            publication.document_publish(actor=actor, document=review.pk)
    for actor, error in [(who.clerk2, Forbidden), (who.leader, Unknown), (who.east_head, Unknown)]:
        with nothing_happens(error):
            publication.document_publish(actor=actor, document=review.pk)
    publication.document_publish(actor=who.chief, document=review.pk)


def test_returning_needs_a_reason(who: SimpleNamespace, review: Document) -> None:
    publication.document_submit(actor=who.clerk, document=review.pk)
    with nothing_happens(code="reason_needed"):
        publication.document_return(actor=who.chief, document=review.pk, reason=" ")
    publication.document_return(actor=who.chief, document=review.pk, reason="第 1 项有误")
    assert fresh(review).state == DocumentState.REVIEW


@pytest.mark.usefixtures("committed_db")
def test_published_once_though_two_press_at_once(who: SimpleNamespace, review: Document) -> None:
    publication.document_submit(actor=who.clerk, document=review.pk)
    results = at_once(
        lambda: publication.document_publish(actor=who.chief, document=review.pk),
        lambda: publication.document_publish(actor=who.chief, document=review.pk),
    )
    assert sum(isinstance(each, WrongState) for each in results) == 1, results
    assert (Plan.objects.count(), Duty.objects.count()) == (1, 2)


_KILLED = """
import os, signal, sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from anlan.intake.services import publication
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import User
from anlan.plan.models import Duty
real = publication.publish
def publish_and_die(write, draft):
    done = real(write, draft)
    assert Duty.objects.count() == 2
    os.kill(os.getpid(), signal.SIGKILL)
publication.publish = publish_and_die
actor = Actor(user=User.objects.get(username="chief"))
publication.document_publish(actor=actor, document=int(sys.argv[2]))
"""


@pytest.mark.usefixtures("committed_db")
def test_killed_in_the_middle_of_publishing(who: SimpleNamespace, review: Document) -> None:
    """A process dies with everything written and nothing committed: nothing is there; then all."""
    publication.document_submit(actor=who.clerk, document=review.pk)
    before = counts()
    name = str(connection.settings_dict["NAME"])
    died = subprocess.run(
        [sys.executable, "-c", _KILLED, name, str(review.pk)],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "anlan.config.settings"},
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert counts() == before
    assert fresh(review).state == DocumentState.SUBMITTED
    publication.document_publish(actor=who.chief, document=review.pk)
    assert Duty.objects.count() == 2


# --- revising ----------------------------------------------------------------------------------


def _add_item(document: Document, number: int, title: str, organisation: Any) -> Item:
    item = Item.objects.create(
        document=document, number=number, title=title, text=title, due_on=date(this_year(), 12, 31)
    )
    Unit.objects.create(item=item, name=str(organisation), role="lead", organisation=organisation)
    return item


def _states() -> dict[str, str]:
    return {str(each): each.state for each in Duty.objects.all()}


def test_a_later_version_changes_only_what_changed(
    city: SimpleNamespace, who: SimpleNamespace, review: Document
) -> None:
    """One item renamed, one clause removed, one unit added; the report stays where it was."""
    _add_item(review, 2, "不变的一项", city.east_government)
    publish(who, review)
    whole = Duty.objects.get(organisation=city.bureau, clause=None)
    other = Duty.objects.get(organisation=city.east_government)
    report = report_submit(
        actor=who.bureau_staff, duty=whole.pk, text="一半", value=Decimal(50),
        evidence=[factories.stored(who.bureau_staff)],
    )  # fmt: skip
    report_accept(actor=who.clerk, report=report.pk)
    final = factories.document(city, who.clerk, kind="final")
    _add_item(final, 2, "不变的一项", city.east_government)
    item = final.items.get(number=1)
    Item.objects.filter(pk=item.pk).update(text="年底前建档并更新")
    item.clauses.all().delete()
    Unit.objects.create(item=item, name="西县", role="assist", organisation=city.west_government)
    changes = publish(who, final)
    assert Plan.objects.count() == 1
    assert KeyDuty.objects.count() == 2
    again = fresh(whole)
    assert (again.state, again.progress, again.standing) == ("open", 50, fresh(whole).standing)
    assert Report.objects.get(duty=whole).state == "accepted"
    cancelled = Duty.objects.filter(state="cancelled")
    assert [each.clause.text for each in cancelled] == ["检查10家"]
    assert Duty.objects.filter(organisation=city.west_government).count() == 1
    assert fresh(other).due_on == other.due_on
    assert not [each for each in changes if "不变的一项" in each.name]
    assert {(each.what, each.how) for each in changes} == {
        ("key_duty", "changed"), ("clause", "removed"), ("owner", "added"),
        ("duty", "added"), ("duty", "removed"),
    }  # fmt: skip


def test_a_supplement_only_adds(
    city: SimpleNamespace, who: SimpleNamespace, review: Document
) -> None:
    publish(who, review)
    before = _states()
    more = factories.document(city, who.clerk, kind="supplement")
    more.items.all().delete()
    _add_item(more, 1, "追加的一项", city.west_government)
    changes = publish(who, more)
    assert {each.how for each in changes} == {"added"}
    after = _states()
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1
    assert sorted(KeyDuty.objects.values_list("number", flat=True)) == [1, 2]


def test_publishing_the_same_again_changes_nothing(
    city: SimpleNamespace, who: SimpleNamespace, review: Document
) -> None:
    publish(who, review)
    again = factories.document(city, who.clerk, kind="final")
    duties = list(Duty.objects.order_by("pk").values())
    assert publish(who, again) == []
    assert list(Duty.objects.order_by("pk").values()) == duties


def test_a_preview_leaves_no_trace(who: SimpleNamespace, review: Document) -> None:
    before = counts()
    changes = publication.preview(actor=who.clerk, document=review)
    assert {each.what for each in changes} >= {"key_duty", "clause", "owner", "duty"}
    assert counts() == before


# --- checking ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("committed_db")
def test_two_people_checking_at_once_lose_nothing(who: SimpleNamespace, review: Document) -> None:
    item, clause = review.items.get(), Clause.objects.get()
    results = at_once(
        lambda: checking.item_edit(actor=who.clerk, item=item.pk, title="新的题目"),
        lambda: checking.item_edit(actor=who.clerk2, item=item.pk, due_on=date(this_year(), 6, 30)),
        lambda: checking.clause_edit(actor=who.clerk2, clause=clause.pk, value=Decimal(9)),
    )
    assert not [each for each in results if isinstance(each, Exception)], results
    assert (fresh(item).title, fresh(item).due_on) == ("新的题目", date(this_year(), 6, 30))
    assert fresh(clause).value == 9


@pytest.mark.usefixtures("committed_db")
def test_no_correction_slips_in_behind_the_submission(
    who: SimpleNamespace, review: Document
) -> None:
    item = review.items.get()
    results = at_once(
        lambda: publication.document_submit(actor=who.clerk, document=review.pk),
        lambda: checking.item_edit(actor=who.clerk2, item=item.pk, title="改"),
    )
    assert not isinstance(results[0], Exception), results
    assert isinstance(results[1], Item | WrongState), results
    with nothing_happens(WrongState):
        checking.item_edit(actor=who.clerk2, item=item.pk, title="再改")


@pytest.mark.parametrize("decision", [Decision.IGNORED, Decision.CORRECTED])
def test_a_point_is_not_waved_away(
    who: SimpleNamespace, review: Document, decision: Decision
) -> None:
    point = Point.objects.get()
    with nothing_happens(code="reason_needed"):
        checking.points_decide(
            actor=who.clerk, document=review.pk, points=[point.pk], decision=decision, note=" "
        )


def test_leaving_a_unit_out_keeps_the_reason(who: SimpleNamespace, review: Document) -> None:
    unit = Unit.objects.get()
    with nothing_happens(code="reason_needed"):
        checking.unit_leave_out(actor=who.clerk, unit=unit.pk, reason=" ")
    with happening() as happened:
        checking.unit_leave_out(actor=who.clerk, unit=unit.pk, reason="已撤销")
    assert (fresh(unit).left_out, fresh(unit).note, fresh(unit).organisation) == (
        True, "已撤销", None,
    )  # fmt: skip
    row = next(each for each in happened.audit if each.table_name == "intake_unit")
    assert (row.verb, row.reason) == ("intake.unit.leave_out", "已撤销")


EDITS: dict[str, Any] = {
    "item": lambda actor, doc: checking.item_edit(
        actor=actor, item=doc.items.get().pk, title="改"),
    "clause": lambda actor, doc: checking.clause_edit(
        actor=actor, clause=Clause.objects.get().pk, text="改"),
    "document": lambda actor, doc: checking.document_edit(
        actor=actor, document=doc.pk, title="改"),
    "unit": lambda actor, doc: checking.unit_remove(actor=actor, unit=Unit.objects.get().pk),
    "point": lambda actor, doc: checking.points_decide(
        actor=actor, document=doc.pk, points=[Point.objects.get().pk],
        decision=Decision.ACCEPTED),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_who_cannot_correct_and_when(who: SimpleNamespace, review: Document, edit: str) -> None:
    with nothing_happens(Forbidden):
        EDITS[edit](who.chief, review)
    with nothing_happens(Unknown):
        EDITS[edit](who.east_head, review)
    publication.document_submit(actor=who.clerk, document=review.pk)
    with nothing_happens(WrongState):
        EDITS[edit](who.clerk, review)


@pytest.mark.parametrize(
    ("edit", "fields", "code"),
    [
        ("item", {"due_on": date(1, 1, 1)}, "date_impossible"),
        ("item", {"due_on": date.max}, "date_impossible"),
        ("item", {"title": "长" * 201}, "invalid"),
        ("item", {"title": ""}, "invalid"),
        ("clause", {"deadline": date.max}, "date_impossible"),
        ("clause", {"value": Decimal(10) ** 12}, "invalid"),
        ("clause", {"kind": "nonsense"}, "invalid"),
        ("document", {"year": 0}, "year_impossible"),
        ("document", {"year": 32767}, "year_impossible"),
        ("document", {"title": "\0"}, "invalid"),
    ],
)
def test_what_cannot_be_typed(
    who: SimpleNamespace, review: Document, edit: str, fields: dict[str, Any], code: str
) -> None:
    with nothing_happens(Refused, code=code):
        if edit == "item":
            checking.item_edit(actor=who.clerk, item=review.items.get().pk, **fields)
        elif edit == "clause":
            checking.clause_edit(actor=who.clerk, clause=Clause.objects.get().pk, **fields)
        else:
            checking.document_edit(actor=who.clerk, document=review.pk, **fields)


def test_the_office_of_another_area_sees_none_of_it(
    city: SimpleNamespace, who: SimpleNamespace, review: Document
) -> None:
    other: Actor = actor_of(
        factories.user(city, "county", Role.SCO_STAFF, organisation=city.east_government)
    )
    assert not Document.objects.visible_to(other).exists()
    assert Document.objects.visible_to(who.clerk).filter(pk=F("pk")).count() == 1
