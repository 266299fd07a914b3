"""One mine: its stewards, now and before; giving it another, ending one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.orgs.pages.common import act
from anlan.kernel.ui.deciding import tell
from anlan.records.models import Record
from anlan.registry.models import Site
from anlan.registry.pages.common import business, place
from anlan.stewardship import mines, panel, policies, selectors
from anlan.stewardship.choices import Level
from anlan.stewardship.forms import AssignForm, EndForm
from anlan.stewardship.models import LeaderPost, Stewardship
from anlan.stewardship.services import stewarding
from anlan.stewardship.visits import Visit, per_quarter, quarter, record_url, visits

POST = ("POST",)


@page(policies.VIEW)
def mine(request: Request, pk: int) -> HttpResponse:
    """Who answers for the mine, and who did."""
    return _show(request, selectors.mine(request.actor, pk))


@page(policies.KEEP, methods=POST)
def assign(request: Request, pk: int, level: str) -> HttpResponse:
    """Give the mine a steward of the level, in the place of the one it has."""
    site = selectors.mine(request.actor, pk)
    if level not in Level:
        raise Unknown
    posts = selectors.candidates(request.actor, site)[Level(level)]
    form = AssignForm(request.POST, posts=posts, auto_id=f"{level}_%s")

    def do(**typed: Any) -> str:
        made = stewarding.steward_assign(actor=request.actor, site=pk, **typed)
        return f"自 {made.valid_from} 起由{made.post}包保。"

    if act(request, form, do):
        return redirect(_url(site))
    return _show(request, site, wrong={Level(level): form})


@page(policies.KEEP, methods=POST)
def end(request: Request, pk: int) -> HttpResponse:
    """End a stewardship; back to the mine, with what was wrong told there."""
    found = Stewardship.objects.visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise Unknown
    form = EndForm(request.POST)
    if not form.is_valid():
        said = "；".join(str(e) for errors in form.errors.values() for e in errors)
        messages.error(request, said)
        return redirect(_url(found.site))
    try:
        stewarding.steward_end(actor=request.actor, stewardship=pk, **form.cleaned_data)
    except Refused as refusal:
        tell(request, refusal)
    else:
        messages.success(request, f"{found}已结束。")
    return redirect(_url(found.site))


@dataclass(frozen=True)
class Row:
    """A level of the mine: its steward, whether one is required, what the viewer may do."""

    level: Level
    steward: Stewardship | None
    required: bool
    may_end: bool
    visit_url: str  # where a visit of his is recorded
    made: int  # his verified visits of the quarter
    form: AssignForm | None


def _url(site: Site) -> str:
    return reverse("stewardship:mine", args=[site.pk])


def _show(
    request: Request, site: Site, *, wrong: dict[Level, AssignForm] | None = None
) -> HttpResponse:
    if site.merged_into_id:
        messages.info(request, f"“{site}”已并入“{site.merged_into}”，以下是后者的包保情况。")
        return redirect("stewardship:mine", site.merged_into_id)
    today = timezone.localdate()
    running = site.stewardships.in_force(today)
    first, last = quarter(today)
    year = visits(date(today.year, 1, 1), today)
    made = [each for each in year if each.mine == site.pk]
    lately = [each for each in made if first <= each.day <= last]
    context = {
        "site": site,
        "place": place(site.area),
        "business": business(site),
        "asked": mines.asked().filter(pk=site.pk).exists(),
        "rows": _rows(request.actor, site, lately, wrong or {}),
        "needed": per_quarter(today),
        "visits": _told(request.actor, made),
        "past": site.stewardships.exclude(pk__in=running.values("pk"))
        .select_related("post__organisation")
        .order_by("-valid_to", "-pk"),
        "today": today,
    }
    return render(request, "stewardship/mine.html", context, status=422 if wrong else 200)


def _rows(actor: Actor, site: Site, made: list[Visit], wrong: dict[Level, AssignForm]) -> list[Row]:
    """``made``: the visits of the quarter."""
    keeps = policies.KEEP.allows(actor)
    asked = mines.asked().filter(pk=site.pk).exists()
    done = Counter(each.post for each in made if each.verified)
    found = panel.levels(site)
    if keeps and asked:  # a level that is not required can be filled all the same
        shown = {level for level, _, _ in found}
        found += [(each, None, False) for each in Level if each not in shown]
    kept = LeaderPost.objects.kept_by(actor)
    posts = selectors.candidates(actor, site) if keeps and asked else {}
    rows = []
    for level, steward, needed in found:
        may_end = bool(keeps and steward and kept.filter(pk=steward.post_id).exists())
        form = wrong.get(level)
        if form is None and (may_end or steward is None):  # to replace him is to end him
            form = _form(posts.get(level, []), level, steward)
        if steward or needed or form:
            url = record_url(actor, steward) if steward else ""
            count = done[steward.post_id] if steward else 0
            rows.append(Row(level, steward, needed, may_end, url, count, form))
    return rows


def _told(actor: Actor, made: list[Visit]) -> list[tuple[Visit, LeaderPost | None, bool]]:
    """Each visit with its leader, and whether the viewer sees the record behind it."""
    posts = LeaderPost.objects.select_related("organisation").in_bulk({e.post for e in made})
    seen = Record.objects.visible_to(actor).filter(pk__in=[each.record for each in made])
    pks = set(seen.values_list("pk", flat=True))
    return [(each, posts.get(each.post), each.record in pks) for each in made]


def _form(posts: list[LeaderPost], level: Level, steward: Stewardship | None) -> AssignForm | None:
    """None where there is nobody else whom the actor could name."""
    others = [each for each in posts if steward is None or each.pk != steward.post_id]
    if not others:
        return None
    start = {"valid_from": timezone.localdate(), "seen": steward.pk if steward else 0}
    return AssignForm(posts=others, initial=start, auto_id=f"{level}_%s")
