"""What every test may use: a real PostgreSQL, started when the first test asks for it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from anlan.config import embedded

# No deadline by the clock, which a busy machine misses; nor a test that fails for its slowness.
settings.register_profile(
    "anlan", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("anlan")

# A test's data need not survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def pytest_configure(config: pytest.Config) -> None:
    """On one server, one worker's open transactions would hold back another's seals and events."""
    if os.environ.get("DATABASE_URL") and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("DATABASE_URL names one server: run the tests with -n 0")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes made while tests are collected (an archive has the time in it) differ from one worker
    to the other; their tests must be named alike."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[None]:
    """The database server: ``DATABASE_URL``, or an embedded one of this worker alone."""
    with embedded.server(Path(os.environ["ANLAN_VAR"]), FAST):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    postgres: None, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Start the server before pytest-django makes its test database."""


@pytest.fixture(autouse=True)
def _no_turn_of_the_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read once a minute is read once in a test: who counts queries must not count one more
    where a minute ends."""
    from anlan.kernel.access import rules
    from anlan.plan.services import standings

    monkeypatch.setattr(rules, "_minute", int)
    monkeypatch.setattr(standings, "_minute", int)
    rules._read.cache_clear()
    standings._risk_days.cache_clear()


@pytest.fixture
def var() -> Iterator[Path]:
    """A data folder of the test's own.

    Not below pytest's: each pytest that starts shuts that to others, PostgreSQL's user among them.
    """
    with tempfile.TemporaryDirectory(prefix="anlan-test-") as folder:
        yield Path(folder) / "var"
