"""The process that takes coal mines' files, with a real broker."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from anlan.config import gateways
from anlan.config.errors import SetupError
from anlan.monitoring.devices import register
from anlan.monitoring.protocols.batch import unpack
from anlan.monitoring.stream.broker import running
from anlan.monitoring.stream.connection import connected
from anlan.monitoring.stream.following import Follower, all_of
from anlan.monitoring.stream.names import partition_of
from tests.monitoring.gateways.given import Register
from tests.monitoring.gateways.killed import MINE
from tests.monitoring.gateways.test_coal import DEVICE, NAME, WHOLE


class Registered(Register):
    def refresh_in_thread(self) -> None:
        """It stands in memory."""


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "register", Registered({("coal", MINE): DEVICE}))


def test_a_file_of_a_mine_goes_to_the_stream_and_the_process_ends_when_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "coal"
    monkeypatch.setattr(gateways, "FRESH_SECONDS", 0.1)

    async def put_and_stop() -> None:
        mine = root / "in" / MINE
        mine.mkdir(parents=True)
        (mine / NAME).write_bytes(WHOLE)
        while not (root / "done" / MINE / NAME).exists():
            await asyncio.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    async def both(url: str) -> set[int]:
        await asyncio.gather(gateways._coal(tmp_path, root), put_and_stop())
        async with connected(url) as connection:
            follower = Follower(connection.stream, partition_of(DEVICE.site), 0)
            return {int(p) async for each in all_of(follower) for p in unpack(each.data).point}

    with running(tmp_path) as broker:
        found = asyncio.run(asyncio.wait_for(both(broker.url), 60))
    assert found == {1, 2}


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "coal").write_text("a file")
    with running(tmp_path), pytest.raises(SetupError, match="不能使用煤矿文件夹"):
        asyncio.run(gateways._coal(tmp_path, tmp_path / "coal"))
