"""Jobs of monitoring."""

from threading import BoundedSemaphore

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anlan.kernel.jobs import URGENT, every
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.services import calling

AGAIN_SECONDS = 5
UNTIL_THE_BROKER = RetryStrategy(max_attempts=120, wait=AGAIN_SECONDS, retry_exceptions=[NotStored])
_trial = BoundedSemaphore(1)  # of the worker's hands: the others do what is due each minute


@app.periodic(cron="* * * * *", periodic_id="monitoring.call")
@app.task(name="monitoring.call", queue=URGENT, pass_context=False)
def call(timestamp: int = 0) -> int:
    """Every minute, and at once when alarms were raised. Finds its work in the alarms themselves,
    so that a lost or repeated job loses and repeats nothing."""
    return calling.call_waiting()


@every("* * * * *", "monitoring.tamper")
def look_for_tampering() -> None:
    """Every minute: yesterday at the sites that were not judged yet, for as long as a run may last;
    from two o'clock of the city on, until all are done."""
    # not with the module: Arrow and Delta Lake would burden every process that knows the jobs
    from anlan.monitoring.history.table import History
    from anlan.monitoring.services.touched import look_on

    look_on(history=History.at(settings.VAR / "history"), now=timezone.now())


@app.task(name="monitoring.try", queue="monitoring")
def try_version(trial: int) -> None:
    """Try a version of a rule on past days; while another is tried, a little later."""
    from anlan.monitoring.services.trials import trial_run

    if not _trial.acquire(blocking=False):
        # Not procrastinate's lock: the job of a killed worker would keep it.
        try_version.configure(schedule_in={"seconds": AGAIN_SECONDS}).defer(trial=trial)
        return
    close_old_connections()
    try:
        trial_run(trial=trial)
    finally:
        close_old_connections()
        _trial.release()


@app.task(name="monitoring.demo_letters", retry=UNTIL_THE_BROKER)
def demo_letters() -> int:
    """The demonstration's dead letters, once the broker has started."""
    from anlan.monitoring.demo.letters import bury

    close_old_connections()
    try:
        return bury()
    finally:
        close_old_connections()
