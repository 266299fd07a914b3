"""Jobs of the plan."""

from __future__ import annotations

from anlan.kernel.jobs import every
from anlan.plan import daily, tally
from anlan.plan.services import counting


@every("* * * * *", "plan.new_day")
def new_day() -> None:
    """Every minute asks whether today's work is done: in the first minute after midnight in
    China, and at once when a worker starts that was away at midnight."""
    daily.new_day()


@every("* * * * *", counting.JOB)
def count() -> None:
    """Every minute: what events of the last minute change in counted duties."""
    counting.follow()


@every("* * * * *", "plan.fold_tally")
def fold_tally() -> None:
    """Every minute: the counts that changes have added become one for each cell again."""
    tally.fold()
