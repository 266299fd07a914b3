"""The process ``broker``: keeps one nats-server running, through a full disk too.

A nats-server that once could not write to a stream for want of room takes nothing for that stream
ever again and answers nothing, also when there is room; where its own bookkeeping could not be
written, it turns all storage off. Either ends with a new start, which is made once there is room.
Until then it is left running, since it still carries questions for newest values; devices are told
that nothing is stored, and keep what they have.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from contextlib import suppress
from pathlib import Path

from nats.aio.client import Client
from nats.errors import Error as NatsError

from anlan.config.processes import die_with_parent
from anlan.monitoring.stream.broker import Broker
from anlan.monitoring.stream.connection import linked
from anlan.monitoring.stream.seldom import Seldom

log = logging.getLogger("anlan.monitoring")
LOOK_SECONDS = 2.0
ANSWER_SECONDS = 2.0
STOP_SECONDS = 10.0
ROOM = 64 * 1024 * 1024  # bytes free before it is started: some minutes of a city's readings
HEALTH = "$SYS.REQ.SERVER.PING.HEALTHZ"  # asked in the broker's own account
STORES_NO_MORE = ("write error", "not enabled")  # of a stream; of all storage


async def keep(broker: Broker, stop: asyncio.Event) -> int:
    """Until told to stop (0), or until the broker ends by itself (its exit code; as a shell counts
    it where a signal ended it)."""
    stopped = asyncio.create_task(stop.wait())
    while not stop.is_set():
        room = asyncio.create_task(_room(broker.folder))
        await asyncio.wait({stopped, room}, return_when=asyncio.FIRST_COMPLETED)
        if not room.done():
            room.cancel()
            break
        process = await asyncio.create_subprocess_exec(
            *broker.command(), stdin=asyncio.subprocess.DEVNULL, preexec_fn=die_with_parent
        )
        ended = asyncio.create_task(process.wait())
        useless = asyncio.create_task(_until_useless(broker))
        try:
            await asyncio.wait({stopped, ended, useless}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                code = ended.result()
                return code if code >= 0 else 128 - code
            if useless.done():
                useless.result()  # raises what no one foresaw
        finally:
            useless.cancel()
            await _end(process)
    stopped.cancel()
    return 0


async def _until_useless(broker: Broker) -> None:
    """Return once the broker has turned its storage off and a new start would help."""
    async with linked(broker.urls.system) as client:
        while not (why := await _fault_if_it_answers(client)):
            await asyncio.sleep(LOOK_SECONDS)
    log.error(
        "消息服务写不进磁盘，已停止存储：设备的新读数暂时不被接收，由设备自己保留、稍后重发。"
        "请清理 %s 所在的磁盘，腾出至少 %d MB，之后会自动恢复。（%s）",
        broker.folder, ROOM >> 20, why,
    )  # fmt: skip
    await _room(broker.folder)
    log.warning("磁盘已有空间，消息服务重新启动。")


async def fault(client: Client) -> str:
    """What keeps the broker from storing, in its own words; empty where nothing does. ``client``
    is of its own account. Raises ``NatsError`` or ``TimeoutError`` where it does not answer."""
    answer = await client.request(HEALTH, b"{}", timeout=ANSWER_SECONDS)
    said = str(json.loads(answer.data)["data"].get("error", ""))
    return said if any(each in said for each in STORES_NO_MORE) else ""


async def _fault_if_it_answers(client: Client) -> str:
    """One that does not answer is away or busy; whoever started it sees that it ended."""
    try:
        return await fault(client)
    except (NatsError, TimeoutError, OSError):
        return ""


async def _room(folder: Path) -> None:
    """Return once there is room where the stream lies; said again and again while there is none."""
    saying = Seldom()
    while (free := _free(folder)) < ROOM:
        if saying.due():
            log.error(
                "消息服务等待磁盘空间：%s 所在的磁盘只剩 %d MB，至少需要 %d MB。请清理磁盘。",
                folder, free >> 20, ROOM >> 20,
            )  # fmt: skip
        await asyncio.sleep(LOOK_SECONDS)


def _free(folder: Path) -> int:
    there = folder if folder.exists() else folder.parent
    return shutil.disk_usage(there).free


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
