"""Jobs of the intake."""

from threading import BoundedSemaphore

from procrastinate.contrib.django import app

MOST_AT_ONCE = 2  # of the worker's hands: the others do what is due each minute
AGAIN_SECONDS = 10
_readings = BoundedSemaphore(MOST_AT_ONCE)


@app.task(name="intake.read_document", queue="intake")
def read_document(document: int) -> None:
    """Read an uploaded notice; while enough others are being read, a little later."""
    from anlan.intake.services.reading import document_read

    if not _readings.acquire(blocking=False):
        # Not procrastinate's lock: the job of a killed worker would keep it.
        read_document.configure(schedule_in={"seconds": AGAIN_SECONDS}).defer(document=document)
        return
    try:
        document_read(document=document)
    finally:
        _readings.release()
