"""``GET /healthz``: whether each part is up, for people, load balancers and watchdogs.

The page is public: it says which part is down, never why.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from threading import Lock

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from anlan.config import brokering
from anlan.kernel.access.policies import page, public
from anlan.kernel.watchman import beats
from anlan.kernel.watchman.watching import NAME as WATCHMAN
from anlan.monitoring.models import EngineState
from anlan.monitoring.stream.broker import Broker, url
from anlan.monitoring.stream.connection import linked
from anlan.monitoring.stream.names import STREAM, partitions

log = logging.getLogger("anlan.health")

WATCHMAN_SILENCE = timedelta(minutes=5)  # it makes a round every minute
WORKER_SILENCE_SECONDS = 30  # the worker writes its heartbeat every 10 seconds
MONITOR_SILENCE = timedelta(seconds=60)  # an engine writes its state every 10 seconds
ANSWER_SECONDS = 1.0
BROKER_SECONDS = 2.0
LEAST_FREE_BYTES = 200 * 1024 * 1024
OWN_DISKS = ("postgres", "nats", "history", "evidence")


@page(public, methods=("GET",))
def healthz(request: HttpRequest) -> JsonResponse:
    """200 if every part is up, else 503; the body names each part."""
    parts = _parts()
    healthy = all(parts.values())
    body = {
        "state": "up" if healthy else "down",
        "parts": {name: "up" if state else "down" for name, state in parts.items()},
    }
    response = JsonResponse(body, status=200 if healthy else 503)
    response["Cache-Control"] = "no-store"
    return response


def _parts() -> dict[str, bool]:
    """Each part by name. What is kept in a database that does not answer is not asked for: each
    question would wait for it once more."""
    parts = {name: up(name, check) for name, check in CHECKS.items()}
    kept = KEPT_CHECKS | {
        f"monitor-{part}": partial(worked_on, part) for part in range(partitions())
    }
    return parts | {name: parts["database"] and up(name, check) for name, check in kept.items()}


def up(name: str, check: Callable[[], bool]) -> bool:
    """The answer of a check; one that fails says no, and its reason goes to the log."""
    try:
        return check()
    except Exception:  # whatever is wrong, the answer is that this part is down
        log.warning("health check %s failed", name, exc_info=True)
        return False


def web() -> bool:
    """It answers."""
    return True


def database() -> bool:
    """A query comes back; a connection is waited for no longer than ``ANSWER_SECONDS``."""
    pool = getattr(connection, "pool", None)
    if pool is not None and connection.connection is None:
        pool.open()
        with pool.connection(timeout=ANSWER_SECONDS):
            pass  # one can be had
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def broker() -> bool:
    """The broker has the stream of readings and stores what comes; asked at most once in
    ``BROKER_SECONDS``, since each question to one that is away holds a page's thread."""
    return _broker.up()


class Lately:
    """The newest answer to a question that is asked seldom; who comes meanwhile gets the last."""

    def __init__(self, question: Callable[[], bool], seconds: float) -> None:
        self._question = question
        self._seconds = seconds
        self._lock = Lock()
        self._asked, self._answer = float("-inf"), False

    def up(self) -> bool:
        # while another asks, the last answer counts; the first is waited for
        if self._lock.acquire(blocking=self._asked == float("-inf")):
            try:
                if time.monotonic() - self._asked >= self._seconds:
                    self._answer = up("broker", self._question)
                    self._asked = time.monotonic()
            finally:
                self._lock.release()
        return self._answer


def _stores() -> bool:
    return asyncio.run(asyncio.wait_for(_stores_now(), ANSWER_SECONDS))


async def _stores_now() -> bool:
    """By its own word where it is the embedded one: it answers for a stream that takes nothing."""
    if os.environ.get("NATS_URL"):
        async with linked(url(settings.VAR)) as client:
            return bool(await client.jetstream().stream_info(STREAM))
    async with linked(Broker(settings.VAR).urls.system) as client:
        return not await brokering.fault(client)


_broker = Lately(_stores, BROKER_SECONDS)


def worked_on(part: int) -> bool:
    """The engine of a part of the stream wrote its state down lately. It does so every ten seconds
    as long as it hears the clock, which comes over the broker: whatever the devices send."""
    since = timezone.now() - MONITOR_SILENCE
    lately = EngineState.objects.filter(partition=part, updated_at__gt=since)
    return lately.exclude(state=None).exists()


def worker() -> bool:
    """A worker gave a sign of life lately."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s))",
            [WORKER_SILENCE_SECONDS],
        )
        return bool(cursor.fetchone()[0])


def watchman() -> bool:
    """The watchman made a round lately, whatever it found."""
    last = beats.last(WATCHMAN)
    return last is not None and timezone.now() - last < WATCHMAN_SILENCE


def migrations() -> bool:
    """The database has every migration of this program."""
    return _migrations_of_program() <= set(MigrationRecorder(connection).applied_migrations())


def disk() -> bool:
    """There is room wherever the data lie: each of the folders may be a disk of its own."""
    folders = [settings.VAR, *(settings.VAR / each for each in OWN_DISKS)]
    there = [each for each in folders if each.exists()]
    return all(shutil.disk_usage(each).free >= LEAST_FREE_BYTES for each in there)


CHECKS: dict[str, Callable[[], bool]] = {
    "web": web,
    "database": database,
    "broker": broker,
    "disk": disk,
}
KEPT_CHECKS: dict[str, Callable[[], bool]] = {
    "worker": worker,
    "watchman": watchman,
    "migrations": migrations,
}


@cache
def _migrations_of_program() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    squashed = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return frozenset(set(loader.disk_migrations) - squashed)
