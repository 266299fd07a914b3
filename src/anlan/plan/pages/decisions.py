"""What waits for a verifier or a signature, and the decisions themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused
from anlan.kernel.ui.deciding import act_and_return
from anlan.plan import policies, selectors
from anlan.plan.pages.duty import with_actions
from anlan.plan.services import extensions, orders, reports


@page(policies.VERIFY)
def inbox(request: Request) -> HttpResponse:
    """Reports to verify, extensions to decide, orders to sign: oldest first."""
    actor = request.actor
    decides = policies.DECIDE.allows(actor)
    context = {
        "reports": selectors.to_verify(actor),
        "extensions": selectors.to_decide(actor) if decides else [],
        "decides": decides,
        "orders": [with_actions(each, actor) for each in selectors.orders_to_decide(actor)],
    }
    return render(request, "plan/inbox.html", context)


@page(policies.VERIFY, methods=("POST",))
def accept(request: Request, pk: int) -> HttpResponse:
    """Verify a report."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: reports.report_accept(actor=request.actor, report=pk, reason=reason),
        "已核验通过。",
    )


@page(policies.VERIFY, methods=("POST",))
def send_back(request: Request, pk: int) -> HttpResponse:
    """Return a report with a reason."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: reports.report_return(actor=request.actor, report=pk, reason=reason),
        "已退回，并告知上报人。",
    )


@page(policies.REPORT, methods=("POST",))
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take one's unit's report back."""
    return act_and_return(
        request,
        lambda: reports.report_withdraw(actor=request.actor, report=pk),
        "上报已撤回，可以重新填报。",
    )


@page(policies.DECIDE, methods=("POST",))
def decide(request: Request, pk: int, verdict: str) -> HttpResponse:
    """Grant or refuse an extension."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: extensions.extension_decide(
            actor=request.actor, extension=pk, grant=verdict == "grant", reason=reason
        ),
        "已同意延期。" if verdict == "grant" else "已答复不同意延期。",
    )


@page(policies.FOLLOW, methods=("POST",))
def order(request: Request, pk: int, verb: str) -> HttpResponse:
    """Issue, dismiss, reject or close a supervision order."""
    actor, reason = request.actor, request.POST.get("reason", "")
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "issue": (
            lambda: orders.order_issue(actor=actor, order=pk, until=_day(request), reason=reason),
            "督办已下达。",
        ),
        "dismiss": (
            lambda: orders.order_dismiss(actor=actor, order=pk, reason=reason),
            "已决定不予督办，理由已留存。",
        ),
        "reject": (
            lambda: orders.order_reject(actor=actor, order=pk, reason=reason),
            "已退回重办。",
        ),
        "close": (lambda: orders.order_close(actor=actor, order=pk, reason=reason), "督办已办结。"),
    }
    act, said = acts[verb]
    return act_and_return(request, act, said)


def _day(request: Request) -> date:
    try:
        return date.fromisoformat(request.POST.get("until", ""))
    except ValueError as error:
        raise Refused("until_needed", "请填写回复期限，例如 2025-06-30。") from error
