"""My account: password, second factor, sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.kernel.access import forms, rules, selectors, sessions, totp
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import AccountSession, SessionEnd, User
from anlan.kernel.access.pages.common import attempt, frame, posted
from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.requests import Request
from anlan.kernel.access.services import factor, passwords
from anlan.kernel.access.services.attempts import WrongPassword
from anlan.kernel.errors import Unknown

SALT = "totp_salt"


@page(anyone)
def account(request: Request) -> HttpResponse:
    """Who I am, what I may, where I am logged in."""
    user = request.actor.person
    changed = user.password_changed_at
    context = {
        "account": user,
        "grants": selectors.grants_of(user),
        "sessions": sessions.in_force().filter(user=user).order_by("-began_at"),
        "current": request.account_session,
        "events": selectors.recent_events(user),
        "password_until": changed + rules.current().password_max_age if changed else None,
        "today": timezone.localdate(),
    }
    return render(request, "access/account.html", context)


@page(anyone, methods=("GET", "POST"), while_due=True)
def password(request: Request) -> HttpResponse:
    """Change my password; also the page of a forced change."""
    form = forms.ChangePassword(posted(request))
    if form.is_valid() and _changed(request, form):
        request.session.cycle_key()
        messages.success(request, "口令已修改，您在其他地方的登录都已结束。")
        return redirect("access:account")
    context = {"form": form, "frame": frame(request), "due": request.due}
    status = 422 if form.errors else 200
    return render(request, "access/password.html", context, status=status)


def _changed(request: Request, form: forms.ChangePassword) -> bool:
    given = form.cleaned_data
    try:
        passwords.change(
            actor=request.actor,
            current=given["current"],
            new=given["new"],
            client=Client.of(request),
            session=request.account_session,
        )
    except passwords.WeakPassword as weak:
        form.add_error("new", weak.problems)
    except WrongPassword as wrong:
        form.add_error("current", wrong.message)
    return not form.errors


@page(anyone, methods=("GET", "POST"), while_due=True)
def second_factor(request: Request) -> HttpResponse:
    """Set the second factor up, or see that it is on."""
    user = request.actor.person
    context: dict[str, Any] = {"frame": frame(request), "due": request.due}
    if user.totp_salt:
        left = user.recovery_codes.filter(used_at=None).count()
        context |= {"form": forms.Confirm(), "left": left}
        return render(request, "access/totp_on.html", context)
    salt = request.session.setdefault(SALT, totp.new_salt())
    form = forms.FirstCode(posted(request))
    if form.is_valid():
        client = Client.of(request)
        codes = attempt(
            form,
            lambda: factor.enable(
                actor=request.actor, salt=salt, client=client, **form.cleaned_data
            ),
            "code",
        )
        if codes:
            request.session.pop(SALT)
            return render(request, "access/totp_codes.html", context | {"codes": codes})
    context |= {"form": form, "picture": totp.picture(user, salt), "key": _key(user, salt)}
    return render(request, "access/totp_setup.html", context, status=422 if form.errors else 200)


def _key(user: User, salt: str) -> str:
    plain = totp.secret(user, salt)
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


@page(anyone, methods=("POST",), while_due=True)
def second_factor_off(request: Request) -> HttpResponse:
    """Switch the second factor off, with the password."""
    form = forms.Confirm(request.POST)
    client = Client.of(request)
    if form.is_valid():
        attempt(
            form,
            lambda: factor.disable(actor=request.actor, client=client, **form.cleaned_data),
            "password",
        )
    if not form.errors:
        messages.success(request, "动态口令已停用，恢复码全部作废。")
        return redirect("access:totp")
    left = request.actor.person.recovery_codes.filter(used_at=None).count()
    context = {"form": form, "left": left, "frame": frame(request), "due": request.due}
    return render(request, "access/totp_on.html", context, status=422)


@page(anyone, methods=("POST",))
def end_session(request: Request, pk: UUID) -> HttpResponse:
    """End one of my sessions."""
    own = AccountSession.objects.select_related("user").filter(user=request.actor.user, pk=pk)
    session = own.first()
    if session is None:
        raise Unknown
    sessions.end(session, SessionEnd.ENDED, by=request.actor.person)
    if session == request.account_session:
        return redirect("access:login")
    messages.success(request, "该处登录已结束。")
    return redirect("access:account")


@page(anyone, methods=("POST",))
def end_others(request: Request) -> HttpResponseRedirect:
    """End all my sessions but this one."""
    user, current = request.actor.person, request.account_session
    sessions.end_all(user, SessionEnd.ENDED, but=current, by=user)
    messages.success(request, "您在其他地方的登录都已结束。")
    return redirect("access:account")
