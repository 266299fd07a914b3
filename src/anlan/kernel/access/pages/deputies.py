"""My deputies, and whom I may stand in for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.kernel.access import answers, forms, selectors, sessions
from anlan.kernel.access.pages.common import attempt, posted
from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.requests import Request
from anlan.kernel.access.services import deputies as service
from anlan.kernel.errors import Refused


@page(anyone, methods=("GET", "POST"))
def deputies(request: Request) -> HttpResponse:
    """Appoint a deputy; see past and present ones; take up what others left to me."""
    form = forms.Appoint(posted(request), initial={"valid_from": timezone.localdate()})
    if form.is_valid():
        made = attempt(form, lambda: service.appoint(actor=request.actor, **form.cleaned_data))
        if made:
            messages.success(request, f"已委托 {made.deputy.name} 代理，至 {made.valid_to} 止。")
            return redirect("access:deputies")
    user = request.actor.person
    context = {
        "form": form,
        "given": selectors.deputies_of(user),
        "mine": sessions.deputations(user).select_related("principal__organisation"),
        "today": timezone.localdate(),
    }
    return render(request, "access/deputies.html", context, status=422 if form.errors else 200)


@page(anyone, methods=("POST",))
def end(request: Request, pk: int) -> HttpResponse:
    """End a deputation that I gave or hold."""
    service.end(actor=request.actor, pk=pk)
    messages.success(request, "代理已结束。")
    return redirect("access:deputies")


@page(anyone, methods=("POST",))
def acting(request: Request) -> HttpResponse:
    """Act as somebody's deputy, or (without ``deputation``) as myself again."""
    chosen = request.POST.get("deputation", "")
    if not chosen:
        service.stop(request)
        messages.success(request, "已恢复以本人身份办理。")
        return redirect(answers.came_from(request))
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 18):
        raise Refused("deputation", "没有选定代理事项，请返回重新选择。")
    found = service.act(request, int(chosen))
    told = f"现在代 {found.principal.name} 行使职权（{found.authority}），每一步都会写明代理依据。"
    messages.warning(request, told)
    return redirect("/")
