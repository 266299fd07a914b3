"""Open-loop load: requests start on schedule, whether or not earlier ones have returned.

A closed loop waits for the slow answer before it asks again, and so measures fewer of the slow
moments than people would meet. Latency counts here from the moment a request was due to start to
the last byte of its answer.
"""

from __future__ import annotations

import asyncio
import http.cookiejar
import math
import time
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

TIMEOUT = 30.0


@dataclass(frozen=True)
class Page:
    """One kind of request: its name in the table, its address, who asks."""

    name: str
    path: str
    who: str


@dataclass
class Latencies:
    """Seconds per request of one page, and how many were not answered with 200."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def percentile(self, share: float) -> float:
        """The smallest latency that ``share`` of the requests did not exceed (nearest rank)."""
        ranked = sorted(self.seconds)
        return ranked[math.ceil(share * len(ranked)) - 1]


def login(url: str, username: str, password: str) -> str:
    """Log in through the page; the Cookie header of the session."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.open(f"{url}/login/", timeout=TIMEOUT).read()
    token = next(each.value for each in jar if each.name == "csrftoken")
    form = {"username": username, "password": password, "csrfmiddlewaretoken": token}
    request = urllib.request.Request(f"{url}/login/", urllib.parse.urlencode(form).encode())
    request.add_header("Referer", f"{url}/login/")
    opener.open(request, timeout=TIMEOUT).read()
    if not any(each.name == "sessionid" for each in jar):
        raise SystemExit(f"{username} could not log in")
    return "; ".join(f"{each.name}={each.value}" for each in jar)


def run(
    port: int, pages: Sequence[Page], cookies: dict[str, str], *, rate: float, seconds: float
) -> dict[str, Latencies]:
    """Ask for the pages in turn, ``rate`` times a second all together; latencies by page."""
    return asyncio.run(_run(port, pages, cookies, rate, seconds))


async def _run(
    port: int, pages: Sequence[Page], cookies: dict[str, str], rate: float, seconds: float
) -> dict[str, Latencies]:
    found: dict[str, Latencies] = defaultdict(Latencies)
    began = time.perf_counter() + 0.1
    asked = []
    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        page = pages[number % len(pages)]
        asked.append(asyncio.create_task(_ask(port, page, cookies[page.who], due, found)))
    await asyncio.gather(*asked)
    return dict(found)


async def _ask(port: int, page: Page, cookie: str, due: float, found: dict[str, Latencies]) -> None:
    try:
        async with asyncio.timeout(TIMEOUT):
            answer = await _get(port, page.path, cookie)
        ok = answer.startswith(b"HTTP/1.1 200 ")
    except (OSError, TimeoutError):
        ok = False
    found[page.name].seconds.append(time.perf_counter() - due)
    found[page.name].failed += not ok


async def _get(port: int, path: str, cookie: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        return await reader.read(-1)
    finally:
        writer.close()
