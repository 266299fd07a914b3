"""Gives each whole page the place in the outbox from which its live updates start."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest

from anlan.kernel.events.outbox import NOW, Cursor


def current() -> Cursor:
    """The place behind all settled events."""
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        return Cursor.before(cursor.fetchone()[0])


def mark(request: HttpRequest) -> None:
    """Note the place before the view reads anything, so that nothing falls between the two."""
    whole_page = request.method == "GET" and "HX-Request" not in request.headers
    if whole_page and request.actor.user is not None:  # type: ignore[attr-defined]
        request.live_since = str(current())  # type: ignore[attr-defined]
