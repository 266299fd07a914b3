"""Responsibility lists: who has one and how far it is done; one list; drawing it up, issuing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from anlan.kernel import official
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.audit.selectors import history
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.evidence.services import of_each
from anlan.kernel.orgs.pages.common import act
from anlan.kernel.ui.deciding import act_and_return, tell
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag
from anlan.registry.pages.common import county_filter
from anlan.stewardship import flow, paper, policies, selectors, standing
from anlan.stewardship.choices import ListKind, ListState
from anlan.stewardship.forms import FinishForm, ItemForm
from anlan.stewardship.models import LeaderPost, ListItem, ResponsibilityList
from anlan.stewardship.services import lists as services

POST = ("POST",)
STATES = [("lacking", "缺清单"), ("overdue", "有逾期任务"), ("waiting", "有待核验")]
Found = dict[int, standing.Lists]


def _years(request: HttpRequest) -> list[tuple[str, str]]:
    now = timezone.localdate().year
    return [(str(year), f"{year} 年") for year in (now + 1, now, now - 1)]


def _this_year(request: HttpRequest) -> str:
    return str(timezone.localdate().year)


@page(policies.VIEW)
def overview(request: Request) -> HttpResponseBase:
    """The leaders that I see: who has his lists for the year, who lacks one, how much is done."""
    today = timezone.localdate()
    given = request.GET.get("year", "")
    year = int(given) if given in dict(_years(request)) else today.year
    rows: Any = selectors.posts(request.actor).filter(standing.holders(year, today))
    found = standing.of_year(request.actor, rows.values_list("pk", flat=True), year, today)
    total = rows.count()
    lacking = total - sum(not each.lacking for each in found.values())
    context = {
        "year": year,
        "total": total,
        "lacking": lacking,
        "tasks": sum(each.count("total") for each in found.values()),
        "done": sum(each.count("done") for each in found.values()),
        "overdue": sum(each.count("overdue") for each in found.values()),
    }
    return _list(found).respond(request, rows, "stewardship/lists.html", context)


def _list(found: Found) -> List:
    return List(
        key="stewardship.lists",
        name="领导责任清单",
        columns=(
            Column("name", "姓名", lambda p: p.name, main=True, sort="name", width=14,
                   url=lambda p: reverse("stewardship:post", args=[p.pk])),
            Column("title", "职务", lambda p: p.title, width=20),
            Column("unit", "单位", lambda p: str(p.organisation),
                   sort=("organisation__path", "pk"), width=20),
            *(_kind(found, each) for each in ListKind),
            _count(found, "total", "任务"),
            _count(found, "done", "已完成"),
            _count(found, "waiting", "待核验"),
            _count(found, "overdue", "逾期"),
        ),
        filters=(
            Filter("year", "年度", _years, lambda rows, year: rows, default=_this_year),
            Filter("state", "情况", STATES, _by_state(found)),
            county_filter("organisation__"),
        ),
        search=("name", "title", "organisation__name", "organisation__short_name"),
        order="unit",
        empty=Empty("还没有登记领导岗位", "先登记领导岗位，再在岗位页面上起草清单。"),
    )  # fmt: skip


def _kind(found: Found, kind: ListKind) -> Column:
    def said(post: LeaderPost) -> str:
        row = found[post.pk].by_kind.get(kind)
        return row.get_state_display() if row else "未制定"

    def cell(post: LeaderPost) -> Any:
        row = found[post.pk].by_kind.get(kind)
        return state_tag(row) if row else tag("未制定", "red")

    def url(post: LeaderPost) -> str:
        row = found[post.pk].by_kind.get(kind)
        return _url(row) if row else ""

    return Column(kind, kind.label, said, cell=cell, url=url, width=12)


def state_tag(row: ResponsibilityList) -> Any:
    """The state of a list as a tag."""
    tone = "green" if row.state == ListState.ISSUED else "yellow"
    return tag(row.get_state_display(), tone)


def _count(found: Found, what: str, label: str) -> Column:
    return Column(what, label, lambda p: found[p.pk].count(what), number=True, width=8)


def _by_state(found: Found) -> Any:
    def apply(rows: Rows, chosen: str) -> Rows:
        if chosen == "lacking":
            return rows.exclude(pk__in=[pk for pk, each in found.items() if not each.lacking])
        return rows.filter(pk__in=[pk for pk, each in found.items() if each.count(chosen)])

    return apply


# --- one list -------------------------------------------------------------------------------------


@page(policies.VIEW)
def one(request: Request, pk: int) -> HttpResponse:
    """The list with its items, and what can be done with each."""
    return show(request, selectors.responsibility_list(request.actor, pk))


@page(policies.LISTS, methods=POST)
def draw_up(request: Request, pk: int) -> HttpResponse:
    """Begin a list of a leader from the one of the year before; leads to it."""
    year, kind = request.POST.get("year", ""), request.POST.get("kind", "")
    if kind not in ListKind or not (year.isascii() and year.isdecimal()):
        raise Unknown
    try:
        made = services.list_draw_up(actor=request.actor, post=pk, year=int(year[:5]), kind=kind)
    except Refused as refusal:
        tell(request, refusal)
        return redirect("stewardship:post", pk)
    copied = made.items.count()
    words = f"已照上一年的抄入 {copied} 项，请逐项核对。" if copied else "请逐项填写内容。"
    messages.success(request, f"已建好草稿。{words}")
    return redirect(_url(made))


@page(policies.LISTS, methods=POST)
def add(request: Request, pk: int) -> HttpResponse:
    """One more item."""
    row = selectors.responsibility_list(request.actor, pk)
    form = ItemForm(request.POST, of=row)

    def do(text: str, due_on: Any = None, **_: Any) -> str:
        services.item_add(actor=request.actor, of=pk, text=text, due_on=due_on)
        return "已添加。"

    return redirect(_url(row)) if act(request, form, do) else show(request, row, add_form=form)


@page(policies.LISTS, methods=POST)
def change(request: Request, pk: int) -> HttpResponse:
    """Other words for an item; back to the list, with what was wrong told there."""
    item = selectors.list_item(request.actor, pk)
    form = ItemForm(request.POST, of=item.of, auto_id=f"item{pk}_%s")

    def do(text: str, seen: int | None = None, due_on: Any = None) -> str:
        services.item_change(actor=request.actor, item=pk, text=text, due_on=due_on, seen=seen)
        return "已修改。"

    if act(request, form, do):
        return redirect(_url(item.of))
    return show(request, item.of, wrong={pk: form})


@page(policies.LISTS, methods=POST)
def drop(request: Request, pk: int) -> HttpResponse:
    """Take an item off a draft."""
    return act_and_return(
        request, lambda: services.item_drop(actor=request.actor, item=pk), "已删去。"
    )


@page(policies.ISSUE, methods=POST)
def issue(request: Request, pk: int) -> HttpResponse:
    """The head issues the list."""
    return act_and_return(
        request, lambda: services.list_issue(actor=request.actor, of=pk), "已印发。"
    )


@page(policies.ISSUE, methods=POST)
def recall(request: Request, pk: int) -> HttpResponse:
    """The head takes the list back to change it."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: services.list_recall(actor=request.actor, of=pk, reason=reason),
        "已收回，可以修改。",
    )


