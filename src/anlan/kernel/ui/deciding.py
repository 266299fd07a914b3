"""A decision taken by a button: done, told, and back to where one came from."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from anlan.kernel.access.answers import local
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused


def act_and_return(request: Request, act: Callable[[], object], said: str) -> HttpResponse:
    """Decide and go back where one came from; a refusal is told there, nothing is lost.

    What is not offered to this person at all (403) or is out of his sight (404) gets a page.
    """
    try:
        act()
    except Refused as refusal:
        tell(request, refusal)
    else:
        messages.success(request, said)
    return redirect(back(request))


def tell(request: Request, refusal: Refused) -> None:
    """Say the refusal on the page that follows; a 403 or 404 is raised, for it gets its own."""
    if refusal.status in (403, 404):
        raise refusal
    messages.error(request, refusal.message)


def back(request: Request) -> str:
    """The page of ours that the form names or was on, without its host."""
    if named := request.POST.get("back"):
        return local(request, named)
    referer = urlsplit(request.headers.get("Referer", ""))
    if referer.netloc != request.get_host():
        return local(request, None)
    return local(request, f"{referer.path}?{referer.query}" if referer.query else referer.path)
