"""The request as views find it behind our middleware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from anlan.kernel.access.actor import Actor
    from anlan.kernel.access.dues import Due
    from anlan.kernel.access.models import AccountSession, SessionEnd
    from anlan.kernel.access.policies import Declaration


class Request(HttpRequest):
    """For annotations: Django makes the objects, ActorMiddleware sets these attributes."""

    actor: Actor
    account_session: AccountSession | None
    session_end: SessionEnd | None  # the request came with a session that is over, for this reason
    due: Due | None  # what the account must do first
    deputy_lapsed: bool  # the session had chosen a deputation that is not in force any more
    declaration: Declaration
    htmx: HtmxDetails