@page(policies.VIEW)
def docx(request: Request, pk: int) -> HttpResponse:
    """The list as an official paper."""
    row = selectors.responsibility_list(request.actor, pk)
    answer = HttpResponse(paper.docx(row, timezone.localdate()), content_type=official.TYPE)
    name = f"{row.post.name}{row.year}年{row.get_kind_display()}.docx"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def _url(row: ResponsibilityList) -> str:
    return reverse("stewardship:list", args=[row.pk])


def show(
    request: Request,
    row: ResponsibilityList,
    *,
    wrong: dict[int, Any] | None = None,
    **forms: Any,
) -> HttpResponse:
    """The page of a list; ``wrong``: the form of an item that was refused, by its key."""
    actor, today = request.actor, timezone.localdate()
    drafts = row.state == ListState.DRAFT and policies.LISTS.allows(actor)
    drafts = drafts and flow.works_for(actor, row.post.organisation)
    items: list[ListItem] = list(row.items.select_related("verifier"))
    proofs = of_each(items)
    rows = []
    for item in items:
        item.of = row  # what guards ask of it is known
        may = {each.verb for each in flow.ITEM.available(item, actor)}
        form = (wrong or {}).get(item.pk)
        if form is None and drafts:
            form = ItemForm(of=row, initial=_initial(item), auto_id=f"item{item.pk}_%s")
        elif form is None and "finish" in may:
            form = FinishForm(auto_id=f"item{item.pk}_%s")
        late = item.due_on is not None and item.due_on < today and item.state != "verified"
        rows.append((item, proofs[item.pk], may, form, late))
    context = {
        "row": row,
        "state": state_tag(row),
        "rows": rows,
        "drafts": drafts,
        "may": {each.verb for each in flow.LIST.available(row, actor)},
        "tasks": row.kind == ListKind.TASKS,
        "done": sum(item.state == "verified" for item in items),
        "add_form": ItemForm(of=row) if drafts else None,
        "history": history(row, flow.LIST),
        **forms,
    }
    status = 422 if wrong or forms else 200
    return render(request, "stewardship/list.html", context, status=status)


def _initial(item: ListItem) -> dict[str, Any]:
    return {"text": item.text, "due_on": item.due_on, "seen": item.revision}
