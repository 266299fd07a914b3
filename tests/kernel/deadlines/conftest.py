"""A city, a subject with a clock, and a recorder of the steps taken on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.deadlines import handlers, services
from anlan.kernel.deadlines.ladder import Rung, ladder
from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.write import Write
from tests.kernel.access import town
from tests.kernel.access.conftest import _log_guards, committed_db  # noqa: F401 — fixtures

SUBJECT, NAME = "orgs.area", "test"
LADDER = ladder(before=[7, 1], after=[1])
Forward = Callable[[timedelta], None]


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    return town.build()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Subject and step of each step that the handler took; subjects in ``broken`` fail."""
    taken = Recorded()

    def handle(write: Write, clock: Deadline, step: str) -> str:
        if clock.subject_id in taken.broken:
            raise ZeroDivisionError("handler broken")
        taken.append((clock.subject_id, step))
        return f"{step} done"

    monkeypatch.setitem(handlers._handlers, (SUBJECT, NAME), handle)
    return taken


class Recorded(list):
    def __init__(self) -> None:
        super().__init__()
        self.broken: set[int] = set()


@pytest.fixture
def forward(monkeypatch: pytest.MonkeyPatch) -> Forward:
    """Move the program's clock on; calls add up."""
    real, ahead = timezone.now, [timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: real() + ahead[0])

    def move(by: timedelta) -> None:
        ahead[0] += by

    return move


def begin(subject: object, due_at: datetime, rungs: list[Rung] = LADDER) -> Deadline:
    with Write(system(), "test.begin") as write:
        return services.start(write, subject, NAME, due_at=due_at, ladder=rungs)
