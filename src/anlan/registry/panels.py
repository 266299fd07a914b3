"""What other ledgers show on the page of an enterprise or a site.

    panels.register(stewards)   # in AppConfig.ready of a ledger above the registry

A panel gives a template and what it draws of the subject, or None where it has nothing to show.
The template finds it as ``panel``; it must show only what the actor may see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anlan.kernel.access.actor import Actor
from anlan.registry.models import Enterprise, Site

Drawn = tuple[str, Any]  # template, what it draws
Panel = Callable[[Actor, Enterprise | Site], Drawn | None]

_panels: list[Panel] = []


def register(panel: Panel) -> None:
    """Show it on each subject's page; one that is registered twice is shown once."""
    if panel not in _panels:
        _panels.append(panel)


def of(actor: Actor, subject: Enterprise | Site) -> list[Drawn]:
    """The panels that have something to show of the subject."""
    return [drawn for panel in _panels if (drawn := panel(actor, subject))]
