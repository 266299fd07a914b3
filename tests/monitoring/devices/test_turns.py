"""Who may try to store while the stream takes nothing."""

from __future__ import annotations

import pytest

from anlan.monitoring.devices import turns as module
from anlan.monitoring.devices.turns import Turns
from anlan.monitoring.gateways.contracts import NotStored


def _fails(turns: Turns) -> None:
    with pytest.raises(NotStored, match="the disk is full"), turns.one():
        raise NotStored("the disk is full")


def _stores(turns: Turns) -> None:
    with turns.one() as stored:
        stored()


def _refused(turns: Turns) -> None:
    with pytest.raises(NotStored, match="稍后重发"), turns.one():
        raise AssertionError("it had no turn")


def test_all_at_once_while_it_stores() -> None:
    turns = Turns()
    with turns.one(), turns.one():
        pass


def test_one_at_a_time_tries_until_something_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    turns = Turns()
    _fails(turns)
    _refused(turns)
    now[0] += module.TRY_SECONDS
    with turns.one() as stored:  # tries, and meanwhile
        _refused(turns)
        stored()
    _stores(turns)  # what it stored opened the way
    _fails(turns)
    now[0] += module.TRY_SECONDS
    _fails(turns)
    _refused(turns)


def test_a_request_that_breaks_keeps_nobodys_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRY_SECONDS", 0.0)
    turns = Turns()
    _fails(turns)
    with pytest.raises(ValueError, match="broken"), turns.one():
        raise ValueError("broken")
    with turns.one():  # it says nothing of value
        _refused(turns)
    _stores(turns)
    with turns.one(), turns.one():
        pass
