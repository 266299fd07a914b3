"""Monitoring of a site on its page in the registry."""

from __future__ import annotations

from typing import Any

from anlan.kernel.access.actor import Actor
from anlan.monitoring import coverage, policies, selectors
from anlan.registry.models import Enterprise, Site


def monitoring(actor: Actor, subject: Enterprise | Site) -> tuple[str, Any] | None:
    """Points with what goes on there; None for a site that has none and needs none."""
    if not isinstance(subject, Site) or not policies.VIEW.allows(actor):
        return None
    points = selectors.points_of(subject)
    asked = coverage.asked().filter(pk=subject.pk).exists()
    if not points and not asked:
        return None
    return "monitoring/_panel.html", {"site": subject, "points": points}
