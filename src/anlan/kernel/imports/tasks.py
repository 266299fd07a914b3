"""Jobs of the import."""

from __future__ import annotations

from collections.abc import Callable
from threading import BoundedSemaphore

from django.db import close_old_connections
from procrastinate.contrib.django import app

MOST_AT_ONCE = 1  # of the worker's hands: the others do what is due each minute
AGAIN_SECONDS = 5
_hands = BoundedSemaphore(MOST_AT_ONCE)


@app.task(name="imports.read", queue="imports")
def read_batch(batch: int) -> None:
    """Read an uploaded file and judge its rows; while another is at work, a little later."""
    from anlan.kernel.imports.services.reading import batch_read

    if not _done(lambda: batch_read(batch=batch)):
        read_batch.configure(schedule_in={"seconds": AGAIN_SECONDS}).defer(batch=batch)


@app.task(name="imports.take", queue="imports")
def take_batch(batch: int) -> None:
    """Take the good rows into the ledger; while another is at work, a little later."""
    from anlan.kernel.imports.services.taking import batch_take

    if not _done(lambda: batch_take(batch=batch)):
        take_batch.configure(schedule_in={"seconds": AGAIN_SECONDS}).defer(batch=batch)


def _done(work: Callable[[], None]) -> bool:
    # Not procrastinate's lock: the job of a killed worker would keep it.
    if not _hands.acquire(blocking=False):
        return False
    # No request ends here: a connection that broke must not stay with this thread.
    close_old_connections()
    try:
        work()
    finally:
        close_old_connections()
        _hands.release()
    return True
