"""The stewards of a mine on its page in the registry."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.registry.models import Enterprise, Site
from anlan.stewardship import mines, policies
from anlan.stewardship.board import of_day
from anlan.stewardship.choices import Level
from anlan.stewardship.models import Stewardship


def stewards(actor: Actor, subject: Enterprise | Site) -> tuple[str, Any] | None:
    """A line for each level; None for what needs no steward."""
    if not isinstance(subject, Site) or not policies.VIEW.allows(actor):
        return None
    if not mines.asked().filter(pk=subject.pk).exists():
        return None
    return "stewardship/_panel.html", {"site": subject, "levels": levels(subject)}


def levels(site: Site) -> list[tuple[Level, Stewardship | None, bool]]:
    """Each level that has a steward today or must have one; whether it must."""
    today = timezone.localdate()
    required = mines.required(today)
    now = {Level(each.level): each for each in of_day(today, [site.pk])}
    shown = [each for each in Level if each in required or each in now]
    return [(each, now.get(each), each in required) for each in shown]
