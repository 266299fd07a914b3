"""Batches by HTTP: a body of ANB1 for what a device says at a time, sent until it is answered."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from anlan.monitoring.simulate.city import Device, Unreadable
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.senders.batches import BatchSender, Body

PATH = "/gateway/readings/"
MOST_READINGS = 200_000  # of a body: 17 bytes each, within the 5 MB that the endpoint takes
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


class HttpSender(BatchSender):
    """One device."""

    def __init__(self, device: Device, web: Web, tally: Tally, *, pause: float = 1.0) -> None:
        super().__init__(device, tally, MOST_READINGS)
        self._authorization = f"Device {device.address}:{device.secret}"
        self._web, self._pause = web, pause

    async def run(self) -> None:
        pause = self._pause
        while True:
            await self.more.wait()
            self.more.clear()
            while self.waiting:
                wait = await self._deliver(self.waiting[0])
                if wait is None:
                    self.waiting.popleft()
                    pause = self._pause
                    continue
                self.tally.resent += 1
                await asyncio.sleep(wait or pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    async def _deliver(self, body: Body) -> float | None:
        """None: settled. Else seconds to wait before it is sent again, 0 where nobody said."""
        try:
            answer = await self._web.post(body.data, self._authorization)
        except (OSError, http.client.HTTPException) as error:
            self.tally.reasons[f"没有连上或没有应答：{error or type(error).__name__}"] += 1
            return 0.0
        if answer.status in _AGAIN:
            self.tally.denied += 1
            return answer.after or 0.0
        self._settle(body, answer)
        return None

    def _settle(self, body: Body, answer: Answer) -> None:
        told = _told(answer.body)
        if answer.status == 200:
            refused = told.get("refused_readings", 0)
            refused = refused if isinstance(refused, int) else 0
            self.tally.acknowledged += body.readings - refused
            self.tally.refused += refused
            if refused:
                self.tally.reasons["有的通道没有登记在设备名下"] += 1
            return
        self.tally.refused += body.readings
        self.tally.denied += 1
        self.tally.reasons[f"{answer.status} {str(told.get('error', ''))[:100]}".strip()] += 1


def _told(body: bytes) -> dict[str, object]:
    """The answer's JSON; nothing where it is none (a proxy's page)."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
