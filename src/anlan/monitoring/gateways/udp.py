"""A server over UDP of a protocol whose frames lie in datagrams of their own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from anlan.monitoring.gateways.conversation import Conversation
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.limits import Rates
from anlan.monitoring.gateways.tcp import Opener
from anlan.monitoring.protocols.framing import Splitter

log = logging.getLogger(__name__)

Address = tuple[str, int]


class _Peer:
    """One address that datagrams come from; they are worked on one after another."""

    def __init__(self, server: UdpServer, address: Address) -> None:
        gateway = server.gateway
        self.host = address[0]
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue(gateway.limits.datagrams)
        self._server = server
        self._address = address
        self._rates = Rates()
        self._conversation: Conversation = server.opener(
            gateway.directory, f"{address[0]}:{address[1]}"
        )

    async def send(self, data: bytes) -> None:
        self._server.send(data, self._address)

    async def run(self) -> None:
        """Until nothing of a known device has come for the idle time, or the server stops."""
        gateway = self._server.gateway
        limits, alive_at = gateway.limits, time.monotonic()
        while not gateway.closing.is_set() and time.monotonic() - alive_at < limits.idle:
            try:
                async with asyncio.timeout(limits.tick):
                    data = await self.waiting.get()
            except TimeoutError:
                if self._conversation.deserted():
                    return
                await gateway.perform(self, self._conversation.tick(time.time()))
                continue
            heard = self._conversation.feed(data, time.time())
            await gateway.perform(self, heard)
            if heard.over:
                return
            alive_at = time.monotonic() if heard.alive else alive_at
            await gateway.paced(self._rates, "", len(data), limits.bytes_per_second)


class UdpServer(asyncio.DatagramProtocol):
    """Speaks one protocol at one port. ``splitter`` parts answers into datagrams.

    A datagram that finds no room is left out and counted as refused: nothing was acknowledged, so
    the device sends it again.
    """

    def __init__(self, gateway: Gateway, opener: Opener, splitter: Callable[[], Splitter]) -> None:
        self.gateway = gateway
        self.opener = opener
        self._splitter = splitter
        self._peers: dict[Address, _Peer] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self, host: str, port: int) -> int:
        """Listens; the port that was taken, where ``port`` is 0."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(host, port)
        )
        taken: int = self._transport.get_extra_info("sockname")[1]
        return taken

    async def stop(self) -> None:
        """Answers what is being stored, then closes."""
        self.gateway.closing.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self.gateway.limits.grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._transport is not None:
            self._transport.close()

    def send(self, data: bytes, address: Address) -> None:
        if self._transport is None:
            return
        splitter = self._splitter()
        for piece in splitter.feed(data) + splitter.end():
            self._transport.sendto(piece.data, address)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        counters = self.gateway.counters
        address: Address = (addr[0], addr[1])
        peer = self._peers.get(address) or self._welcome(address)
        if peer is None or peer.waiting.full():
            counters.refused += 1
            return
        counters.bytes += len(data)
        peer.waiting.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        """A device that is gone: it will speak again when it is back."""
        log.info("a datagram did not arrive: %r", exc)

    def _welcome(self, address: Address) -> _Peer | None:
        counters = self.gateway.counters
        if len(self._peers) >= self.gateway.limits.connections or self.gateway.closing.is_set():
            counters.turned_away += 1
            return None
        peer = self._peers[address] = _Peer(self, address)
        counters.accepted += 1
        counters.open += 1
        task = asyncio.create_task(self._run(peer, address))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return peer

    async def _run(self, peer: _Peer, address: Address) -> None:
        try:
            await peer.run()
        except Exception:
            log.exception("datagrams of %s cannot be worked on", address)
            self.gateway.counters.broken += 1
        finally:
            self.gateway.counters.open -= 1
            del self._peers[address]
