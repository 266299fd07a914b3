"""Responsibility lists: drawn up after last year's, issued by the head, done with proof, accepted
by another person; what they count."""

from __future__ import annotations

import io
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import docx
import pytest

from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.stewardship.choices import ItemState, ListState
from anlan.stewardship.models import ListItem, ResponsibilityList
from anlan.stewardship.services import items, lists
from tests import factories
from tests.factories import day, deputising, happening, nothing_happens, resolved, this_year
from tests.kernel.access.conftest import browser
from tests.stewardship.conftest import drawn, leader


def last_year() -> int:
    return this_year() - 1


def issued(
    who: SimpleNamespace, post: Any, year: int | None = None, **more: Any
) -> ResponsibilityList:
    row = drawn(who.east_staff, post, year or this_year(), **more)
    return lists.list_issue(actor=who.east_head, of=row.pk)


def finish(actor: Any, item: ListItem, **more: Any) -> ListItem:
    given = {"text": "做完了"} | more
    if "evidence" not in given:
        given["evidence"] = [factories.stored(actor)]
    return items.item_finish(actor=actor, item=item.pk, **given)


def value(key: str, organisation: Any, start: date, end: date) -> int:
    return int(factories.value(f"stewardship.{key}", organisation, start, end))


# --- drawing up -----------------------------------------------------------------------------------


def test_a_list_begins_with_last_year_s(
    city: SimpleNamespace, who: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    old = issued(who, leaders.east, last_year(), tasks=2)
    made = lists.list_draw_up(
        actor=who.east_staff, post=leaders.east.pk, year=this_year(), kind="tasks"
    )
    assert made.state == ListState.DRAFT
    assert [(i.text, i.due_on) for i in made.items.order_by("number")] == [
        ("任务1", date(this_year(), 3, 1)), ("任务2", date(this_year(), 3, 2)),
    ]  # fmt: skip
    assert old.items.count() == 2
    with nothing_happens(WrongState, match="已经有了"):
        drawn(who.east_staff, leaders.east, this_year())
    heir = leader(city.east_government, "继任")  # in the same post
    assert drawn(who.east_staff, heir, this_year(), tasks=0).items.count() == 2
    other = leader(city.east_government, "别职", title="别的职务")
    assert drawn(who.east_staff, other, this_year(), tasks=0).items.count() == 0


def test_the_twenty_ninth_of_february_falls_on_the_last_of_the_month(
    who: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    row = ResponsibilityList.objects.create(post=leaders.east, year=2024, kind="tasks")
    ListItem.objects.create(of=row, number=1, text="闰日", due_on=date(2024, 2, 29))
    lists.list_issue(actor=who.east_head, of=row.pk)
    made = lists.list_draw_up(
        actor=who.east_staff, post=leaders.east.pk, year=last_year(), kind="tasks"
    )
    assert made.items.get().due_on == date(last_year(), 3, 1) - timedelta(days=1)


def test_who_draws_up(who: SimpleNamespace, leaders: SimpleNamespace) -> None:
    for actor, error in (
        (who.west_staff, Unknown),
        (who.clerk, Forbidden),
        (who.town_head, Unknown),
    ):
        with nothing_happens(error):
            drawn(actor, leaders.east, this_year())
    with nothing_happens(Refused, code="year"):
        drawn(who.east_staff, leaders.east, this_year() + 2)


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("tasks", {"text": "无期限"}, "date_missing"),
        ("tasks", {"text": "别年", "due_on": lambda: date(last_year(), 12, 31)}, "date_missing"),
        ("duties", {"text": "有期限", "due_on": lambda: date(this_year(), 1, 1)}, "no_date"),
        ("duties", {"text": "  "}, "text_missing"),
        ("duties", {"text": "长" * 501}, "invalid"),
    ],
)
def test_what_is_no_item(
    who: SimpleNamespace, leaders: SimpleNamespace, kind: str, given: dict[str, Any], code: str
) -> None:
    row = lists.list_draw_up(
        actor=who.east_staff, post=leaders.east.pk, year=this_year(), kind=kind
    )
    with nothing_happens(Refused, code=code):
        lists.item_add(actor=who.east_staff, of=row.pk, **resolved(given))


