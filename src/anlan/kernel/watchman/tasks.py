"""The watchman's rounds, and clearing away the jobs that are done."""

from __future__ import annotations

from procrastinate import JobContext, builtin_tasks
from procrastinate.contrib.django import app

from anlan.kernel.jobs import every
from anlan.kernel.watchman.watching import make_round

KEEP_HOURS = 48  # long enough to look into what happened; a year would be millions of rows


@every("* * * * *", "watchman.watch")
def rounds() -> None:
    """Every minute."""
    make_round()


@app.periodic(cron="40 * * * *", periodic_id="jobs.clear")
@app.task(name="jobs.clear", queueing_lock="jobs.clear", pass_context=True)
async def clear(context: JobContext, timestamp: int) -> None:
    """Every hour: jobs that succeeded two days ago. Failed ones stay."""
    await builtin_tasks.remove_old_jobs(context, max_hours=KEEP_HOURS)
