"""What one request may cost: measured as the server hands it over, piece by piece."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from anlan.config import limits

DEVICE = (b"authorization", b"Device D1:key")
COOKIE = (b"cookie", b"csrftoken=a; sessionid=b")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 100)
    monkeypatch.setattr(limits, "MOST_BYTES_UNKNOWN", 10)
    monkeypatch.setattr(limits, "MOST_BYTES_DEVICE", 40)
    monkeypatch.setattr(limits, "MOST_BYTES_DISCARDED", 300)
    monkeypatch.setattr(limits, "SILENCE_SECONDS", 0.1)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, as Django does, and says how long it was."""
    size = 0
    while True:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def ask(pieces: list[int], *headers: tuple[bytes, bytes], stop: bool = False) -> tuple[int, str]:
    """Send pieces of so many bytes (``stop``: and then nothing more); status and words."""
    sent: list[Any] = []
    queue = [{"type": "http.request", "body": b"a" * n, "more_body": True} for n in pieces]
    if not stop:
        queue[-1]["more_body"] = False
    ask.left = queue  # type: ignore[attr-defined]

    async def receive() -> Any:
        if not queue:
            await asyncio.sleep(60)
        return queue.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": list(headers)}
    asyncio.run(asyncio.wait_for(limits.limited(application)(scope, receive, send), 5))
    return sent[0]["status"], sent[1]["body"].decode()


@pytest.mark.parametrize(
    ("pieces", "headers", "status"),
    [
        ([10], (), 200),
        ([5, 5], (), 200),
        ([5, 6], (), 413),
        ([11], (), 413),
        ([100], (COOKIE,), 200),
        ([60, 41], (COOKIE,), 413),
        ([20, 20], (DEVICE,), 200),
        ([20, 21], (DEVICE,), 413),
        ([11], ((b"authorization", b"Basic x"),), 413),
        ([0], ((b"content-length", b"11"),), 413),
        ([0], ((b"content-length", b"101"), COOKIE), 413),
        ([0], ((b"content-length", b"9" * 5000),), 413),
        ([3], ((b"content-length", b"abc"),), 200),  # the server's business, and measured anyway
    ],
)
def test_a_body_is_measured(
    pieces: list[int], headers: tuple[tuple[bytes, bytes], ...], status: int
) -> None:
    found, words = ask(pieces, *headers)
    assert found == status
    assert words == str(sum(pieces)) if status == 200 else "MB" in words


@pytest.mark.parametrize("headers", [(), (COOKIE,)])
def test_one_who_stops_in_the_middle_is_told_so(headers: Any) -> None:
    status, words = ask([3], *headers, stop=True)
    assert status == 408
    assert "没有收全" in words


def test_the_rest_of_a_colleagues_upload_is_read_and_thrown_away() -> None:
    """Otherwise his browser shows a lost connection, not the reason."""
    assert ask([60, 60, 60, 60], COOKIE)[0] == 413
    assert not ask.left  # type: ignore[attr-defined]


def test_nobody_sends_for_ever() -> None:
    assert ask([60] * 50, COOKIE)[0] == 413
    assert len(ask.left) > 40  # type: ignore[attr-defined]


def test_a_strangers_rest_is_not_read() -> None:
    assert ask([60, 60, 60], (b"cookie", b"csrftoken=a"))[0] == 413
    assert len(ask.left) == 2  # type: ignore[attr-defined]


def test_a_live_page_may_be_silent() -> None:
    """After the body, waiting for the browser to leave is no silence."""

    async def live(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await asyncio.wait([asyncio.ensure_future(receive())], timeout=0.3)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    sent: list[Any] = []

    async def run() -> None:
        pieces = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Any:
            if not pieces:
                await asyncio.sleep(1)
            return pieces.pop(0)

        async def send(message: Any) -> None:
            sent.append(message["status"])

        await limits.limited(live)({"type": "http", "headers": []}, receive, send)

    asyncio.run(run())
    assert sent == [200]
