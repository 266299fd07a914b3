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
from anlan.kernel.errors import Unknown, WrongState
from anlan.kernel.orgs.pages.common import act
from anlan.records.models import Record
from anlan.registry.models import Site
from anlan.registry.pages.common import business, place
from anlan.stewardship import mines, panel, policies, selectors
from anlan.stewardship.choices import Level
from anlan.stewardship.forms import AssignForm, EndForm
from anlan.stewardship.models import LeaderPost, Stewardship
from anlan.stewardship.services import stewarding
from anlan.stewardship.visits import Visit, missing, per_quarter, quarter, record_urls, visits

METHODS = ("GET", "POST")  # who comes back to the address after a refusal gets the page
_UNFIT, _STALE = 422, WrongState.status


@page(policies.VIEW)
def mine(request: Request, pk: int) -> HttpResponse:
    """Who answers for the mine, and who did."""
    return _show(request, selectors.mine(request.actor, pk))


@page(policies.KEEP, methods=METHODS)
def assign(request: Request, pk: int, level: str) -> HttpResponse:
    """Give the mine a steward of the level, in the place of the one it has."""
    site = selectors.mine(request.actor, pk)
    if level not in Level:
        raise Unknown
    if request.method != "POST":
        return redirect(_url(site))
    posts = selectors.candidates(request.actor, site)[Level(level)]
    form = AssignForm(request.POST, posts=posts, auto_id=f"{level}_%s")

    def do(**typed: Any) -> str:
        made = stewarding.steward_assign(actor=request.actor, site=pk, **typed)
        return f"自 {made.valid_from} 起由{made.post}包保。"

    statuses: list[int] = []
    if act(request, form, do, refused=statuses.append):
        return redirect(_url(site))
    if _STALE in statuses:
        _freshen(form, site, Level(level))
    return _show(request, site, wrong={Level(level): form}, status=[_UNFIT, *statuses][-1])


def _freshen(form: AssignForm, site: Site, level: Level) -> None:
    """Let a second press replace the one who is the steward now, of whom the refusal tells."""
    now = site.stewardships.filter(level=level, valid_to=None).first()
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data["seen"] = str(now.pk if now else 0)
    form.data = data


@page(policies.KEEP, methods=METHODS)
def end(request: Request, pk: int) -> HttpResponse:
    """End a stewardship; what was wrong is told in the form, on the mine's page."""
    found = Stewardship.objects.visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise Unknown
    site = selectors.mine(request.actor, found.site_id)
    if request.method != "POST":
        return redirect(_url(site))
    form = EndForm(request.POST, auto_id=f"end_{found.level}_%s")

    def do(**typed: Any) -> str:
        ended = stewarding.steward_end(actor=request.actor, stewardship=pk, **typed)
        return f"{ended}已结束。"

    statuses: list[int] = []
    if act(request, form, do, refused=statuses.append):
        return redirect(_url(site))
    if _STALE in statuses:  # ended by another: nothing is left to press again
        messages.error(request, "；".join(map(str, form.non_field_errors())))
        return redirect(_url(site))
    return _show(request, site, ending={Level(found.level): form}, status=_UNFIT)


@dataclass(frozen=True)
class Row:
    """A level of the mine: its steward, whether one is required, what the viewer may do.

    ``form``: to give it a steward, or another; ``end_form``: to end the one that it has.
    """

    level: Level
    steward: Stewardship | None
    required: bool
    visit_url: str  # where a visit of his is recorded
    made: int  # his verified visits of the quarter
    due: bool  # whether he has still to visit it this quarter
    form: AssignForm | None
    end_form: EndForm | None


def _url(site: Site) -> str:
    return reverse("stewardship:mine", args=[site.pk])


def _show(
    request: Request,
    site: Site,
    *,
    wrong: dict[Level, AssignForm] | None = None,
    ending: dict[Level, EndForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """``wrong`` and ``ending``: the forms that were refused, as they were typed."""
    if site.merged_into_id:
        messages.info(request, f"“{site}”已并入“{site.merged_into}”，以下是后者的包保情况。")
        return redirect("stewardship:mine", site.merged_into_id)
    today = timezone.localdate()
    running = site.stewardships.in_force(today)
    year = visits(date(today.year, 1, 1), today)
    made = [each for each in year if each.mine == site.pk]
    context = {
        "site": site,
        "place": place(site.area),
        "business": business(site),
        "asked": mines.asked().filter(pk=site.pk).exists(),
        "rows": _rows(request.actor, site, made, wrong or {}, ending or {}),
        "visits": _told(request.actor, made),
        "past": site.stewardships.exclude(pk__in=running.values("pk"))
        .select_related("post__organisation")
        .order_by("-valid_to", "-pk"),
    }
    return render(request, "stewardship/mine.html", context, status=status)


def _rows(
    actor: Actor,
    site: Site,
    made: list[Visit],
    wrong: dict[Level, AssignForm],
    ending: dict[Level, EndForm],
) -> list[Row]:
    """``made``: the visits of the year."""
    today = timezone.localdate()
    span = quarter(today)
    keeps = policies.KEEP.allows(actor)
    asked = mines.asked().filter(pk=site.pk).exists()
    done = Counter(e.post for e in made if e.verified and span[0] <= e.day <= span[1])
    found = panel.levels(site)
    stewards = [steward for _, steward, _ in found if steward]
    owing = [steward for _, steward, needed in found if steward and needed and asked]
    due = missing(owing, made, span, per_quarter(today))
    urls = record_urls(actor, stewards)
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
            rows.append(
                Row(
                    level, steward, needed,
                    visit_url=urls.get(steward.pk, "") if steward else "",
                    made=done[steward.post_id] if steward else 0,
                    due=steward in due,
                    form=form,
                    end_form=_end_form(level, may_end, steward, ending),
                )
            )  # fmt: skip
    return rows


def _end_form(
    level: Level, may_end: bool, steward: Stewardship | None, ending: dict[Level, EndForm]
) -> EndForm | None:
    """None where nothing is to be ended, or not by this viewer."""
    if not may_end or steward is None or steward.valid_to:
        return None
    start = {"valid_to": timezone.localdate()}
    return ending.get(level) or EndForm(initial=start, auto_id=f"end_{level}_%s")


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
