"""``GET /healthz``: whether each part is up, for people, load balancers and watchdogs.

The page is public: it says which part is down, never why.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from anlan.kernel.access.policies import page, public
from anlan.kernel.watchman import beats
from anlan.kernel.watchman.watching import NAME as WATCHMAN

log = logging.getLogger("anlan.health")

WATCHMAN_SILENCE = timedelta(minutes=5)  # it makes a round every minute
WORKER_SILENCE_SECONDS = 30  # the worker writes its heartbeat every 10 seconds
LEAST_FREE_BYTES = 200 * 1024 * 1024


@page(public, methods=("GET",))
def healthz(request: HttpRequest) -> JsonResponse:
    """200 if every part is up, else 503; the body names each part."""
    parts = {name: up(name, check) for name, check in CHECKS.items()}
    healthy = all(parts.values())
    body = {
        "state": "up" if healthy else "down",
        "parts": {name: "up" if state else "down" for name, state in parts.items()},
    }
    response = JsonResponse(body, status=200 if healthy else 503)
    response["Cache-Control"] = "no-store"
    return response


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
    """A query comes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


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
    """There is room for uploads and for the database."""
    return shutil.disk_usage(settings.VAR).free >= LEAST_FREE_BYTES


CHECKS: dict[str, Callable[[], bool]] = {
    "web": web,
    "database": database,
    "worker": worker,
    "watchman": watchman,
    "migrations": migrations,
    "disk": disk,
}


@cache
def _migrations_of_program() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    squashed = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return frozenset(set(loader.disk_migrations) - squashed)
