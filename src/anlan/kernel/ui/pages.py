"""The front page and the developers' style guide."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.requests import Request
from anlan.kernel.ui import home as homes


@page(anyone)
def home(request: Request) -> HttpResponse:
    """To the page where this person's work begins; a plain list of doors where there is none."""
    first = homes.first_page(request.actor)
    if first:
        return redirect(first)
    return render(request, "ui/home.html", {"title": "首页"})
