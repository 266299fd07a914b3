"""The front page and the developers' style guide."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from anlan.kernel.access.policies import anyone, page
from anlan.kernel.ui import home as homes


@page(anyone)
def home(request: HttpRequest) -> HttpResponse:
    """To the page where this person's work begins; a plain list of doors where there is none."""
    first = homes.first_page(request.actor)  # type: ignore[attr-defined]
    if first:
        return redirect(first)
    return render(request, "ui/home.html", {"title": "首页"})
