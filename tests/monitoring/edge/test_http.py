"""What the node's HTTP says to who asks wrongly, and where its broker is away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from anlan.monitoring.edge import http
from anlan.monitoring.edge.http import Application
from anlan.monitoring.edge.snapshot import Entry, Snapshot, Told
from anlan.monitoring.gateways.http import LONGEST
from anlan.monitoring.gateways.secrets import digest

UNDER = bytes(32)
ENTRY = Entry("http", "D1", 8, 5, 10, digest("right", UNDER), {"3": 51})
GOOD = b"Device D1:right"


def ask(
    var: Path, key: bytes = GOOD, method: str = "POST", path: str = "/gateway/readings/",
    parts: tuple[bytes, ...] = (b"{}",), kind: bytes = b"application/json",
) -> tuple[int, dict[str, Any]]:  # fmt: skip
    """Status and JSON of the answer."""
    sent: list[MutableMapping[str, Any]] = []
    waiting = list(parts)

    async def receive() -> MutableMapping[str, Any]:
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    headers = [(b"authorization", key), (b"content-type", kind)]
    scope = {"type": "http", "path": path, "method": method, "headers": headers}
    asyncio.run(Application(var)(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


@pytest.fixture
def var(tmp_path: Path) -> Path:
    Snapshot(tmp_path / "register.json").take(Told(1, UNDER.hex(), (ENTRY,)))
    return tmp_path


@pytest.mark.parametrize("key", [b"", b"Device D1:wrong", b"Device D2:right", b"Basic D1:right"])
def test_who_shows_no_key_is_not_heard(var: Path, key: bytes) -> None:
    assert ask(var, key)[0] == 401


def test_there_is_one_address(var: Path) -> None:
    assert ask(var, path="/")[0] == 404
    assert ask(var, method="GET")[0] == 405


def test_without_a_broker_nothing_is_acknowledged(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "CONNECT_SECONDS", 0.5)
    status, said = ask(var, parts=(b'{"readings": [{"point": 3, "time": 1, "value": 1}]}',))
    assert (status, said["error"]) == (503, "数据流暂时不可用，请稍后重发。")


def test_a_body_without_end_fills_no_memory(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(self: Application) -> object:
        return object()

    monkeypatch.setattr(Application, "_publisher", nowhere)
    piece = b" " * (1024 * 1024)
    status, said = ask(var, parts=(piece,) * (LONGEST // len(piece) + 5))
    assert status == 413
    assert str(LONGEST + 1) in said["error"]


def test_a_device_that_was_registered_meanwhile_is_known(var: Path) -> None:
    application = Application(var)
    other = Entry("http", "D2", 9, 5, 10, digest("other", UNDER), {})
    Snapshot(var / "register.json").take(Told(2, UNDER.hex(), (ENTRY, other)))
    application._snapshot.refresh()
    assert application._snapshot.device("http", "D2") is not None
