"""What the pages of this app share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.http import QueryDict

from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused

T = TypeVar("T")


def attempt(form: forms.Form, act: Callable[[], T], field: str | None = None) -> T | None:
    """Do ``act``; a refusal becomes an error of the form (of ``field``), and the answer None."""
    try:
        return act()
    except Refused as refusal:
        form.add_error(field, refusal.message)
        return None


def posted(request: Request) -> QueryDict | None:
    """What was sent, also when it is empty; None where the page is only being opened."""
    return request.POST if request.method == "POST" else None


def reason(request: Request) -> str:
    """The reason given with the form; Refused if there is none."""
    given = request.POST.get("reason", "").replace("\x00", "").strip()
    if not given:
        raise Refused("reason", "没有写明理由，没有作任何改动。请返回填写理由后再提交。")
    return given[:1000]


def frame(request: Request) -> str:
    """The frame of a page that an account may have to pass before it gets to the others."""
    return "ui/plain.html" if request.due else "ui/base.html"