def test_a_draft_is_changed_and_an_issued_list_is_not(
    who: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    row = drawn(who.east_staff, leaders.east, this_year(), tasks=2)
    one, two = row.items.order_by("number")
    other = {"text": "改写", "due_on": date(this_year(), 5, 1)}
    lists.item_change(actor=who.east_head, item=one.pk, seen=1, **other)
    with nothing_happens(WrongState, match="刚刚被别人改为“改写”"):
        lists.item_change(actor=who.east_staff, item=one.pk, seen=1, **other)
    with happening() as happened:
        lists.item_drop(actor=who.east_staff, item=two.pk)
    assert happened.verbs("stewardship_listitem") == ["stewardship.list.drop"]
    with nothing_happens(Forbidden):
        lists.list_issue(actor=who.east_staff, of=row.pk)  # not the head
    with happening() as happened:
        lists.list_issue(actor=who.east_head, of=row.pk)
    assert happened.kinds() == ["responsibility_list.changed"]
    with nothing_happens(WrongState, match="已印发"):
        lists.item_add(actor=who.east_staff, of=row.pk, **other)
    with nothing_happens(Refused, code="reason_needed"):
        lists.list_recall(actor=who.east_head, of=row.pk, reason=" ")
    lists.list_recall(actor=who.east_head, of=row.pk, reason="补充")
    lists.item_add(actor=who.east_staff, of=row.pk, **other)


def test_an_empty_list_is_not_issued(who: SimpleNamespace, leaders: SimpleNamespace) -> None:
    row = drawn(who.east_staff, leaders.east, this_year(), tasks=0)
    with nothing_happens(Refused, code="empty"):
        lists.list_issue(actor=who.east_head, of=row.pk)


# --- doing ----------------------------------------------------------------------------------------


def test_a_task_is_done_with_proof_and_accepted_by_another(
    who: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    item = issued(who, leaders.east).items.get()
    with nothing_happens(Refused, code="evidence_needed"):
        finish(who.east_head, item, evidence=[])
    proof = factories.stored(who.east_head)
    with nothing_happens(Refused, code="text_needed"):
        finish(who.east_head, item, text=" ", evidence=[proof])
    finish(who.east_head, item, evidence=[proof])
    for same in (who.east_head, deputising(who.chief, who.east_head)):
        with nothing_happens(Refused, code="second_person"):
            items.item_verify(actor=same, item=item.pk)
    with nothing_happens(Refused, code="guard"):
        items.item_verify(actor=who.east_staff, item=item.pk)  # of his own unit only the head
    with happening() as happened:
        items.item_return(actor=who.clerk, item=item.pk, reason="看不清")
    assert happened.told_to("list_item.returned") == {"east_head"}
    finish(who.east_staff, item, evidence=[proof])  # shown again: no second use
    with nothing_happens(Refused, code="second_person"):
        items.item_verify(actor=who.east_head, item=item.pk)  # he had reported it before
    assert items.item_verify(actor=who.clerk, item=item.pk).state == ItemState.VERIFIED
    with nothing_happens(WrongState):
        items.item_verify(actor=who.clerk2, item=item.pk)
    reopened = items.item_reopen(actor=who.chief, item=item.pk, reason="不实")
    assert (reopened.state, reopened.verifier) == (ItemState.OPEN, None)


def test_a_duty_and_a_task_of_a_draft_are_not_ticked_off(
    who: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    proof = factories.stored(who.east_staff)
    task = drawn(who.east_staff, leaders.east, this_year()).items.get()
    with nothing_happens(Refused, code="guard", match="印发以后"):
        finish(who.east_staff, task, evidence=[proof])
    row = lists.list_draw_up(
        actor=who.east_staff, post=leaders.east.pk, year=this_year(), kind="duties"
    )
    duty = lists.item_add(actor=who.east_staff, of=row.pk, text="分管煤矿安全")
    lists.list_issue(actor=who.east_head, of=row.pk)
    with nothing_happens(Refused, code="guard", match="不逐项销号"):
        finish(who.east_staff, duty, evidence=[proof])


# --- what they count ------------------------------------------------------------------------------


def test_lists_missing(
    city: SimpleNamespace, who: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    span = date(this_year(), 1, 1), day(0)
    east = city.east_government
    assert value("lists_missing", east, *span) == 2  # 东甲 and 东乙
    issued(who, leaders.east)
    assert value("lists_missing", east, *span) == 2  # one of the two kinds
    row = lists.list_draw_up(
        actor=who.east_staff, post=leaders.east.pk, year=this_year(), kind="duties"
    )
    lists.item_add(actor=who.east_staff, of=row.pk, text="分管煤矿安全")
    assert value("lists_missing", east, *span) == 2  # a draft is none
    lists.list_issue(actor=who.east_head, of=row.pk)
    assert value("lists_missing", east, *span) == 1
    assert value("lists_missing", east, date(last_year(), 1, 1), date(last_year(), 12, 31)) == 2


def test_items_overdue(
    city: SimpleNamespace, who: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    east, span = city.east_government, (date(last_year(), 1, 1), date(last_year(), 12, 31))
    row = drawn(who.east_staff, leaders.east, last_year(), tasks=2)
    assert value("items_overdue", east, *span) == 0
    lists.list_issue(actor=who.east_head, of=row.pk)
    assert value("items_overdue", east, *span) == 2
    item = row.items.order_by("number")[0]
    finish(who.east_staff, item)
    items.item_verify(actor=who.clerk, item=item.pk)
    assert value("items_overdue", east, *span) == 2  # accepted after the span
    since = date(last_year(), 1, 1), day(0)
    assert value("items_overdue", east, *since) == 1
    ListItem.objects.filter(of=row).update(due_on=day(0))
    assert value("items_overdue", east, *since) == 0  # its last day is not over


# --- pages ----------------------------------------------------------------------------------------


def test_the_overview_says_who_lacks_a_list(who: SimpleNamespace, leaders: SimpleNamespace) -> None:
    row = issued(who, leaders.east, tasks=3)
    item = row.items.order_by("number")[0]
    finish(who.east_staff, item)
    items.item_verify(actor=who.clerk, item=item.pk)
    client = browser(who.clerk.user)
    shown = client.get("/stewardship/lists/").content.decode()
    assert "缺清单" in shown
    assert f'href="/stewardship/lists/{row.pk}/"' in shown
    assert "已完成 <strong>1</strong>" in shown
    only = client.get(f"/stewardship/lists/?year={this_year()}&state=overdue").content.decode()
    assert ("东甲" in only) is (day(0) > date(this_year(), 3, 2))
    assert "市甲" not in only
    assert "东甲" not in browser(who.west_staff.user).get("/stewardship/lists/").content.decode()


def test_the_form_loses_nothing(who: SimpleNamespace, leaders: SimpleNamespace) -> None:
    row = drawn(who.east_staff, leaders.east, this_year())
    client, item = browser(who.east_staff.user), row.items.get()
    wrong = client.post(f"/stewardship/lists/{row.pk}/add/", {"text": "没有期限的"})
    assert (wrong.status_code, "没有期限的" in wrong.content.decode()) == (422, True)
    sent = {"text": "改了的", "due_on": f"{this_year()}-06-01", "seen": 7}
    wrong = client.post(f"/stewardship/items/{item.pk}/change/", sent)
    assert "刚刚被别人改为“任务1”" in wrong.content.decode()
    assert "改了的" in wrong.content.decode()
    for kind, year in (("moon", this_year()), ("tasks", "x"), ("tasks", "9" * 40)):
        answer = client.post(
            f"/stewardship/posts/{leaders.east.pk}/lists/", {"kind": kind, "year": year}
        )
        assert answer.status_code in (302, 404)
    assert ResponsibilityList.objects.count() == 1


def test_the_paper(who: SimpleNamespace, leaders: SimpleNamespace) -> None:
    row = drawn(who.east_staff, leaders.east, this_year(), tasks=2)
    client = browser(who.east_staff.user)

    def paper() -> tuple[str, list[list[str]]]:
        answer = client.get(f"/stewardship/lists/{row.pk}/docx/")
        document = docx.Document(io.BytesIO(answer.content))
        table = [[cell.text for cell in each.cells] for each in document.tables[0].rows]
        return "\n".join(each.text for each in document.paragraphs), table

    words, table = paper()
    assert "草稿" in words
    assert table[1] == ["1", "任务1", f"{this_year()}-03-01", "未完成"]
    lists.list_issue(actor=who.east_head, of=row.pk)
    words, _ = paper()
    assert "草稿" not in words
    assert f"{this_year()} 年安全生产重点工作清单" in words
    assert "东县人民政府副职" in words
