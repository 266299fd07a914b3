"""What one request may cost before anybody knows who sends it.

Django reads the whole body to disk before the first middleware runs, however long it is and however
slowly it comes. Here it is measured on its way in, and ended with a clear answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

Message = Any  # a mapping, as ASGI describes it; Django and the servers type it differently
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

MOST_BYTES = 200 * 1024 * 1024  # of a submission with files: twenty photographs of 10 MB
MOST_BYTES_DISCARDED = 2 * 1024**3  # read and thrown away, so that the browser hears why
MOST_BYTES_UNKNOWN = 1024 * 1024  # of one who shows no session: he can only log in
MOST_BYTES_DEVICE = 32 * 1024**2  # a million readings in binary, with room to hear that it is more
SILENCE_SECONDS = 30.0  # between two pieces of a body
SESSION = b"sessionid="
DEVICE = b"device "

_TOO_SLOW = (408, "网络太慢或已中断，提交的内容没有收全，没有保存。请检查网络后重新提交。")


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message


def limited(application: Application) -> Application:
    """``application``, reached only by requests that keep within the limits."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        began = False

        async def sending(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        body = _Body(scope, receive)
        try:
            body.check_announced()
            await application(scope, body.receive, sending)
        except _Refused as refused:
            if not began:
                await body.discard()
                await _refuse(send, refused)

    return answer


class _Body:
    """Counts what comes in; after the body it only waits for the end, as live pages do."""

    def __init__(self, scope: Message, receive: Receive) -> None:
        headers = dict(scope["headers"])
        self._announced = headers.get(b"content-length", b"")
        self._known = SESSION in headers.get(b"cookie", b"")
        device = headers.get(b"authorization", b"").lower().startswith(DEVICE)
        stranger = MOST_BYTES_DEVICE if device else MOST_BYTES_UNKNOWN
        self._left = MOST_BYTES if self._known else stranger
        megabytes = self._left // 1024**2
        self._too_large = (413, f"一次提交的内容超过 {megabytes} MB，没有接收。请分几次提交。")
        self._receive = receive
        self._whole = False

    def check_announced(self) -> None:
        """Refuse at once what says itself that it is too long."""
        length = self._announced
        if length.isdigit() and (len(length) > 15 or int(length) > self._left):
            raise _Refused(*self._too_large)

    async def discard(self) -> None:
        """Read the rest: a browser that is still sending shows no answer, only a lost connection.

        A stranger is owed none.
        """
        self._left = MOST_BYTES_DISCARDED if self._known else 0
        with suppress(_Refused):
            while self._left > 0 and not self._whole:
                await self.receive()

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), SILENCE_SECONDS)
        except TimeoutError as error:
            self._whole = True  # no more of it is waited for
            raise _Refused(*_TOO_SLOW) from error
        self._whole = not message.get("more_body", False)
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _Refused(*self._too_large)
        return message


async def _refuse(send: Send, refused: _Refused) -> None:
    page = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>未能接收</title>'
        f"<h1>未能接收</h1><p>{refused.message}</p></html>"
    )
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),  # the rest of the body is not read
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": page.encode()})
