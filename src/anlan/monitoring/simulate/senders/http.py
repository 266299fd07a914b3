"""Batches by HTTP: a body of ANB1 for what a device says at a time, sent until it is answered."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import ssl
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from anlan.monitoring.protocols.batch import Batch, pack, split
from anlan.monitoring.protocols.batch.binary import SPAN
from anlan.monitoring.simulate.city import Device, Unreadable
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.senders import begun, ended
from anlan.monitoring.simulate.world import Said

PATH = "/gateway/readings/"
MOST_READINGS = 200_000  # of a body: 17 bytes each, within the 5 MB that the endpoint takes
MOST_WAITING = 10_000  # bodies of a device
TIMEOUT = 30.0  # seconds for an answer
LANES = 16  # requests at a time, all devices together
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """``after``: seconds that the platform asks to wait."""

    status: int
    body: bytes
    after: float | None = None


class Web:
    """The platform's web address, and a few connections to it that all devices share.

    Threads of the standard library's client, since it knows TLS, chunks and what else may come.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError as error:
            raise Unreadable(f"--web“{url}”的端口不对") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unreadable(f"--web“{url}”应是 http:// 或 https:// 开头的网址")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, port
        self._path = parts.path.rstrip("/") + PATH
        self._context = ssl.create_default_context() if self._secure else None
        self._threads = ThreadPoolExecutor(LANES, "http")
        self._mine = threading.local()
        self._connections: list[http.client.HTTPConnection] = []

    async def post(self, body: bytes, authorization: str) -> Answer:
        """Raises OSError or http.client.HTTPException where no answer came."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._post, body, authorization)

    def close(self) -> None:
        """Also breaks off what still waits for an answer: the program could not end before."""
        for connection in self._connections:
            if connection.sock is not None:
                with suppress(OSError):  # the other side was quicker
                    connection.sock.shutdown(socket.SHUT_RDWR)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _post(self, body: bytes, authorization: str) -> Answer:
        connection = self._connection()
        headers = {
            "Authorization": authorization,
            "Content-Type": "application/vnd.anlan.anb1",
        }
        try:
            connection.request("POST", self._path, body, headers)
            response = connection.getresponse()
            read = response.read()
        except (OSError, http.client.HTTPException):
            connection.close()  # opens itself again with the next request
            raise
        after = response.headers.get("Retry-After", "")
        return Answer(response.status, read, float(after) if after.isdecimal() else None)

    def _connection(self) -> http.client.HTTPConnection:
        """This thread's own."""
        found: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if found is None:
            if self._context is not None:
                found = http.client.HTTPSConnection(
                    self._host, self._port, timeout=TIMEOUT, context=self._context
                )
            else:
                found = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT)
            self._mine.connection = found
            self._connections.append(found)
        return found


@dataclass(frozen=True, slots=True)
class _Body:
    data: bytes
    readings: int


class HttpSender:
    """One device; its bodies go one after another, in order."""

    def __init__(self, device: Device, web: Web, tally: Tally, *, pause: float = 1.0) -> None:
        self._authorization = f"Device {device.address}:{device.secret}"
        self._channels = np.array([int(point.channel) for point in device.points], np.uint32)
        self._web, self._tally, self._pause = web, tally, pause
        self._waiting: deque[_Body] = deque()
        self._more = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = begun(self._run())

    def say(self, said: Said, now: float) -> None:
        if not len(said):
            return
        whole = Batch.of(
            self._channels[said.point], said.time, said.value, np.zeros(len(said), np.uint8)
        )
        for part in split(whole, span=SPAN, most=MOST_READINGS):
            if len(self._waiting) >= MOST_WAITING:
                self._tally.lost += len(part)
                continue
            self._waiting.append(_Body(pack(part), len(part)))
            self._tally.sent += len(part)
        self._more.set()

    async def stop(self, grace: float) -> None:
        if self._task is not None:
            await ended(self._task, lambda: not self._waiting, grace)

    async def _run(self) -> None:
        pause = self._pause
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                wait = await self._deliver(self._waiting[0])
                if wait is None:
                    self._waiting.popleft()
                    pause = self._pause
                    continue
                self._tally.resent += 1
                await asyncio.sleep(wait or pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    async def _deliver(self, body: _Body) -> float | None:
        """None: settled. Else seconds to wait before it is sent again, 0 where nobody said."""
        try:
            answer = await self._web.post(body.data, self._authorization)
        except (OSError, http.client.HTTPException) as error:
            self._tally.reasons[f"没有连上或没有应答：{error or type(error).__name__}"] += 1
            return 0.0
        if answer.status in _AGAIN:
            self._tally.denied += 1
            return answer.after or 0.0
        self._settle(body, answer)
        return None

    def _settle(self, body: _Body, answer: Answer) -> None:
        told = _told(answer.body)
        if answer.status == 200:
            refused = told.get("refused_readings", 0)
            refused = refused if isinstance(refused, int) else 0
            self._tally.acknowledged += body.readings - refused
            self._tally.refused += refused
            if refused:
                self._tally.reasons["有的通道没有登记在设备名下"] += 1
            return
        self._tally.refused += body.readings
        self._tally.denied += 1
        self._tally.reasons[f"{answer.status} {str(told.get('error', ''))[:100]}".strip()] += 1


def _told(body: bytes) -> dict[str, object]:
    """The answer's JSON; nothing where it is none (a proxy's page)."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
