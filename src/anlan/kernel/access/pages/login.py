"""Login, second factor, logout."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from anlan.kernel.access import answers, forms, sessions
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import SessionEnd, User
from anlan.kernel.access.pages.common import posted
from anlan.kernel.access.policies import anyone, page, public
from anlan.kernel.access.requests import Request
from anlan.kernel.access.services import attempts
from anlan.kernel.access.services import login as logins
from anlan.kernel.errors import Refused
from anlan.kernel.visits import visit

PENDING = "pending_login"
PENDING_SECONDS = 300
# A refused login answers no sooner than this (seconds): its time tells nothing about the account.
REFUSED_AFTER = 0.5


@page(public, methods=("GET", "POST"))
async def login(request: Request) -> HttpResponse:
    """Ask for account and password."""
    began = time.monotonic()
    response = await visit(_login, request)
    if response.status_code >= 400:
        await asyncio.sleep(max(0.0, REFUSED_AFTER - (time.monotonic() - began)))
    return response


def _login(request: Request) -> HttpResponse:
    back = answers.local(request, request.POST.get("next") or request.GET.get("next"))
    if request.method == "GET":
        if request.actor.user:
            return HttpResponseRedirect(back)
        return _form(request, forms.Login(), back)
    form = forms.Login(request.POST)
    if not form.is_valid():
        return _form(request, form, back, status=422)
    try:
        user = logins.check(**form.cleaned_data, client=Client.of(request))
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _form(request, form, back, status=refusal.status)
    if user.totp_salt:
        attempts.refund(user)
        _await_code(request, user, back)
        return HttpResponseRedirect(reverse("access:second-factor"))
    return _enter(request, user, back)


def _form(request: Request, form: forms.Login, back: str, *, status: int = 200) -> HttpResponse:
    ended = request.GET.get("ended", "")
    why = SessionEnd(ended).label if ended in SessionEnd.values else ""
    told = f"上一次登录已结束：{why}。请重新登录。" if why else ""
    context = {"form": form, "next": back, "ended": told}
    return render(request, "access/login.html", context, status=status)


def _enter(request: Request, user: User, back: str) -> HttpResponse:
    attempts.clear(user)
    sessions.begin(request, user)
    return HttpResponseRedirect(back)


def _await_code(request: Request, user: User, back: str) -> None:
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "proof": user.get_session_auth_hash(),  # void once the password changes
        "at": time.time(),
        "next": back,
    }


def _pending(request: Request) -> tuple[User, str] | None:
    held: dict[str, Any] | None = request.session.get(PENDING)
    if held is None or time.time() - held["at"] > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=held["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), held["proof"]):
        return None
    return user, held["next"]


@page(public, methods=("GET", "POST"))
def second_factor(request: Request) -> HttpResponse:
    """Ask for the one-time code, within five minutes of the password."""
    pending = _pending(request)
    if pending is None:
        return HttpResponseRedirect(reverse("access:login"))
    user, back = pending
    form = forms.Code(posted(request))
    status = 200
    if form.is_valid():
        try:
            logins.check_code(user=user, client=Client.of(request), **form.cleaned_data)
            return _enter(request, user, back)
        except Refused as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
    return render(request, "access/second_factor.html", {"form": form}, status=status)


@page(anyone, methods=("POST",), while_due=True)
def logout(request: Request) -> HttpResponse:
    """End this session."""
    if request.account_session:
        sessions.end(request.account_session, SessionEnd.LOGOUT)
    request.session.flush()
    return HttpResponseRedirect(reverse("access:login"))
