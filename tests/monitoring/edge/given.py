"""A city and a county's node on loopback, the link between them in our hands."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from anlan.monitoring.edge.door import Door
from anlan.monitoring.edge.landing import Landing
from anlan.monitoring.edge.memory import Position
from anlan.monitoring.edge.snapshot import Told
from anlan.monitoring.edge.wire import Place, inbox
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.stream.admission import Admission
from anlan.monitoring.stream.broker import Broker, running
from anlan.monitoring.stream.connection import MOST_BYTES, Connection, connected, linked
from anlan.monitoring.stream.doors import City, Doors, Listener
from anlan.monitoring.stream.publishing import Publisher
from anlan.monitoring.stream.tokens import Issuer
from tests.monitoring.gateways.given import Register as Devices

NODE, KEY = "linxian", "k-_9"
SITES = {point: point // 10 for point in range(100)}  # ten points at each site


@dataclass
class Register:
    """A register in memory, of one node unless ``names`` has more; what was written down is in
    ``kept``."""

    told_now: Told = field(default_factory=lambda: Told(1, "00" * 32, ()))
    sites_now: Mapping[int, int] = field(default_factory=lambda: dict(SITES))
    kept: dict[Place, Position] = field(default_factory=dict)
    reports: list[int] = field(default_factory=list)
    retired: bool = False
    names: set[str] = field(default_factory=lambda: {NODE})

    def proves(self, node: str, secret: str) -> bool | None:
        return secret == KEY if self.known(node) else None

    def known(self, node: str) -> bool:
        return node in self.names and not self.retired

    def told(self, node: str) -> Told:
        return self.told_now

    def sites(self, node: str) -> Mapping[int, int]:
        return self.sites_now

    def position(self, node: str, place: Place) -> Position | None:
        return self.kept.get(place)

    def keep(self, node: str, place: Place, at: Position) -> None:
        self.kept[place] = at

    def heard(self, node: str, waiting: int) -> None:
        self.reports.append(waiting)


class Link:
    """A wire between two ports that can be cut; what is on its way then is lost. Its own port is
    held from the beginning, so that nobody else gets it."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._up = False
        self._pipes: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])

    async def open(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._joined, sock=self._socket)
        self._up = True

    async def cut(self) -> None:
        self._up = False
        for each in self._pipes:
            each.transport.abort()
        self._pipes.clear()

    async def close(self) -> None:
        await self.cut()
        if self._server is not None:
            self._server.close()

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._up:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._pipes |= {writer, back}
        await asyncio.gather(_pump(reader, back), _pump(there, writer))


async def _pump(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            to.write(data)
            await to.drain()
    except OSError:
        pass  # the wire is cut: the other half learns it too
    to.transport.abort()


@dataclass
class Brokers:
    city: Broker
    node: Broker
    leaf: int


@contextmanager
def brokers(folder: Path, link: int, leaf: int) -> Iterator[Brokers]:
    """A city's broker that listens for leaves at ``leaf``, a node's that goes by port ``link``."""
    with ExitStack() as open_:
        doors = Doors(leaves=Listener(f"127.0.0.1:{leaf}"))
        city = open_.enter_context(running(folder / "city", doors))
        above = City(f"nats-leaf://127.0.0.1:{link}", NODE, KEY)
        node = open_.enter_context(running(folder / "node", city=above))
        yield Brokers(city, node, leaf)


@asynccontextmanager
async def city(
    broker: Broker, register: Register, most_bytes: int = MOST_BYTES
) -> AsyncIterator[Connection]:
    """The city's programs, answering nodes."""
    urls = broker.urls
    async with (
        connected(urls.core, most_bytes=most_bytes) as core, linked(urls.core) as hearing,
        linked(urls.devices) as devices, linked(urls.system) as system,
    ):  # fmt: skip
        door = Door()
        gateway = Gateway(Publisher(core.stream), Devices())
        admission = Admission(
            gateway, Issuer(broker.issuer), core=core.client, devices=devices, system=system,
            nodes=register, owed=door.owed,
        )  # fmt: skip
        await admission.open()
        await Landing(hearing, core.stream, register, door, admission.cut_node).open()
        yield core


@asynccontextmanager
async def node(broker: Broker) -> AsyncIterator[Connection]:
    """The node's programs' connection."""
    async with connected(broker.url, days=0, inbox=inbox(NODE)) as connection:
        yield connection


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
