"""A real broker, one for the tests of this folder."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from anlan.monitoring.stream.broker import Broker, running
from anlan.monitoring.stream.connection import Connection, connected
from anlan.monitoring.stream.names import STREAM


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as started:
        yield started


@pytest.fixture
def on_stream(broker: Broker) -> Callable[..., Any]:
    """Run a coroutine function with a connection to an empty stream."""

    def run(work: Callable[[Connection], Coroutine[Any, Any, Any]]) -> Any:
        async def whole() -> Any:
            async with connected(broker.url) as connection:
                await connection.stream.purge_stream(STREAM)
                return await asyncio.wait_for(work(connection), 60)

        return asyncio.run(whole())

    return run
