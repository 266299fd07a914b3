"""Monitoring of a site on its page in the registry."""

from __future__ import annotations

from typing import Any

from anlan.kernel.access.actor import Actor
from anlan.monitoring import coverage, policies, standing
from anlan.registry.models import Enterprise, Site

SHORT = 12  # points in the panel, the most pressing; the rest are on the page of monitoring


def monitoring(actor: Actor, subject: Enterprise | Site) -> tuple[str, Any] | None:
    """Points with what they say now; None for a site that has none and needs none."""
    if not isinstance(subject, Site) or not policies.VIEW.allows(actor):
        return None
    now = standing.of_site(subject)
    if not now.rows and not coverage.asked().filter(pk=subject.pk).exists():
        return None
    return "monitoring/_panel.html", {"site": subject, "standing": now, "rows": now.rows[:SHORT]}
