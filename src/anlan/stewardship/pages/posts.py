"""Leaders' posts: the list, one post, adding, linking an account, ending."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.access.selectors import organisation_names
from anlan.kernel.orgs.pages.common import act
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag
from anlan.registry.models import Site
from anlan.registry.pages.common import county_filter
from anlan.stewardship import flow, policies, selectors
from anlan.stewardship.choices import ListKind
from anlan.stewardship.forms import EndForm, LinkForm, PostForm
from anlan.stewardship.models import LeaderPost, ResponsibilityList
from anlan.stewardship.services import posts as services
from anlan.stewardship.visits import record_urls

HELD = [("held", "在任"), ("left", "已离任")]


def _url(post: LeaderPost) -> str:
    return reverse("stewardship:post", args=[post.pk])


def _held(post: LeaderPost) -> bool:
    return post.valid_to is None or post.valid_to >= timezone.localdate()


def _held_cell(post: LeaderPost) -> Any:
    return tag("在任", "green") if _held(post) else tag("已离任", "grey")


def _by_held(rows: Rows, chosen: str) -> Rows:
    held = LeaderPost.objects.held(timezone.localdate()).values("pk")
    return rows.filter(pk__in=held) if chosen == "held" else rows.exclude(pk__in=held)


POSTS = List(
    key="stewardship.posts",
    name="领导岗位",
    columns=(
        Column("name", "姓名", lambda p: p.name, main=True, url=_url, sort="name", width=12),
        Column("title", "职务", lambda p: p.title, width=22),
        Column("unit", "单位", lambda p: str(p.organisation),
               sort=("organisation__path", "pk"), width=22),
        Column("held", "在任", lambda p: "在任" if _held(p) else "已离任", cell=_held_cell,
               width=8),
        Column("from", "任职日期", lambda p: p.valid_from, sort="valid_from", width=12),
        Column("to", "离任日期", lambda p: p.valid_to, width=12),
        Column("mines", "包保矿山", lambda p: p.mine_count, number=True, sort="mine_count",
               width=8),
    ),
    filters=(Filter("held", "在任", HELD, _by_held), county_filter("organisation__")),
    search=("name", "title", "organisation__name", "organisation__short_name"),
    order="unit",
    empty=Empty("还没有登记领导岗位", "照单位公布的领导分工登记职务和姓名，再确定谁包保哪座矿山。"),
)  # fmt: skip


@page(policies.VIEW)
def posts(request: Request) -> HttpResponseBase:
    """The posts of my units, or of the areas that I oversee."""
    rows = selectors.posts(request.actor).with_mine_count(timezone.localdate())
    context = {"keeps": policies.KEEP.allows(request.actor)}
    return POSTS.respond(request, rows, "stewardship/posts.html", context)


@page(policies.KEEP, methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """Put a leader's post on record."""
    own = policies.KEEP.grants(request.actor)[0].organisation
    start = {"valid_from": timezone.localdate(), "organisation": own.code}
    form = PostForm(request.POST or None, initial=start)
    made: list[LeaderPost] = []

    def do(**typed: Any) -> str:
        made.append(services.post_add(actor=request.actor, **typed))
        return f"已登记{made[0]}。"

    if request.method == "POST" and act(request, form, do):
        return redirect(_url(made[0]))
    context = {"form": form, "organisations": organisation_names()}
    status = 422 if form.errors else 200
    return render(request, "stewardship/post_new.html", context, status=status)


@page(policies.VIEW)
def post(request: Request, pk: int) -> HttpResponse:
    """Who it is, and the mines that he stewards."""
    return _show(request, selectors.post(request.actor, pk))


@page(policies.KEEP, methods=("POST",))
def link(request: Request, pk: int) -> HttpResponse:
    """Say by which account he works."""
    found = selectors.post(request.actor, pk)
    form = LinkForm(request.POST)

    def do(user: Any) -> str:
        services.post_link(actor=request.actor, post=pk, user=user)
        return f"已关联账号“{user}”。" if user else "已解除账号关联。"

    if act(request, form, do):
        return redirect(_url(found))
    return _show(request, found, link_form=form)


@page(policies.KEEP, methods=("POST",))
def end(request: Request, pk: int) -> HttpResponse:
    """Put on record that he left; his mines are vacant from the next day on."""
    found = selectors.post(request.actor, pk)
    form = EndForm(request.POST)

    def do(**typed: Any) -> str:
        ended = services.post_end(actor=request.actor, post=pk, **typed)
        return f"{ended}已登记到 {ended.valid_to} 离任，所包保的矿山从次日起空缺。"

    if act(request, form, do):
        return redirect(_url(found))
    return _show(request, found, end_form=form)


def _lists(actor: Actor, post: LeaderPost) -> list[tuple[int, ListKind, ResponsibilityList | None]]:
    """This year and all others that have a list: year, kind, the list if there is one."""
    now = timezone.localdate().year
    rows = ResponsibilityList.objects.visible_to(actor).filter(post=post)
    found = {(each.year, each.kind): each for each in rows}
    years = sorted({now, *(year for year, _ in found)}, reverse=True)
    return [(year, kind, found.get((year, kind))) for year in years for kind in ListKind]


def _show(request: Request, post: LeaderPost, **wrong: Any) -> HttpResponse:
    actor = request.actor
    keeps = policies.KEEP.allows(actor)
    keeps = keeps and LeaderPost.objects.kept_by(actor).filter(pk=post.pk).exists()
    held = post.stewardships.select_related("site", "post__organisation")
    rows = list(held.order_by("-valid_to", "-valid_from", "pk"))
    mines = Site.objects.visible_to(actor).filter(pk__in={each.site_id for each in rows})
    seen = set(mines.values_list("pk", flat=True))
    urls = record_urls(actor, [each for each in rows if each.valid_to is None])
    forms = {
        "link_form": LinkForm(initial={"user": post.user.username if post.user else ""}),
        "end_form": EndForm(initial={"valid_to": timezone.localdate()}),
    }
    context = {
        "post": post,
        "held": _held(post),
        "keeps": keeps,
        "rows": [(each, each.site_id in seen, urls.get(each.pk, "")) for each in rows],
        "today": timezone.localdate(),
        "lists": _lists(actor, post),
        "draws": policies.LISTS.allows(actor) and flow.works_for(actor, post.organisation),
        **forms,
        **wrong,
    }
    return render(request, "stewardship/post.html", context, status=422 if wrong else 200)
