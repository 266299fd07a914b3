"""Jobs of monitoring."""

from procrastinate.contrib.django import app

from anlan.monitoring.services import calling


@app.periodic(cron="* * * * *", periodic_id="monitoring.call")
@app.task(name="monitoring.call", pass_context=False)
def call(timestamp: int = 0) -> int:
    """Every minute, and at once when alarms were raised. Finds its work in the alarms themselves,
    so that a lost or repeated job loses and repeats nothing."""
    return calling.call_waiting()
