"""The job that sends."""

from procrastinate.contrib.django import app

from anlan.kernel.jobs import URGENT
from anlan.kernel.notify import delivery


@app.periodic(cron="* * * * *", periodic_id="notify")
@app.task(name="notify.send_due", queue=URGENT, pass_context=False)
def send_due(timestamp: int = 0) -> int:
    """Every minute, and at once after an urgent message. Finds its work in the deliveries
    themselves, so that a lost or repeated job loses and repeats nothing."""
    return delivery.send_due()
