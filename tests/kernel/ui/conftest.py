"""A small city, people in it, and requests that need no server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory

from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from tests.kernel.access import town
from tests.kernel.access.conftest import actor, user


@pytest.fixture(autouse=True)
def _no_memory() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    return town.build()


@pytest.fixture
def zhang(city: SimpleNamespace) -> User:
    return user(city, "zhang", Role.UNIT_STAFF)


@pytest.fixture
def asks(zhang: User) -> Callable[..., HttpRequest]:
    """``asks("/x/", q="矿")``: a request by zhang."""

    def make(path: str = "/list/", **query: object) -> HttpRequest:
        request = RequestFactory().get(path, query)
        request.actor = actor(zhang)
        return request

    return make
