"""A small city of its own, accounts in it, and a clean start of what processes remember."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from anlan.kernel.access import rules
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import Grant, User
from anlan.kernel.access.pages import login as login_page
from anlan.kernel.access.roles import Role
from anlan.kernel.access.services import login
from tests.kernel.access import town


class Quick(Argon2PasswordHasher):
    """Argon2 at the least cost: these tests log in hundreds of times."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1


PASSWORD = "Fen-River-2025"
HASHED = Quick().encode(PASSWORD, "a salt of the tests")


@pytest.fixture(autouse=True)
def _fresh_process(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No rule read by another test nor read anew because a minute has passed meanwhile (a page
    would ask once more), no costly hash, and no wait after a refused login."""
    settings.PASSWORD_HASHERS = [f"{Quick.__module__}.{Quick.__name__}"]
    monkeypatch.setattr(login_page, "REFUSED_AFTER", 0)
    monkeypatch.setattr(rules, "_minute", int)
    for remembered in (rules._read, login._nobody):
        remembered.cache_clear()
    yield
    for remembered in (rules._read, login._nobody):
        remembered.cache_clear()


@pytest.fixture
def set_rules(monkeypatch: pytest.MonkeyPatch) -> Callable[..., rules.Rules]:
    """Let other numbers be in force: ``set_rules(login_max_failures=2)``."""

    def put(**numbers: int) -> rules.Rules:
        made = rules.Rules(**numbers)
        monkeypatch.setattr(rules, "current", lambda: made)
        return made

    return put


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    """See ``town.build``."""
    return town.build()


@pytest.fixture
def make_user(city: SimpleNamespace) -> Callable[..., User]:
    """Accounts with the password ``PASSWORD``, with a grant if a role is named."""
    return lambda username="zhang", *roles, **more: user(city, username, *roles, **more)


def user(city: SimpleNamespace, username: str, *roles: Role, **more: Any) -> User:
    organisation = more.pop("organisation", city.bureau)
    made = User.objects.create(
        username=username,
        name=more.pop("name", f"人{username}"),
        organisation=organisation,
        password=HASHED,
        password_changed_at=more.pop("password_changed_at", timezone.now()),
        **more,
    )
    for role in roles:
        grant(made, role, organisation)
    return made


def grant(holder: User, role: Role, organisation: Any, **more: Any) -> Grant:
    return Grant.objects.create(
        user=holder,
        role=role,
        organisation=organisation,
        area=more.pop("area", organisation.area),
        valid_from=more.pop("valid_from", days(-1)),
        **more,
    )


def actor(holder: User, **more: Any) -> Actor:
    """The actor that a fresh request of this account would have."""
    return Actor(user=User.objects.get(pk=holder.pk), **more)


def days(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)


def browser(holder: User | None = None, **more: Any) -> Browser:
    """A browser, logged in through the page if an account is given."""
    made = Browser(**more)
    if holder:
        answer = made.post("/login/", {"username": holder.username, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
    return made


@pytest.fixture
def _log_guards(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        _truncation("ENABLE")


@pytest.fixture
def committed_db(_log_guards: None, transactional_db: None) -> Iterator[None]:
    """Real commits, seen by other connections; cleaned up by truncating, which logs refuse."""
    yield
    _truncation("DISABLE")


def _truncation(verb: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE '%no_truncate%'"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} {verb} TRIGGER "{name}"')


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move the program's clock on: ``clock(timedelta(minutes=30))``; calls add up."""
    real, ahead = timezone.now, [timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: real() + ahead[0])

    def move(by: timedelta) -> None:
        ahead[0] += by

    return move
