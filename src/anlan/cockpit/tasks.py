"""Jobs of the cockpit."""

from __future__ import annotations

from anlan.cockpit import snapshots
from anlan.kernel.jobs import every


@every("* * * * *", snapshots.JOB)
def begin_day() -> None:
    """Every minute asks whether today's snapshot is taken."""
    snapshots.begin_day()
