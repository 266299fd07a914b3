"""The tasks of an issued list: reporting one done, accepting it, sending it back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.evidence.services import file_store
from anlan.kernel.orgs.pages.common import act
from anlan.kernel.ui.deciding import act_and_return
from anlan.stewardship import policies, selectors
from anlan.stewardship.forms import FinishForm
from anlan.stewardship.pages.lists import show
from anlan.stewardship.services import items

POST = ("POST",)


@page(policies.LISTS, methods=POST)
def finish(request: Request, pk: int) -> HttpResponse:
    """Report a task done, with its proof."""
    item = selectors.list_item(request.actor, pk)
    form = FinishForm(request.POST, request.FILES, auto_id=f"item{pk}_%s")

    def do(text: str, evidence: list[Any]) -> str:
        files = [file_store(actor=request.actor, upload=each) for each in evidence]
        items.item_finish(actor=request.actor, item=pk, text=text, evidence=files)
        return "已上报完成，等待另一人核验。"

    if act(request, form, do):
        return redirect("stewardship:list", item.of_id)
    return show(request, item.of, wrong={pk: form})


@page(policies.CONFIRM, methods=POST)
def verify(request: Request, pk: int) -> HttpResponse:
    """Accept that a task is done."""
    return act_and_return(
        request, lambda: items.item_verify(actor=request.actor, item=pk), "已核验通过。"
    )


@page(policies.CONFIRM, methods=POST)
def send_back(request: Request, pk: int) -> HttpResponse:
    """Send a task back with a reason."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: items.item_return(actor=request.actor, item=pk, reason=reason),
        "已退回，并告知上报人。",
    )


@page(policies.CONFIRM, methods=POST)
def reopen(request: Request, pk: int) -> HttpResponse:
    """Take back an acceptance."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: items.item_reopen(actor=request.actor, item=pk, reason=reason),
        "已重新打开，并告知上报人。",
    )
