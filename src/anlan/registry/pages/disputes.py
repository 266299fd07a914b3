"""Disputes about who regulates a subject: the list, one of them, and what one can do with it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from anlan.kernel import official
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.access.selectors import organisation_names
from anlan.kernel.audit.selectors import Entry as Step
from anlan.kernel.audit.selectors import history
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.pages.common import act
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag
from anlan.registry import decision_paper, flow, policies, selectors
from anlan.registry.choices import DisputeScope, DisputeState
from anlan.registry.forms import AskForm, DecideForm, DisputeForm, OpinionForm
from anlan.registry.models import Dispute, Enterprise, Opinion, Site
from anlan.registry.pages.common import found, kind_of, place, url
from anlan.registry.services import disputes as services
from anlan.registry.services.settling import dispute_decide

_TONES = {
    DisputeState.RAISED: "orange",
    DisputeState.ASKED: "blue",
    DisputeState.DECIDED: "green",
    DisputeState.WITHDRAWN: "grey",
}
_OWN = [("own", "等我办理的")]

# A refused form stands at the address it was sent to: whoever opens that again gets the dispute.
METHODS = ("GET", "POST")


def _link(dispute: Dispute) -> str:
    return reverse("registry:dispute", args=[dispute.pk])


def state(dispute: Dispute) -> str:
    """The state as a tag."""
    now = DisputeState(dispute.state)
    return tag(now.label, _TONES[now])


def _own(rows: Rows, _: str) -> Rows:
    return rows.filter(waits=True)


DISPUTES = List(
    key="registry.disputes",
    name="归属争议",
    columns=(
        Column("subject", "对象", lambda d: d.subject, main=True, url=_link, width=40),
        Column("waits", "等我办理", lambda d: "是" if d.waits else "",
               cell=lambda d: tag("等您办理", "red") if d.waits else "", width=10),
        Column("state", "状态", lambda d: d.get_state_display(), cell=state, width=14),
        Column("sector", "行业领域", lambda d: d.subject.sector, width=20),
        Column("area", "所在区划", lambda d: place(d.subject.area), width=22),
        Column("organisation", "提出单位", lambda d: d.organisation, width=20),
        Column("raised", "提出日期", lambda d: timezone.localdate(d.raised_at), width=12),
        Column("regulator", "决定由谁监管", lambda d: d.regulator, width=22),
    ),
    filters=(
        Filter("own", "等我办理", _OWN, _own),
        Filter("state", "状态", DisputeState.choices, lambda rows, v: rows.filter(state=v)),
    ),
    search=("enterprise__name", "site__name", "organisation__name"),
    empty=Empty(
        "没有归属争议",
        "行业领域没有确定监管部门、或对由谁监管有不同意见的企业和场所，在它的页面上提出。",
    ),
)  # fmt: skip


@page(policies.VIEW)
def disputes(request: Request) -> HttpResponseBase:
    """The disputes that the viewer sees, his own to answer first."""
    rows = selectors.disputes(request.actor)
    return DISPUTES.respond(request, rows, "registry/disputes.html")


@page(policies.DISPUTE, methods=METHODS)
def raise_enterprise(request: Request, pk: int) -> HttpResponse:
    """Raise a dispute about an enterprise."""
    return _raise(request, found(request.actor, "enterprise", pk))


@page(policies.DISPUTE, methods=METHODS)
def raise_site(request: Request, pk: int) -> HttpResponse:
    """Raise a dispute about a site."""
    return _raise(request, found(request.actor, "site", pk))


def disputes_of(actor: Actor, subject: Enterprise | Site) -> dict[str, Any]:
    """What the subject's page shows of its disputes; ``disputes_may``: where to raise one."""
    rows = list(subject.disputes.select_related("organisation", "regulator"))
    raises = policies.DISPUTE.allows(actor) and not any(each.is_open for each in rows)
    address = reverse(f"registry:{kind_of(subject)}_dispute", args=[subject.pk])
    return {
        "disputes": [(each, state(each)) for each in rows],
        "disputes_may": address if raises else "",
    }


def _raise(request: Request, subject: Enterprise | Site) -> HttpResponse:
    if subject.merged_into_id:
        return redirect(url(subject))
    form = DisputeForm(request.POST or None)

    def do(**typed: Any) -> str:
        services.dispute_raise(actor=request.actor, subject=subject, **typed)
        return "已提出归属争议，由安委办征求意见后决定。"

    if request.method == "POST" and act(request, form, do):
        return redirect(f"{url(subject)}#disputes")
    context = {"subject": subject, "subject_url": url(subject), "form": form}
    status = 422 if form.errors else 200
    return render(request, "registry/dispute_raise.html", context, status=status)


@page(policies.VIEW)
def dispute(request: Request, pk: int) -> HttpResponse:
    """One dispute: what it is about, who was asked and what they said, the decision."""
    return _show(request, selectors.dispute(request.actor, pk))


@page(policies.ASK, methods=METHODS)
def ask(request: Request, pk: int) -> HttpResponse:
    """Ask organisations for their opinion."""

    def form(shown: Dispute) -> AskForm:
        return AskForm(request.POST, askable=selectors.askable(shown))

    def do(**typed: Any) -> str:
        typed["organisations"] = list(typed["organisations"])
        services.opinions_ask(actor=request.actor, dispute=pk, **typed)
        return f"已向 {len(typed['organisations'])} 个单位征求意见。"

    return _act(request, pk, form, do, "ask_form")


