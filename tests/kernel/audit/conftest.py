"""A town that is really committed, writes on it, and a hand that tampers as a superuser can."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, models, transaction

from anlan.kernel.access.actor import system
from anlan.kernel.audit import chain
from anlan.kernel.write import Write
from tests.kernel.access import town
from tests.kernel.access.conftest import _fresh_process as _fresh_process
from tests.kernel.access.conftest import _log_guards as _log_guards
from tests.kernel.access.conftest import committed_db as committed_db


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    return town.build()


@pytest.fixture
def sealed(committed_db: None, city: SimpleNamespace) -> SimpleNamespace:
    """The town with three changes of a name, everything sealed."""
    for name in ("甲县", "乙县", "丙县"):
        rename(city.east, name)
    chain.seal_all()
    return city


def rename(area: models.Model, name: str, *, verb: str = "test.rename") -> None:
    with Write(system(), verb, reason="改名") as write:
        write.change(area, name=name)


@pytest.fixture
def tamper(committed_db: None) -> Callable[..., None]:
    """Run a statement with triggers off, as a superuser of the database can."""

    def run(statement: str, *values: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement, values)

    return run
