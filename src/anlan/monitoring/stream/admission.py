"""Who is let in: the broker asks for each MQTT device and each county's node, our registers answer.

The broker's "authorization callout" (NATS ADR-26) carries user name, password and client id of who
connects; the answer is a signed token for an hour. It lets a device publish below
``devices/<number>/`` and a node below ``edge.<name>.`` and hear its answers, nothing else. So no
list of users is written or reloaded, and who is retired stays out from the next connection on.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from nats.aio.client import Client
from nats.aio.msg import Msg

from anlan.monitoring.gateways.contracts import DeadLetter
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.mqtt import ADDRESS, PROTOCOL
from anlan.monitoring.gateways.readings import milliseconds
from anlan.monitoring.stream.lines import Line, Lines
from anlan.monitoring.stream.names import CORE, DEVICES
from anlan.monitoring.stream.tokens import Claims, Issuer, claims

log = logging.getLogger("anlan.monitoring")
ASKED = "$SYS.REQ.USER.AUTH"
HOLDS_SECONDS = 3600  # an assumption: then the device connects anew and is judged anew
MOST_PAYLOAD = 1024 * 1024  # bytes of a message
MOST_LINES = 2  # of a node: one that has broken may stand for a while
LEAF, MQTT = "Leafnode", "mqtt"  # kinds of connections in the broker's words
QOS = "Nmqtt-Pub"  # the header in which the broker says how a message came


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants in. ``user_key`` and ``server`` are the broker's names for the connection."""

    address: str
    secret: str
    client_id: str
    kind: str
    host: str
    user_key: str
    server: str
    connection: int

    @classmethod
    def of(cls, token: Claims) -> Asked:
        """From the claims of a request; ``ValueError`` where it is none."""
        try:
            said = token["nats"]
            client, options = said["client_info"], said["connect_opts"]
            return cls(
                str(options.get("user", "")), str(options.get("pass", "")),
                str(client.get("mqtt_id", "")), str(client.get("type") or client.get("kind")),
                str(client.get("host", "")), str(said["user_nkey"]), str(said["server_id"]["id"]),
                int(client["id"]),
            )  # fmt: skip
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError("not a request of the broker") from error


class Names(Protocol):
    """The register of counties' nodes, as it was read last."""

    def proves(self, node: str, secret: str) -> bool | None:
        """Whether the secret is the node's; None: there is no such node, or no more."""


def never(_node: str) -> float:
    """Seconds: it may come."""
    return 0.0


