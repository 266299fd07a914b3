"""The mark that every page with demonstration data carries."""

from __future__ import annotations

from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest

from anlan.kernel.ui import marks
from anlan.plan import selectors
from anlan.plan.models import Plan

WORDS = "演示数据"
_KEY, _SECONDS = "plan:demo-shown", 60


def register() -> None:
    """Show the mark on pages; forget what was remembered when a plan changes."""
    marks.register(mark)
    post_save.connect(_forget, sender=Plan, dispatch_uid=f"{_KEY}:save")
    post_delete.connect(_forget, sender=Plan, dispatch_uid=f"{_KEY}:delete")


def mark(request: HttpRequest) -> str | None:
    """The words for who looks through a demonstration account, or where the newest plan, the one
    that pages show, is a demonstration. Another process learns of a new plan within a minute."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.user is None:
        return None
    return WORDS if actor.user.is_demo or _shown() else None


def _shown() -> bool:
    shown: bool | None = cache.get(_KEY)
    if shown is None:
        plan = selectors.plan_of()
        shown = plan is not None and plan.is_demo
        cache.set(_KEY, shown, _SECONDS)
    return shown


def _forget(**_: object) -> None:
    cache.delete(_KEY)
