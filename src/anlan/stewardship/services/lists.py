"""Drawing up a leader's list, issuing it, taking it back to change it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import IntegrityError
from django.db.models import Max
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.deadlines.calendar import add_months
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.write import Write
from anlan.stewardship import flow, policies
from anlan.stewardship.choices import ItemState, ListKind, ListState
from anlan.stewardship.models import LeaderPost, ListItem, ResponsibilityList

YEAR = 12  # months


def list_draw_up(*, actor: Actor, post: int, year: int, kind: str) -> ResponsibilityList:
    """Begin a list with what stood in the one of the year before: the leader's own, or that of who
    held the same post before him; dates a year later. Empty where there was none.

    Refused: not one's own unit's leader, a year far off. WrongState: the list is there already.
    """
    today = timezone.localdate()
    if not today.year - 1 <= year <= today.year + 1:
        raise Refused("year", f"只能起草 {today.year - 1} 至 {today.year + 1} 年的清单。")
    kind = ListKind(kind)
    with _once(), Write(actor, "stewardship.list.draw_up") as write:
        holder = write.lock(LeaderPost.objects.visible_to(actor), post)
        _may_write(actor, holder)
        made = write.add(ResponsibilityList(post=holder, year=year, kind=kind, author=actor.user))
        earlier = _earlier(made)
        if earlier is not None:
            for item in earlier.items.order_by("number"):
                due_on = add_months(item.due_on, YEAR) if item.due_on else None
                write.add(ListItem(of=made, number=item.number, text=item.text, due_on=due_on))
        _changed(write, made)
    return made


def item_add(*, actor: Actor, of: int, text: str, due_on: date | None = None) -> ListItem:
    """One more item at the end of a draft. Refused: no text, a task without a day of its year."""
    with Write(actor, "stewardship.list.add") as write:
        row = _draft(write, of)
        text = _judged(row, text, due_on)
        last: int | None = row.items.aggregate(last=Max("number"))["last"]
        return write.add(ListItem(of=row, number=(last or 0) + 1, text=text, due_on=due_on))


def item_change(
    *, actor: Actor, item: int, text: str, due_on: date | None = None, seen: int | None = None
) -> ListItem:
    """Other words, another day. ``seen``: the revision that the clerk saw. WrongState: another has
    changed it since, it was done already, or the list was issued."""
    with Write(actor, "stewardship.list.change") as write:
        found = _open_item(write, item)
        if seen is not None and seen != found.revision:
            raise WrongState(f"这一项刚刚被别人改为“{found.text}”，请核对后再改。")
        text = _judged(found.of, text, due_on)
        write.change(found, text=text, due_on=due_on, revision=found.revision + 1)
    return found


def item_drop(*, actor: Actor, item: int) -> None:
    """Take an item off a draft; it stays in the log. WrongState: somebody worked on it."""
    with Write(actor, "stewardship.list.drop") as write:
        found = _open_item(write, item)
        if found.makers:
            raise WrongState("这一项上报过完成，不能删去；请改写内容。")
        found.delete()


def list_issue(*, actor: Actor, of: int) -> ResponsibilityList:
    """The head issues the list: it binds, and its tasks can be reported done. Refused: empty."""
    with Write(actor, "stewardship.list.issue") as write:
        row = write.lock(ResponsibilityList.objects.visible_to(actor), of)
        flow.LIST.check(row, "issue", actor)
        if not row.items.exists():
            raise Refused("empty", "清单里还没有内容，不能印发。")
        fields = {"issued_by": actor.user, "issued_at": timezone.now()}
        flow.LIST.move(write, row, "issue", fields=fields)
        _changed(write, row)
    return row


def list_recall(*, actor: Actor, of: int, reason: str) -> ResponsibilityList:
    """Take an issued list back to change it; what was done of it stays done."""
    reason = reason.strip()
    with Write(actor, "stewardship.list.recall", reason=reason) as write:
        row = write.lock(ResponsibilityList.objects.visible_to(actor), of)
        fields = {"issued_by": None, "issued_at": None}
        flow.LIST.move(write, row, "recall", fields=fields, reason=reason)
        _changed(write, row)
    return row


# --- parts ------------------------------------------------------------------------------------


def _may_write(actor: Actor, post: LeaderPost) -> None:
    policies.LISTS.require(actor)
    if not (actor.is_system or flow.works_for(actor, post.organisation)):
        raise Forbidden(f"{post}的清单由{post.organisation}起草。")


def _draft(write: Write, pk: int) -> ResponsibilityList:
    """The list, locked, as long as it is a draft of one's own unit."""
    row = write.lock(ResponsibilityList.objects.visible_to(write.actor), pk)
    _may_write(write.actor, row.post)
    if row.state != ListState.DRAFT:
        raise WrongState(f"“{row}”已印发，不能再改；要修改的由负责人收回。")
    return row


def _open_item(write: Write, pk: int) -> ListItem:
    found = write.lock(ListItem.objects.visible_to(write.actor), pk)
    found.of = _draft(write, found.of_id)
    if found.state != ItemState.OPEN:
        raise WrongState(f"这一项{found.get_state_display()}，不能再改。")
    return found


def _judged(row: ResponsibilityList, text: str, due_on: date | None) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused("text_missing", "请写明内容。")
    if row.kind == ListKind.DUTIES and due_on is not None:
        raise Refused("no_date", "职责清单是常年职责，不填完成期限。")
    if row.kind == ListKind.TASKS and (due_on is None or due_on.year != row.year):
        raise Refused("date_missing", f"请填写 {row.year} 年内的完成期限。")
    return text


def _earlier(made: ResponsibilityList) -> ResponsibilityList | None:
    """The newest issued list of an earlier year, of the same leader or of the same post."""
    before = ResponsibilityList.objects.filter(
        kind=made.kind, year__lt=made.year, state=ListState.ISSUED
    ).order_by("-year", "-pk")
    post = made.post
    same = before.filter(post__organisation=post.organisation_id, post__title=post.title)
    return before.filter(post=post).first() or same.first()


def _changed(write: Write, row: ResponsibilityList) -> None:
    unit = row.post.organisation
    write.event("responsibility_list.changed", row, area=unit.area, organisation=unit)


@contextmanager
def _once() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if "responsibility_list_once" not in str(error):
            raise
        raise WrongState("这份清单已经有了，请刷新后再看。") from error
