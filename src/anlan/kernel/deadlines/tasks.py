"""The job that takes the steps of clocks."""

from anlan.kernel.deadlines.firing import fire_due
from anlan.kernel.jobs import URGENT, every


@every("* * * * *", "deadlines.fire_due", queue=URGENT)
def fire() -> None:
    """Every minute."""
    fire_due()
