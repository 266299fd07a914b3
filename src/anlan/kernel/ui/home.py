"""Where a person begins: each app may offer a first page to the roles it serves.

    home.offer("plan:matrix", Policy, order=10)

The first offer whose policy lets the person in is where ``/`` leads.
"""

from __future__ import annotations

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy

_offers: dict[str, tuple[int, Policy]] = {}


def offer(url_name: str, policy: Policy, *, order: int = 100) -> None:
    """Declare ``url_name`` a first page for whom ``policy`` allows; lowest ``order`` first."""
    _offers[url_name] = (order, policy)


def first_page(actor: Actor) -> str | None:
    """The name of the page where ``actor`` begins, if an app offers one."""
    for url_name, (_, policy) in sorted(_offers.items(), key=lambda item: item[1][0]):
        if policy.allows(actor):
            return url_name
    return None
