"""The worker: what is urgent waits for no long job."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator

import pytest
from procrastinate.contrib.django import app

from anlan.kernel import jobs
from anlan.kernel.deadlines.tasks import fire  # noqa: F401 - the app knows it by its import
from anlan.monitoring.tasks import call
from tests.kernel.access.conftest import _log_guards as _log_guards
from tests.kernel.access.conftest import committed_db as committed_db

LONG = 20.0  # seconds after which what should have been done never will
URGENT = ("monitoring.call", "notify.send_due", "deadlines.fire_due")


@pytest.fixture
def made() -> Iterator[list[str]]:
    """Names of tasks of this test."""
    names: list[str] = []
    yield names
    for name in names:
        del app.tasks[name]


def test_long_jobs_in_all_hands_keep_no_alarm_waiting(committed_db: None, made: list[str]) -> None:
    begun, called, let_go = threading.Semaphore(0), threading.Event(), threading.Event()

    def long() -> None:
        begun.release()
        let_go.wait(3 * LONG)

    made += ["test.long", "test.call"]
    slow = app.task(name="test.long", queue="intake")(long)
    quick = app.task(name="test.call", queue=call.queue)(called.set)
    for _ in range(jobs.HANDS + 2):
        slow.defer()

    async def run() -> None:
        working = asyncio.create_task(jobs.work())
        for _ in range(jobs.HANDS):
            assert await asyncio.to_thread(begun.acquire, timeout=LONG)
        await quick.defer_async()
        assert await asyncio.to_thread(called.wait, LONG)
        let_go.set()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(working, LONG)

    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        asyncio.run(run())


@pytest.mark.parametrize("name", URGENT)
def test_what_calls_people_is_urgent(name: str) -> None:
    assert app.tasks[name].queue == jobs.URGENT