class Admission:
    """Answers the broker, and puts devices off the line. Without ``nodes``, none comes in."""

    def __init__(
        self,
        gateway: Gateway,
        issuer: Issuer,
        *,
        core: Client,
        devices: Client,
        system: Client,
        nodes: Names | None = None,
        owed: Callable[[str], float] = never,
    ) -> None:
        """``owed``: seconds until a node that was put off the line may come again."""
        self._nodes = nodes
        self._gateway = gateway
        self._issuer = issuer
        self._core, self._devices = core, devices
        self._owed = owed
        self._on_line, self._nodes_on_line = Lines(system), Lines(system)
        self._tasks: set[asyncio.Task[object]] = set()

    async def open(self) -> None:
        """From now on the broker is answered."""
        await self._core.subscribe(ASKED, queue="anlan", cb=self._answer)
        await self._core.flush()  # the broker knows of it

    def refusal(self, asked: Asked) -> str:
        """Why not, in Chinese for an installer; empty: it may."""
        if asked.kind == LEAF:
            proved = self._nodes.proves(asked.address, asked.secret) if self._nodes else None
            if proved is None:
                return f"县级节点没有登记，或已停用：{asked.address[:60]}"
            if not proved:
                return f"县级节点的密钥不对：{asked.address}"
            seconds = math.ceil(self._owed(asked.address))
            return f"县级节点发得太快：{asked.address}，{seconds} 秒后再连接" if seconds else ""
        if asked.kind != MQTT:
            return "只有 MQTT 设备可以这样连接"
        if not ADDRESS.fullmatch(asked.address):
            return "用户名应为设备编号，MQTT 的设备编号只能含字母、数字、_、-"
        device = self._gateway.directory.device(PROTOCOL, asked.address)
        if device is None:
            return f"MQTT 设备没有登记，或已停用：{asked.address}"
        if not device.proves(asked.secret):
            return f"MQTT 设备的密钥不对：{asked.address}"
        if asked.client_id != asked.address:
            # the broker ends the session of another connection that shows the same id
            return f"ClientID 应与设备编号相同（{asked.address}），收到“{asked.client_id[:60]}”"
        if wait := self._gateway.rates.owed(device):
            return f"发得太快：每秒至多 {device.most_per_second} 条读数，{wait:.0f} 秒后再连接"
        return ""

    def _told(self, asked: Asked) -> bool:
        """A node with the right key is refused only while it is in debt, and a dead letter has said
        so when it was put off the line."""
        return bool(
            asked.kind == LEAF and self._nodes and self._nodes.proves(asked.address, asked.secret)
        )

    def reply(self, asked: Asked, refusal: str, now: float) -> str:
        """The token that answers the broker."""
        said = {"error": refusal} if refusal else {"jwt": self._user(asked, now)}
        return self._issuer.token(
            {
                "sub": asked.user_key,
                "aud": asked.server,
                "nats": {"type": "authorization_response", "version": 2, **said},
            },
            now,
        )

    async def cut(self, address: str) -> None:
        """End the connection of a device; one that has none is none."""
        await self._on_line.cut(address)

    async def cut_node(self, name: str) -> None:
        """End the connections of a node. Where none is known (it came in before this process
        began), those of all whose names are not known."""
        if not await self._nodes_on_line.cut(name):
            await self._nodes_on_line.cut_leaves()

    async def _answer(self, message: Msg) -> None:
        now = time.time()
        try:
            asked = Asked.of(claims(message.data))
        except ValueError:
            log.exception("the broker asked what cannot be understood")
            return  # unanswered, it lets nobody in
        refusal = self.refusal(asked)
        await message.respond(self.reply(asked, refusal, now).encode())
        if refusal:
            if not self._told(asked):
                self._later(self._bury(asked, refusal, now))
        elif asked.kind == MQTT:  # the broker ends an older connection with the same client id
            self._on_line.came(asked.address, Line(asked.server, asked.connection))
            self._later(self._look_at_first(asked.address))
        else:
            line = Line(asked.server, asked.connection)
            for each in self._nodes_on_line.came(asked.address, line, MOST_LINES):
                self._later(self._nodes_on_line.end(each))

    def _user(self, asked: Asked, now: float) -> str:
        leaf = asked.kind == LEAF
        return self._issuer.token(
            {
                "sub": asked.user_key,
                "aud": CORE if leaf else DEVICES,
                "name": asked.address,
                "exp": int(now) + HOLDS_SECONDS,
                "nats": {"type": "user", "version": 2, "subs": -1, "data": -1}
                | (_of_node if leaf else _of_device)(asked.address),
            },
            now,
        )

    async def _look_at_first(self, address: str) -> None:
        """Messages of QoS 0 are answered by nobody and kept by nobody: say so, once for each
        connection, or an installer would look for them in vain."""

        async def first(message: Msg) -> None:
            if (message.headers or {}).get(QOS) == "0":
                self._later(self._bury_unkept(address, message.data))

        said = await self._devices.subscribe(f"devices.{address}.>", cb=first)
        await said.unsubscribe(limit=1)

    async def _bury_unkept(self, address: str, data: bytes) -> None:
        device = self._gateway.directory.device(PROTOCOL, address)
        reason = "这台设备用 QoS 0 发送，平台不保证收到，读数没有入库。请改为 QoS 1"
        received = milliseconds(time.time())
        key = device.key if device else None
        await self._gateway.bury(
            DeadLetter(received, PROTOCOL, f"/devices/{address}", key, reason, data)
        )

    async def _bury(self, asked: Asked, refusal: str, now: float) -> None:
        """Of one host, as many as of any other noise."""
        if self._gateway.noisy(asked.host):
            self._gateway.counters.unburied += 1
            return
        protocol = "edge" if asked.kind == LEAF else PROTOCOL
        device = self._gateway.directory.device(protocol, asked.address)
        key = device.key if device else None
        await self._gateway.bury(
            DeadLetter(milliseconds(now), protocol, asked.host, key, refusal, b"")
        )

    def _later(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _of_device(address: str) -> dict[str, object]:
    return {
        "allowed_connection_types": ["MQTT"], "payload": MOST_PAYLOAD,
        "pub": {"allow": [f"devices.{address}.>"]}, "sub": {"deny": [">"]},
    }  # fmt: skip


def _of_node(name: str) -> dict[str, object]:
    return {
        "allowed_connection_types": ["LEAFNODE"], "payload": -1,
        "pub": {"allow": [f"edge.{name}.>"]}, "sub": {"allow": [f"_EDGE.{name}.>"]},
    }  # fmt: skip
