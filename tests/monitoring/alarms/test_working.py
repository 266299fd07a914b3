"""The process ``monitor``, whole: it keeps on through the loss of the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import psycopg
import pytest
from django.utils import timezone

from anlan.kernel.events.hub import connect
from anlan.kernel.visits import visit
from anlan.monitoring.models import EngineState
from anlan.monitoring.running import holding, working
from anlan.monitoring.stream.broker import Broker
from tests.kernel.access.conftest import _log_guards as _log_guards
from tests.kernel.access.conftest import committed_db as committed_db
from tests.monitoring.stream.conftest import broker as broker

pytestmark = pytest.mark.usefixtures("committed_db")
PARTS = 4
HELD = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted"


def test_parts_are_taken_again_when_the_connection_is_lost(
    broker: Broker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(holding, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(working, "AGAIN_SECONDS", 0.1)

    async def work() -> None:
        stop = asyncio.Event()
        task = asyncio.create_task(working.work(tmp_path / "history", broker.url, stop))
        async with await connect() as db, asyncio.timeout(60):
            for _ in range(2):
                holder = await _settled(db)
                since = timezone.now()
                await _until(partial(_worked_on_since, since))
                await db.execute("SELECT pg_terminate_backend(%s)", [holder])
                while holder in await _holders(db):
                    await asyncio.sleep(0.05)
            await _settled(db)
            stop.set()
            await task
            assert not await _holders(db)

    asyncio.run(work())
    assert "监测失去了数据库或消息服务" in caplog.text


async def _holders(db: psycopg.AsyncConnection) -> list[int]:
    rows = await (await db.execute(HELD, [holding.SPACE])).fetchall()
    return [pid for (pid,) in rows]


async def _settled(db: psycopg.AsyncConnection) -> int:
    """Who holds every part and looks after the history."""
    while len(found := await _holders(db)) < PARTS + 1:
        await asyncio.sleep(0.05)
    assert len(set(found)) == 1
    return found[0]


def _worked_on_since(moment: datetime) -> bool:
    return EngineState.objects.filter(updated_at__gt=moment).exclude(state=None).count() == PARTS


async def _until(true: Callable[[], bool]) -> None:
    while not await visit(true):
        await asyncio.sleep(0.1)
