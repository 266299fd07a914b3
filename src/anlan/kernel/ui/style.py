"""The style guide: every component once, for those who build pages and for the visual tests."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.kernel.access.policies import anyone, page
from anlan.kernel.ui import tokens


@page(anyone, methods=("GET", "POST"))
def guide(request: HttpRequest) -> HttpResponse:
    """``/ui/``: no data of anybody, only examples."""
    return render(request, "ui/guide.html", {"title": "页面构件", "states": tokens.STATES})
