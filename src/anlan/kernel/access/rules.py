"""The numbers that login, passwords and sessions go by, read from the norms in force.

GB/T 22239-2019 8.1.4.1 demands complexity, periodic change, a lock after failures and a session
time-out, and leaves the numbers to the operator: they are norms, which the city may change.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import lru_cache

from anlan.kernel.norms.values import values


@dataclass(frozen=True)
class Rules:
    """The defaults serve only an installation whose norms are not loaded yet."""

    login_max_failures: int = 5
    login_lock_minutes: int = 30
    login_address_failures: int = 50  # from one address within the lock time, over all accounts
    password_min_length: int = 10
    password_min_classes: int = 3
    password_max_age_days: int = 90
    password_history: int = 5
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12
    session_max_concurrent: int = 3

    @property
    def lock_time(self) -> timedelta:
        return timedelta(minutes=self.login_lock_minutes)

    @property
    def password_max_age(self) -> timedelta:
        return timedelta(days=self.password_max_age_days)

    @property
    def idle_time(self) -> timedelta:
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def absolute_time(self) -> timedelta:
        return timedelta(hours=self.session_absolute_hours)


def current() -> Rules:
    """The rules in force; a changed norm works within a minute."""
    return _read(_minute())


def _minute() -> int:
    return int(time.monotonic() // 60)


@lru_cache(maxsize=1)
def _read(minute: int) -> Rules:
    names = {each.name.replace("_", ".", 1): each.name for each in fields(Rules)}
    found = values({key: getattr(Rules, name) for key, name in names.items()})
    return Rules(**{names[key]: int(value) for key, value in found.items()})
