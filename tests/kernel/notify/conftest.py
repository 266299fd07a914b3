"""People to tell, a clock that the test moves, and a sender that it can break."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from anlan.kernel.notify import senders
from tests.kernel.access import town
from tests.kernel.access.conftest import user


class Recorder:
    """Keeps what it is given; raises as often as ``broken`` says."""

    channel = "test"

    def __init__(self) -> None:
        self.sent: list[senders.Message] = []
        self.broken = 0

    def send(self, message: senders.Message) -> None:
        if self.broken:
            self.broken -= 1
            raise ConnectionError("gateway away")
        self.sent.append(message)


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    return town.build()


@pytest.fixture
def people(city: SimpleNamespace) -> tuple[User, User]:
    return user(city, "zhang", Role.UNIT_STAFF), user(city, "wang", Role.UNIT_STAFF)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    monkeypatch.setattr(senders, "sender", lambda: made)
    return made


@pytest.fixture
def forward(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    real, ahead = timezone.now, [timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: real() + ahead[0])

    def move(by: timedelta) -> None:
        ahead[0] += by

    return move
