"""Monitoring of a site on its page in the registry."""

from __future__ import annotations

from typing import Any

from anlan.kernel.access.actor import Actor
from anlan.monitoring import policies
from anlan.monitoring.alarms import selectors
from anlan.monitoring.now import coverage, standing
from anlan.monitoring.visibility import reaches
from anlan.registry.models import Enterprise, Site

SHORT = 12  # points in the panel, the most pressing; the rest are on the page of monitoring


def monitoring(actor: Actor, subject: Enterprise | Site) -> tuple[str, Any] | None:
    """Points with what they say now; None for a site that has none, needs none and is not the
    viewer's to connect."""
    if not isinstance(subject, Site) or not policies.VIEW.allows(actor):
        return None
    now = standing.of_site(subject)
    asked = coverage.asked().filter(pk=subject.pk).exists()
    keeps = policies.KEEP.allows(actor) and reaches(actor, subject, policies.KEEP)
    if not now.rows and not asked and not keeps:
        return None
    shown = {
        "site": subject, "standing": now, "rows": now.rows[:SHORT], "asked": asked,
        "level": selectors.level_of(subject),
    }  # fmt: skip
    return "monitoring/_panel.html", shown
