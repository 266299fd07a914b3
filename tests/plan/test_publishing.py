"""Publishing and revising a plan: only what changed is changed, history stays, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.kernel.access.actor import system
from anlan.kernel.access.models import User
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Refused
from anlan.kernel.events.models import Event
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write
from anlan.plan.drafts import ClauseDraft, KeyDutyDraft, OwnerDraft, PlanDraft
from anlan.plan.models import Assignment, Clause, Duty, KeyDuty, Plan, Report
from anlan.plan.publishing import Change, publish
from tests.kernel.access.conftest import user

pytestmark = pytest.mark.django_db

YEAR = 2026
YEAR_END = date(YEAR, 12, 31)


def owners(*organisations: Organisation, **more: Any) -> tuple[OwnerDraft, ...]:
    role = more.pop("role", "responsible")
    return tuple(OwnerDraft(each.pk, role, each.name, **more) for each in organisations)


def clause(text: str, **more: Any) -> ClauseDraft:
    kind = more.pop("kind", "quota")
    return ClauseDraft(text=text, kind=kind, assigned=more.pop("assigned", True), **more)


TRAIN = clause("每半年组织一次警示教育", kind="frequency", period="half_year", value=Decimal(1),
               unit="次", op=">=")  # fmt: skip
BUILD = clause("年底前新建应急站10座", value=Decimal(10), unit="座", op=">=", deadline=YEAR_END)


@pytest.fixture
def draft(city: SimpleNamespace) -> PlanDraft:
    """Two items of a bureau and a county; the first has a clause per half year, the second one
    with a date."""
    both = owners(city.bureau, city.east_government)
    return PlanDraft(
        year=YEAR, area=city.city.pk, title="通知", issuer="试市人民政府",
        key_duties=(
            KeyDutyDraft(1, "强化安全宣传教育", YEAR_END, text="甲", owners=both, clauses=(TRAIN,)),
            KeyDutyDraft(2, "建设应急救援队伍", YEAR_END, text="乙", owners=both, clauses=(BUILD,)),
        ),
    )  # fmt: skip


def run(draft: PlanDraft) -> list[Change]:
    with Write(system(), "plan.test.publish") as write:
        return publish(write, draft)[1]


def said(changes: Iterable[Change]) -> list[tuple[str, str]]:
    return [(each.what, each.how) for each in changes]


def item(draft: PlanDraft, number: int, **changes: Any) -> PlanDraft:
    """The draft with one item changed."""
    return replace(
        draft,
        key_duties=tuple(
            replace(each, **changes) if each.number == number else each for each in draft.key_duties
        ),
    )


def meet(duty: Duty, author: User) -> Report:
    """The duty met by a verified report, as the services leave it."""
    report = Report.objects.create(duty=duty, author=author, text="做了", complete=True)
    Report.objects.filter(pk=report.pk).update(state="accepted")
    Duty.objects.filter(pk=duty.pk).update(state="met", standing="met", progress=100)
    return report


def snapshot() -> list[Any]:
    models = (Plan, KeyDuty, Clause, Assignment, Duty)
    return [list(model.objects.order_by("pk").values()) for model in models]


# --- the first time -----------------------------------------------------------------------------


def test_a_duty_for_each_owner_clause_and_period(draft: PlanDraft) -> None:
    changes = run(draft)
    assert said(changes).count(("duty", "added")) == Duty.objects.count() == 2 * (1 + 2 + 1 + 1)
    spans = Duty.objects.filter(clause__text=TRAIN.text).values_list("period_start", "due_on")
    assert set(spans) == {
        (date(YEAR, 1, 1), date(YEAR, 6, 30)), (date(YEAR, 7, 1), YEAR_END),
    }  # fmt: skip
    assert set(Duty.objects.filter(clause__text=BUILD.text).values_list("target", flat=True)) == {
        Decimal(10)
    }
    assert said(changes).count(("owner", "added")) == Assignment.objects.count() == 4


def test_rows_stored_together_are_audited_one_by_one(draft: PlanDraft) -> None:
    run(draft)
    rows = AuditRow.objects.filter(verb="plan.test.publish")
    counts = {
        table: rows.filter(table_name=table).count() for table in ("plan_duty", "plan_clause")
    }
    assert counts == {"plan_duty": 10, "plan_clause": 2}
    assert Event.objects.filter(kind="plan.published").count() == 1


def test_what_is_not_assigned_on_its_own_gives_no_duty(draft: PlanDraft) -> None:
    run(item(draft, 1, clauses=(replace(TRAIN, assigned=False),)))
    assert not Duty.objects.filter(clause__text=TRAIN.text).exists()
    assert Clause.objects.filter(text=TRAIN.text).exists()


def test_a_part_s_clause_falls_to_the_part_s_owners(
    draft: PlanDraft, city: SimpleNamespace
) -> None:
    of_part = owners(city.office, part="煤矿")
    run(item(draft, 1, owners=(*draft.key_duties[0].owners, *of_part),
             clauses=(replace(TRAIN, part="煤矿"),)))  # fmt: skip
    assert {d.organisation for d in Duty.objects.filter(clause__text=TRAIN.text)} == {city.office}


def test_an_organisation_with_two_roles_has_one_duty_in_the_stronger(
    draft: PlanDraft, city: SimpleNamespace
) -> None:
    twice = (*owners(city.bureau, role="assist"), *owners(city.bureau, role="lead", part="煤矿"))
    run(item(draft, 1, owners=twice, clauses=()))
    duty = Duty.objects.get(key_duty__number=1)
    assert (duty.organisation, duty.role) == (city.bureau, "lead")


def test_values_that_the_model_does_not_know_are_refused(draft: PlanDraft) -> None:
    before = snapshot()
    with pytest.raises(ValidationError, match="nonsense"):
        run(item(draft, 2, clauses=(replace(BUILD, kind="nonsense"),)))
    assert snapshot() == before


def test_an_item_due_before_its_year_begins_in_its_own_year(draft: PlanDraft) -> None:
    run(item(draft, 1, due_on=date(YEAR - 1, 11, 30), clauses=()))
    spans = Duty.objects.filter(key_duty__number=1).values_list("period_start", "due_on")
    assert set(spans) == {(date(YEAR - 1, 1, 1), date(YEAR - 1, 11, 30))}


def test_publishing_costs_no_query_per_row(draft: PlanDraft, city: SimpleNamespace) -> None:
    run(draft)
    many = tuple(clause(f"第{n}件事要办好", kind="deadline", deadline=YEAR_END) for n in range(40))
    with CaptureQueriesContext(connection) as queries:
        run(replace(item(draft, 1, clauses=many), year=YEAR + 1))
    assert len(queries) < 60  # 80 duties, 41 clauses


# --- again --------------------------------------------------------------------------------------


def test_twice_changes_nothing(draft: PlanDraft) -> None:
    run(draft)
    before = snapshot()
    assert run(draft) == []
    assert snapshot() == before


def test_a_renamed_item_keeps_its_duties(draft: PlanDraft) -> None:
    run(draft)
    pks = set(Duty.objects.values_list("pk", flat=True))
    changes = run(item(draft, 1, title="加强安全宣传教育"))
    assert set(said(changes)) == {("key_duty", "changed"), ("duty", "changed")}
    assert changes[0].before == {"title": "强化安全宣传教育"}
    assert changes[0].after == {"title": "加强安全宣传教育"}
    assert set(Duty.objects.values_list("pk", flat=True)) == pks
    assert Duty.objects.filter(title="加强安全宣传教育", clause=None).count() == 2


def test_items_that_swap_numbers_keep_their_duties(draft: PlanDraft) -> None:
    run(draft)
    first, second = draft.key_duties
    before = dict(Duty.objects.values_list("pk", "key_duty__title"))
    run(replace(draft, key_duties=(replace(second, number=1), replace(first, number=2))))
    assert dict(Duty.objects.values_list("pk", "key_duty__title")) == before
    assert list(KeyDuty.objects.values_list("number", "title")) == [
        (1, "建设应急救援队伍"), (2, "强化安全宣传教育"),
    ]  # fmt: skip


def test_a_clause_taken_out_cancels_what_is_open_and_keeps_what_is_met(
    draft: PlanDraft, city: SimpleNamespace
) -> None:
    run(draft)
    met = Duty.objects.get(clause__text=BUILD.text, organisation=city.bureau)
    report = meet(met, user(city, "zhang"))
    changes = run(item(draft, 2, clauses=()))
    assert said(changes) == [("clause", "removed"), ("duty", "removed")]
    states = Duty.objects.filter(clause__text=BUILD.text).values_list("organisation", "state")
    assert dict(states) == {city.bureau.pk: "met", city.east_government.pk: "cancelled"}
    assert Report.objects.get() == report
    assert Clause.objects.get(text=BUILD.text).retired_at is not None


def test_an_item_taken_out_retires_with_its_sub_duties(
    draft: PlanDraft, city: SimpleNamespace
) -> None:
    run(draft)
    parent = Duty.objects.get(key_duty__number=2, clause=None, organisation=city.east_government)
    town = city.east_town_government
    part = Duty.objects.create(
        key_duty=parent.key_duty, parent=parent, organisation=town, area=town.area,
        role="responsible", title="分解", period_start=parent.period_start, due_on=parent.due_on,
    )  # fmt: skip
    run(replace(draft, key_duties=draft.key_duties[:1]))
    part.refresh_from_db()
    assert part.state == "cancelled"
    assert set(Duty.objects.filter(key_duty__number=2).values_list("state", flat=True)) == {
        "cancelled"
    }
    assert KeyDuty.objects.get(number=2).retired_at is not None


def test_an_owner_who_comes_back_gets_his_duty_back(
    draft: PlanDraft, city: SimpleNamespace
) -> None:
    run(draft)
    mine = Duty.objects.filter(key_duty__number=1, organisation=city.bureau)
    before = set(mine.values_list("pk", "state"))
    run(item(draft, 1, owners=owners(city.east_government)))
    assert set(mine.values_list("state", flat=True)) == {"cancelled"}
    assert not Assignment.objects.filter(key_duty__number=1, organisation=city.bureau).exists()
    run(draft)
    assert set(mine.values_list("pk", "state")) == before


def test_a_moved_date_moves_the_duties(draft: PlanDraft) -> None:
    run(draft)
    sooner = date(YEAR, 9, 30)
    changes = run(item(draft, 2, clauses=(replace(BUILD, deadline=sooner),)))
    assert said(changes) == [("clause", "changed"), ("duty", "changed"), ("duty", "changed")]
    assert set(Duty.objects.filter(clause__text=BUILD.text).values_list("due_on", flat=True)) == {
        sooner
    }


@pytest.mark.parametrize(
    ("put_off_to", "moved_to", "expected"),
    [
        (date(2027, 2, 1), date(YEAR, 9, 30), date(2027, 2, 1)),  # what was granted stays
        (date(2027, 2, 1), date(2027, 3, 1), date(2027, 3, 1)),  # the notice gives more
    ],
)
def test_a_date_put_off_for_one_unit(
    draft: PlanDraft, city: SimpleNamespace, put_off_to: date, moved_to: date, expected: date
) -> None:
    run(draft)
    duty = Duty.objects.get(clause__text=BUILD.text, organisation=city.bureau)
    extension = duty.extensions.create(
        applicant=user(city, "li"), was_due=YEAR_END, until=put_off_to, text="推迟"
    )
    duty.extensions.filter(pk=extension.pk).update(state="granted")
    Duty.objects.filter(pk=duty.pk).update(due_on=put_off_to)
    run(item(draft, 2, clauses=(replace(BUILD, deadline=moved_to),)))
    duties = dict(
        Duty.objects.filter(clause__text=BUILD.text).values_list("organisation", "due_on")
    )
    assert duties == {city.bureau.pk: expected, city.east_government.pk: moved_to}


def test_a_raised_number_raises_the_target_and_keeps_progress(
    draft: PlanDraft, city: SimpleNamespace
) -> None:
    run(draft)
    mine = Duty.objects.filter(clause__text__contains="应急站", organisation=city.bureau)
    mine.update(progress=4)
    more = replace(BUILD, text="年底前新建应急站12座", value=Decimal(12))
    run(item(draft, 2, clauses=(more,)))
    duty = mine.get()
    assert (duty.target, duty.progress, duty.title) == (12, 4, "年底前新建应急站12座")


# --- a supplement -------------------------------------------------------------------------------


def test_a_supplement_only_adds(draft: PlanDraft, city: SimpleNamespace) -> None:
    run(draft)
    before = snapshot()
    more = clause("新增排查一次", kind="deadline", deadline=date(YEAR, 8, 31))
    supplement = replace(
        draft,
        partial=True,
        title="补充通知",
        key_duties=(
            KeyDutyDraft(1, "建设应急救援队伍", YEAR_END, text="丙", clauses=(more,),
                         owners=owners(city.office)),
            KeyDutyDraft(2, "防范极端天气", YEAR_END, text="丁", owners=owners(city.bureau)),
        ),
    )  # fmt: skip
    changes = run(supplement)
    assert {how for _, how in said(changes)} == {"added", "changed"}
    assert [each.name for each in changes if each.how == "changed"] == ["建设应急救援队伍"]
    after = snapshot()
    for model, (old, new) in enumerate(zip(before, after, strict=True)):
        kept = {row["id"]: row for row in new}
        for row in old:
            text = {"text"} if model == 1 and row["number"] == 2 else set()
            assert {k: v for k, v in row.items() if k not in text} == {
                k: v for k, v in kept[row["id"]].items() if k not in text
            }
    assert list(KeyDuty.objects.values_list("number", "title", "text")) == [
        (1, "强化安全宣传教育", "甲"), (2, "建设应急救援队伍", "乙\n丙"), (3, "防范极端天气", "丁"),
    ]  # fmt: skip
    assert {(d.title, d.organisation) for d in Duty.objects.filter(clause__text=more.text)} == {
        (more.text, city.office)
    }
    assert run(supplement) == []


# --- all or nothing -----------------------------------------------------------------------------


class Killed(BaseException):
    """What no service catches: the process goes down."""


def _cut_off(draft: PlanDraft, before: list[Any]) -> None:
    with Write(system(), "plan.test.publish") as write:
        publish(write, draft)
        assert snapshot() != before
        raise Killed


@pytest.mark.parametrize("first", [True, False])
def test_a_publication_cut_off_leaves_nothing_of_itself(
    draft: PlanDraft, city: SimpleNamespace, first: bool
) -> None:
    if not first:
        run(draft)
    before, told = snapshot(), Event.objects.count()
    changed = item(draft, 1, title="换了名字的安全宣传教育", owners=owners(city.office))
    with pytest.raises(Killed):
        _cut_off(changed, before)
    assert snapshot() == before
    assert Event.objects.count() == told


# --- demonstration and earnest ------------------------------------------------------------------


@pytest.mark.parametrize("demo", [True, False])
def test_a_demonstration_and_a_plan_in_earnest_do_not_mix(draft: PlanDraft, demo: bool) -> None:
    run(replace(draft, is_demo=demo))
    before = snapshot()
    with pytest.raises(Refused) as refused:
        run(replace(draft, is_demo=not demo))
    assert ("演示数据" if demo else "正式计划") in refused.value.message
    assert snapshot() == before
