"""Who asks (ActorMiddleware), and whether he comes through this door (PolicyMiddleware).

Both work in sync and in async: one visit to the database thread finds the session, the deputation
and the grants together; the verdict itself needs none.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from anlan.kernel.access import answers, dues, sessions
from anlan.kernel.access.actor import Actor, ActorSource, anonymous
from anlan.kernel.access.policies import Audience, Declaration, declaration, is_api_root
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.events.mark import mark

log = logging.getLogger("anlan.access")
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class _Middleware:
    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[Request], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: Request) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer_async(request)
        self.before(request)
        return self.after(request, self.get_response(request))

    async def _answer_async(self, request: Request) -> HttpResponseBase:
        await self.before_async(request)
        return self.after(request, await self.get_response(request))

    def before(self, request: Request) -> None:
        """What is done before the view, in sync."""

    async def before_async(self, request: Request) -> None:
        """What is done before the view, in async."""
        self.before(request)

    def after(self, request: Request, response: HttpResponseBase) -> HttpResponseBase:
        """What is done to the response; must not touch the database."""
        return response


class ActorMiddleware(_Middleware):
    """Sets ``request.actor``, ``request.account_session`` and ``request.due`` (see ``dues``)."""

    def before(self, request: Request) -> None:
        source = ActorSource.API if answers.is_api(request) else ActorSource.WEB
        request.session_end = None
        request.deputy_lapsed = False
        request.due = None
        request.account_session = session = sessions.recognise(request)
        if session is None:
            request.actor = anonymous(source)
            return
        deputy = sessions.deputation(request, session.user)
        request.actor = Actor(user=session.user, source=source, deputy=deputy)
        request.due = dues.due(request.actor)  # reads the grants, so that no later step must
        mark(request)

    async def before_async(self, request: Request) -> None:
        await sync_to_async(self.before)(request)


class Verdict(Enum):
    PASS = "pass"  # noqa: S105
    UNDECLARED = "undeclared"
    METHOD = "method"
    LOGIN = "login"
    DUE = "due"
    ROLE = "role"
    LAPSED = "lapsed"
    CSRF = "csrf"


def verdict(request: Request, declared: Declaration) -> Verdict:
    """Whether the request passes, or the first reason why not. Touches no database."""
    policy, actor = declared.policy, request.actor
    if policy is None:
        return Verdict.UNDECLARED
    if not policy.allows(actor):
        return Verdict.LOGIN if actor.is_anonymous else Verdict.ROLE
    method = request.method or ""
    if method not in declared.methods and not (method == "HEAD" and "GET" in declared.methods):
        return Verdict.METHOD
    if policy.audience is Audience.EVERYBODY:
        return Verdict.PASS
    if request.due and not declared.while_due:
        return Verdict.DUE
    return Verdict.LAPSED if request.deputy_lapsed and method not in SAFE else Verdict.PASS


class PolicyMiddleware(_Middleware):
    """Refuses what no declared policy lets through, and turns refusals into pages."""

    def __init__(self, get_response: Callable[[Request], Any]) -> None:
        super().__init__(get_response)
        self.process_view = self._judge_async if self.is_async else self._judge

    def _judge(
        self, request: Request, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if is_api_root(view):
            return None
        declared = declaration(view, request.method or "")
        request.declaration = declared
        found = verdict(request, declared)
        if found is Verdict.PASS:
            return _foreign_form(request, view)
        return _refuse(request, view, declared, found)

    async def _judge_async(
        self, request: Request, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        declared = declaration(view, request.method or "")
        if (
            request.method in SAFE
            and not is_api_root(view)
            and verdict(request, declared) is Verdict.PASS
        ):
            request.declaration = declared
            return None
        return await sync_to_async(self._judge)(request, view, args, kwargs)

    def after(self, request: Request, response: HttpResponseBase) -> HttpResponseBase:
        declared = getattr(request, "declaration", None)
        public = declared and declared.policy and declared.policy.audience is Audience.EVERYBODY
        if not public and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"  # nothing stays after the logout
        return response

    def process_exception(self, request: Request, error: Exception) -> HttpResponse | None:
        """A refusal raised by a view becomes its page; anything else stays an error."""
        return answers.refused(request, error) if isinstance(error, Refused) else None


def _foreign_form(request: Request, view: Callable[..., Any]) -> HttpResponse | None:
    """CSRF for views that exempt themselves (django-ninja does): a session cookie proves nobody."""
    if request.method in SAFE or request.actor.user is None:
        return None
    if not getattr(view, "csrf_exempt", False):
        return None  # Django's own middleware has checked it
    return CsrfViewMiddleware(_nothing).process_view(request, _nothing, (), {})


def _nothing(*_: Any) -> HttpResponse:
    return HttpResponse()


def _refuse(
    request: Request, view: Callable[..., Any], declared: Declaration, found: Verdict
) -> HttpResponse:
    if found is Verdict.LOGIN:
        return answers.login(request)
    if found is Verdict.DUE and request.due:
        return answers.elsewhere(request, request.due.url)
    if found is Verdict.METHOD:
        return answers.method(request, declared.methods)
    if found is Verdict.LAPSED:
        return answers.refused(
            request, WrongState("您的代理已到期或被结束，本次操作没有执行。请以本人身份重新办理。")
        )
    user = request.actor.user
    if found is Verdict.UNDECLARED:
        log.error("view without policy refused: %s %r", request.path, view)
        return answers.refused(
            request, Forbidden("此页面尚未规定谁可以使用，系统已拒绝。请告知系统管理员。")
        )
    log.warning(
        "refused: account %s, policy %s, %s %s",
        user and user.pk, declared.policy and declared.policy.name, request.method, request.path,
    )  # fmt: skip
    return answers.refused(request, Forbidden())