@page(policies.OPINE, methods=METHODS)
def opine(request: Request, pk: int) -> HttpResponse:
    """Give the opinion of one's organisation."""

    def form(shown: Dispute) -> OpinionForm:
        return OpinionForm(request.POST, own=_owed(request.actor, shown))

    def do(**typed: Any) -> str:
        opinion = services.opinion_give(actor=request.actor, dispute=pk, **typed)
        return f"{opinion.organisation}的意见已答复。"

    return _act(request, pk, form, do, "opinion_form")


@page(policies.DECIDE, methods=METHODS)
def decide(request: Request, pk: int) -> HttpResponse:
    """Name who regulates."""

    def do(**typed: Any) -> str:
        made = dispute_decide(actor=request.actor, dispute=pk, **typed)
        return f"已决定：自 {made.effective_on} 起由{made.regulator}监管。"

    return _act(request, pk, lambda _: DecideForm(request.POST), do, "decide_form")


@page(policies.DISPUTE, methods=METHODS)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take back a dispute that one's organisation raised."""
    if request.method == "POST":
        selectors.dispute(request.actor, pk)
        reason = request.POST.get("reason", "")
        services.dispute_withdraw(actor=request.actor, dispute=pk, reason=reason)
    return redirect("registry:dispute", pk)


@page(policies.VIEW)
def paper(request: Request, pk: int) -> FileResponse:
    """The decision in official layout."""
    shown = selectors.dispute(request.actor, pk)
    if shown.state != DisputeState.DECIDED:
        raise Unknown("这项争议还没有决定，没有决定书。")
    content = io.BytesIO(decision_paper.docx(shown, _opinions(shown)))
    name = f"监管归属决定-{shown.subject}-{shown.effective_on:%Y%m%d}.docx"
    return FileResponse(content, as_attachment=True, filename=name, content_type=official.TYPE)


def _act(
    request: Request,
    pk: int,
    make: Callable[[Dispute], Any],
    do: Callable[..., str],
    name: str,
) -> HttpResponse:
    """Do it and go back to the page; with a fault, the page again with what was typed."""
    shown = selectors.dispute(request.actor, pk)
    if request.method != "POST":
        return redirect("registry:dispute", pk)
    form = make(shown)
    status: list[int] = []

    if act(request, form, do, refused=status.append):
        return redirect("registry:dispute", pk)
    fresh = selectors.dispute(request.actor, pk)
    return _show(request, fresh, status=status[0] if status else 422, **{name: form})


def _owed(actor: Actor, dispute: Dispute) -> QuerySet[Organisation]:
    """The organisations for which the actor speaks and that have not answered yet."""
    own = [each.organisation_id for each in policies.OPINE.grants(actor)]
    owing = dispute.opinions.filter(organisation__in=own, given_at__isnull=True)
    return Organisation.objects.filter(pk__in=owing.values("organisation"))


def _opinions(dispute: Dispute) -> list[Opinion]:
    return list(dispute.opinions.select_related("organisation", "regulator", "given_by"))


def _steps(dispute: Dispute) -> list[Step]:
    """What happened to it; its first step was that it was raised."""
    *later, first = history(dispute, flow.DISPUTE)
    return [*later, replace(first, title="提出争议")]


def _standing(opinion: Opinion, today: date) -> tuple[str, str]:
    """Word and tone of where an opinion stands."""
    if opinion.given_at:
        late = timezone.localdate(opinion.given_at) > opinion.until
        return ("逾期答复", "orange") if late else ("已答复", "green")
    return ("逾期未答复", "red") if opinion.silent(today) else ("待答复", "grey")


def _show(request: Request, shown: Dispute, *, status: int = 200, **typed: Any) -> HttpResponse:
    actor, subject, today = request.actor, shown.subject, timezone.localdate()
    opinions = _opinions(shown)
    may = {each.verb for each in flow.DISPUTE.available(shown, actor)}
    seen = type(subject).objects.visible_to(actor).filter(pk=subject.pk).exists()
    context = {
        "dispute": shown,
        "subject": subject,
        "subject_url": url(subject) if seen else "",
        "kind": kind_of(subject),
        "place": place(subject.area),
        "state": state(shown),
        "opinions": [(each, *_standing(each, today)) for each in opinions],
        "awaited": [each.organisation for each in opinions if each.awaited(today)],
        "history": _steps(shown),
        "may": may,
        "for_sector": shown.scope == DisputeScope.SECTOR,
        **_forms(actor, shown, may, today),
        **typed,
    }
    return render(request, "registry/dispute.html", context, status=status)


def _forms(actor: Actor, dispute: Dispute, may: set[str], today: date) -> dict[str, Any]:
    """The forms of what the viewer may do now, and the names that they offer."""
    forms: dict[str, Any] = {}
    if "ask" in may:
        forms["ask_form"] = AskForm(askable=selectors.askable(dispute))
    if "decide" in may:
        forms["decide_form"] = DecideForm(initial={"effective_on": today})
    if dispute.is_open and (own := _owed(actor, dispute)):
        forms["opinion_form"] = OpinionForm(own=own, initial={"organisation": own[0].pk})
    if forms:
        forms["organisations"] = organisation_names()
    return forms
