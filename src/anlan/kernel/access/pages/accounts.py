"""Accounts and grants, for the system and the security administrator; login events."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.kernel.access import forms, policies, selectors
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import Grant, User
from anlan.kernel.access.pages.common import attempt, posted, reason
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.access.services import accounts as service
from anlan.kernel.access.services import grants
from anlan.kernel.errors import Unknown

PER_PAGE = 50


@page(policies.accounts)
def accounts(request: Request) -> HttpResponse:
    """All accounts, to search through."""
    text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    found = selectors.accounts(text=text, state=state)
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "q": text,
        "state": state,
        "manages": policies.accounts_manage.allows(request.actor),
        "query": _query(request),
    }
    return render(request, "access/accounts.html", context)


@page(policies.accounts_manage, methods=("GET", "POST"))
def new_account(request: Request) -> HttpResponse:
    """Make an account; its one-time password is shown once, here."""
    form = forms.NewAccount(posted(request))
    if form.is_valid():
        made = attempt(form, lambda: service.create(actor=request.actor, **form.cleaned_data))
        if made:
            return _one_time(request, *made)
    context = {"form": form, "organisations": selectors.organisation_names()}
    return render(request, "access/new_account.html", context, status=422 if form.errors else 200)


@page(policies.accounts)
def account(request: Request, pk: int) -> HttpResponse:
    """One account with its state, grants and events."""
    today = timezone.localdate()
    return _account(request, _found(pk), forms.NewGrant(initial={"valid_from": today}))


@page(policies.grants_manage, methods=("POST",))
def give(request: Request, pk: int) -> HttpResponse:
    """Give the account a grant."""
    user = _found(pk)
    form = forms.NewGrant(request.POST)
    if form.is_valid():
        made = attempt(
            form, lambda: grants.give(actor=request.actor, user_id=pk, **form.cleaned_data)
        )
        if made:
            messages.success(request, f"已授权：{made.get_role_display()} · {made.organisation}。")
            return redirect("access:manage", pk=pk)
    return _account(request, user, form, status=422)


@page(policies.grants_manage, methods=("POST",))
def end_grant(request: Request, pk: int) -> HttpResponse:
    """End a grant at once."""
    grant: Grant = grants.end(actor=request.actor, pk=pk, reason=reason(request))
    messages.success(request, "授权已结束，立即生效。")
    return redirect("access:manage", pk=grant.user_id)


def _account(
    request: Request, user: User, form: forms.NewGrant, *, status: int = 200
) -> HttpResponse:
    actor = request.actor
    context = {
        "account": user,
        "state": selectors.login_state(user),
        "grants": selectors.grants_of(user),
        "events": selectors.recent_events(user),
        "form": form,
        "manages": policies.accounts_manage.allows(actor),
        "grants_manage": policies.grants_manage.allows(actor) and user != actor.user,
        "organisations": selectors.organisation_names(),
        "oneself": user == actor.user,
        "today": timezone.localdate(),
    }
    return render(request, "access/manage.html", context, status=status)


@page(policies.accounts_manage, methods=("POST",))
def disable(request: Request, pk: int) -> HttpResponse:
    """Disable the account."""
    service.disable(actor=request.actor, pk=pk, reason=reason(request))
    return _done(request, pk, "账号已停用，其登录全部结束。")


@page(policies.accounts_manage, methods=("POST",))
def enable(request: Request, pk: int) -> HttpResponse:
    """Enable the account again."""
    service.enable(actor=request.actor, pk=pk, reason=reason(request))
    return _done(request, pk, "账号已启用。")


@page(policies.accounts_manage, methods=("POST",))
def unlock(request: Request, pk: int) -> HttpResponse:
    """Lift the lock of failed logins."""
    service.unlock(actor=request.actor, pk=pk, client=Client.of(request))
    return _done(request, pk, "锁定已解除。")


@page(policies.accounts_manage, methods=("POST",))
def reset(request: Request, pk: int) -> HttpResponse:
    """Give a one-time password, shown once, here."""
    client = Client.of(request)
    made = service.reset_password(actor=request.actor, pk=pk, client=client, reason=reason(request))
    return _one_time(request, *made)


@page(policies.accounts_manage, methods=("POST",))
def remove_factor(request: Request, pk: int) -> HttpResponse:
    """Switch off the second factor of somebody who lost it."""
    client = Client.of(request)
    service.remove_factor(actor=request.actor, pk=pk, client=client, reason=reason(request))
    return _done(request, pk, "动态口令已停用，本人下次登录后可重新设置。")


@page(policies.login_events)
def events(request: Request) -> HttpResponse:
    """What happened at the door, newest first."""
    form = forms.EventFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    page_of = Paginator(selectors.login_events(**wanted), PER_PAGE)
    context = {
        "form": form,
        "page": page_of.get_page(request.GET.get("page")),
        "query": _query(request),
    }
    return render(request, "access/events.html", context, status=422 if form.errors else 200)


def _one_time(request: Request, user: User, password: str) -> HttpResponse:
    context = {"account": user, "password": password}
    return render(request, "access/one_time.html", context)


def _done(request: Request, pk: int, told: str) -> HttpResponse:
    messages.success(request, told)
    return redirect("access:manage", pk=pk)


def _found(pk: int) -> User:
    user = User.objects.select_related("organisation").filter(pk=pk).first()
    if user is None:
        raise Unknown
    return user


def _query(request: Request) -> str:
    """The filter, for the links to other pages."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()
