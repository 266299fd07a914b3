"""A server of one protocol over TCP."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable

from anlan.monitoring.gateways.contracts import Directory
from anlan.monitoring.gateways.conversation import Conversation
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.limits import Rates

log = logging.getLogger(__name__)

Opener = Callable[[Directory, str], Conversation]


class _Connection:
    """Reads, hands over, answers; never more than one chunk is being worked on."""

    def __init__(
        self,
        gateway: Gateway,
        conversation: Conversation,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        host: str,
    ) -> None:
        self.host = host
        self._gateway = gateway
        self.conversation = conversation
        self._reader = reader
        self._writer = writer
        self._alive_at = self._ticked_at = time.monotonic()
        self._patience = gateway.limits.hello
        self._rates = Rates()

    async def send(self, data: bytes) -> None:
        if data:
            self._writer.write(data)
        async with asyncio.timeout(self._gateway.limits.write_within):
            await self._writer.drain()

    async def run(self) -> None:
        """Until the device closes, is cut off, or the server stops."""
        while not self._gateway.closing.is_set():
            data = await self._read()
            if data is not None and not await self._hear(data):
                return
            if not await self._tick():
                return

    async def _read(self) -> bytes | None:
        """The next bytes, none at the end; None where nothing came for a tick."""
        limits = self._gateway.limits
        try:
            async with asyncio.timeout(limits.tick):
                return await self._reader.read(limits.chunk)
        except TimeoutError:
            return None

    async def _hear(self, data: bytes) -> bool:
        """Whether to go on."""
        gateway, now = self._gateway, time.time()
        if not data:
            await gateway.perform(self, self.conversation.end(now))
            return False
        gateway.counters.bytes += len(data)
        heard = self.conversation.feed(data, now)
        if heard.alive:
            self._alive_at = time.monotonic()
            self._patience = gateway.limits.idle
        await gateway.perform(self, heard)
        if heard.over:
            gateway.counters.cut += 1
            return False
        await gateway.paced(self._rates, "", len(data), gateway.limits.bytes_per_second)
        return True

    async def _tick(self) -> bool:
        """Whether to go on."""
        now, limits = time.monotonic(), self._gateway.limits
        if now - self._alive_at >= self._patience:
            self._gateway.counters.cut += 1
            return False
        if now - self._ticked_at >= limits.tick:
            self._ticked_at = now
            if self.conversation.deserted():
                self._gateway.counters.cut += 1
                return False
            await self._gateway.perform(self, self.conversation.tick(time.time()))
        return True


class TcpServer:
    """Speaks one protocol at one port. ``start``, then ``stop``; not to be started again."""

    def __init__(self, gateway: Gateway, opener: Opener) -> None:
        self.gateway = gateway
        self._opener = opener
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections: set[_Connection] = set()
        self._hosts: Counter[str] = Counter()

    async def start(self, host: str, port: int) -> int:
        """Listens; the port that was taken, where ``port`` is 0."""
        self._server = await asyncio.start_server(
            self._accept, host, port, limit=self.gateway.limits.waiting, backlog=1024
        )
        taken: int = self._server.sockets[0].getsockname()[1]
        return taken

    async def stop(self) -> None:
        """Takes nobody new, answers what is being stored, closes all."""
        self.gateway.closing.set()
        if self._server is not None:
            self._server.close()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self.gateway.limits.grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def command(self, address: str, make: Callable[[Conversation], bytes]) -> int:
        """Sends what ``make`` gives to the device at ``address``, on each of its connections.

        How many these are; 0 where it is not here. Raises what ``make`` does, ``TimeoutError``
        where the device does not read, ``ConnectionError`` where it has just gone.
        """
        there = [each for each in self._connections if address in each.conversation.speaking]
        for connection in there:
            await connection.send(make(connection.conversation))
        return len(there)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gateway = self.gateway
        host, port = writer.get_extra_info("peername")[:2]
        full = len(self._tasks) >= gateway.limits.connections
        if full or self._hosts[host] >= gateway.limits.per_address or gateway.closing.is_set():
            gateway.counters.turned_away += 1
            writer.transport.abort()
            return
        writer.transport.set_write_buffer_limits(high=gateway.limits.waiting)
        conversation = self._opener(gateway.directory, f"{host}:{port}")
        connection = _Connection(gateway, conversation, reader, writer, host)
        self._connections.add(connection)
        self._hosts[host] += 1
        gateway.counters.accepted += 1
        gateway.counters.open += 1
        task = asyncio.create_task(self._run(connection, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, connection: _Connection, writer: asyncio.StreamWriter) -> None:
        counters = self.gateway.counters
        try:
            await connection.run()
            writer.close()
            async with asyncio.timeout(self.gateway.limits.write_within):
                await writer.wait_closed()
        except TimeoutError:
            counters.cut += 1
        except ConnectionError:
            log.info("%s has broken the connection", connection.host)
        except Exception:
            log.exception("the connection of %s is broken off", connection.host)
            counters.broken += 1
        finally:
            writer.transport.abort()
            self._connections.discard(connection)
            counters.open -= 1
            self._hosts[connection.host] -= 1
            if not self._hosts[connection.host]:
                del self._hosts[connection.host]
