"""What other ledgers hold of a subject goes with it when it is merged into another.

    handover.register(stewardships)   # in AppConfig.ready of a ledger above the registry

The registry knows nothing of them: each gives a function that is called inside the merge's write,
after the registry's own rows have changed hands.
"""

from __future__ import annotations

from collections.abc import Callable

from anlan.kernel.write import Write
from anlan.registry.models import Enterprise, Site

# write, the one that goes, the one that stays
Handover = Callable[[Write, Enterprise | Site, Enterprise | Site], None]

_handovers: list[Handover] = []


def register(handover: Handover) -> None:
    """Call it at each merge; one that is registered twice is called once."""
    if handover not in _handovers:
        _handovers.append(handover)


def run(write: Write, gone: Enterprise | Site, kept: Enterprise | Site) -> None:
    """Let every ledger hand over what it holds of ``gone``."""
    for handover in _handovers:
        handover(write, gone, kept)
