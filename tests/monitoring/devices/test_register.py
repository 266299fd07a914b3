"""The gateways' directory while the database is away."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import OperationalError

from anlan.monitoring.devices import register as registers
from anlan.monitoring.devices.register import Register
from anlan.monitoring.gateways.contracts import Known

KNOWN = Known(1, 1, {}, 10, lambda secret: True)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Register:
    """One that has been read; from now on the database is away."""
    monkeypatch.setattr(registers, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(registers.compiling, "revision", lambda: 1)
    monkeypatch.setattr(registers, "_devices", lambda: {("http", "DS-1"): KNOWN})
    made = Register()
    made.refresh()
    monkeypatch.setattr(registers.compiling, "revision", _away)
    return made


def _away() -> int:
    raise OperationalError("the database system is starting up")


def test_what_was_known_stands(read: Register, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        read.refresh()
        assert read.device("http", "DS-1") is KNOWN
    assert caplog.text.count("设备登记暂按最近一次读到的算") == 1


def test_where_nothing_is_known_yet_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway that knew no device would turn all of them away as strangers."""
    monkeypatch.setattr(registers.compiling, "revision", _away)
    with pytest.raises(OperationalError):
        Register().refresh()


def test_nobody_waits_for_who_waits_for_the_database(read: Register) -> None:
    with read._lock:  # another reads
        asking = Thread(target=read.refresh, daemon=True)
        asking.start()
        asking.join(5)
        assert not asking.is_alive()
