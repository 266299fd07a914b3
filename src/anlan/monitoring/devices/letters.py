"""Dead letters as a viewer sees them: read from the broker, joined with whose they are."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from nats.errors import Error as NatsError

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy
from anlan.kernel.errors import Unknown
from anlan.monitoring import policies
from anlan.monitoring.choices import Protocol
from anlan.monitoring.cli.pieces import PROTOCOLS, Unreadable, decoder
from anlan.monitoring.devices.legible import Said, legible
from anlan.monitoring.edge import strangers
from anlan.monitoring.gateways.contracts import DeadLetter, NotStored
from anlan.monitoring.gateways.replaying import claimed
from anlan.monitoring.models import Device, Replay
from anlan.monitoring.now.bridge import bridge
from anlan.monitoring.stream import letters as stored
from anlan.monitoring.stream.connection import Connection
from anlan.monitoring.visibility import reaches

T = TypeVar("T")
MOST = 1_000  # of the newest; a page says that there are more
PATIENCE = 5.0  # seconds
SHOWN = 4_096  # bytes of a letter, as hexadecimal


@dataclass(frozen=True)
class Letter:
    """``device``: that it is known to come from, or that its bytes name and is registered now."""

    number: int
    letter: DeadLetter
    device: Device | None
    replays: Sequence[Replay]

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.letter.received / 1000, UTC)

    @property
    def done(self) -> bool:
        """Nothing of it is left."""
        return any(not each.rest for each in self.replays)

    @property
    def protocol(self) -> str:
        named = {**dict(Protocol.choices), strangers.PROTOCOL: "县级节点"}
        return str(named.get(self.letter.protocol, self.letter.protocol))

    @property
    def kind(self) -> str:
        """The reason without its particulars."""
        return self.letter.reason.partition("：")[0][:60]

    @property
    def dump(self) -> str:
        """The first bytes as hexadecimal, sixteen in a line, each with its offset."""
        data = self.letter.data[:SHOWN]
        lines = range(0, len(data), 16)
        return "\n".join(f"{at:04x}  {data[at : at + 16].hex(' ')}" for at in lines)

    @property
    def decoded(self) -> tuple[Said, ...]:
        """What the decoder of its protocol reads, in Chinese; empty where it can read nothing.

        Of a coal mine's file a letter holds some records; why they are faulty, its reason says
        already, and a faulty head would be blamed for not being a record.
        """
        protocol = "batch" if self.letter.protocol == "mqtt" else self.letter.protocol
        if protocol not in PROTOCOLS or not self.letter.data:
            return ()
        name = self.letter.source.partition("@")[0]
        try:
            reader = decoder(protocol, name, self.letter.data, part=True)
        except Unreadable:
            return ()
        lines = reader.feed(self.letter.data) + reader.end()
        if protocol == "coal":
            lines = [each for each in lines if "message" in each]
        return legible(protocol, lines, self.letter.reason)


@dataclass(frozen=True)
class Found:
    """``kept``: how many lie on the broker; ``rows``: the newest that the viewer sees."""

    kept: int
    rows: list[Letter] = field(default_factory=list)

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """Protocol, reason and how many, the most first."""
        counted = Counter((each.protocol, each.kind) for each in self.rows)
        return [(*key, count) for key, count in counted.most_common(20)]


def on_broker(work: Callable[[Connection], Coroutine[Any, Any, T]]) -> T:
    """What ``work`` gives; NotStored where the broker does not answer."""

    async def patient(connection: Connection) -> T:
        try:
            async with asyncio.timeout(PATIENCE):
                return await work(connection)
        except (NatsError, TimeoutError, OSError) as error:
            raise NotStored("数据流没有应答，请稍后再试。") from error

    return bridge.run(patient, PATIENCE)


def newest(actor: Actor, protocol: str = "", device: int | None = None) -> Found:
    """The newest letters that the actor sees, of a protocol or a device; NotStored."""
    kept, found = on_broker(lambda connection: stored.newest(connection.stream, MOST))
    rows = [
        each for each in _seen(actor, found)
        if protocol in ("", each.letter.protocol)
        and (device is None or (each.device is not None and each.device.pk == device))
    ]  # fmt: skip
    return Found(kept, rows)


def one(actor: Actor, number: int) -> Letter:
    """One letter that the actor sees; Unknown if there is none; NotStored."""
    found = on_broker(lambda connection: stored.one(connection.stream, number))
    rows = _seen(actor, [(number, found)]) if found else []
    if not rows:
        raise Unknown("没有这份报文，或不在您的管辖范围内；报文最多保存 30 天。")
    return rows[0]


def bytes_shown(actor: Actor, letter: Letter) -> bool:
    """Whether the actor may read the bytes, in which a password (HJ 212) or a terminal's code
    (JT/T 808) may stand: who keeps the device, of a stranger's who keeps devices of the whole city.
    What is replayed does not depend on it."""
    if letter.device is not None:
        return reaches(actor, letter.device.site, policies.KEEP)
    return _whole(actor, policies.KEEP)


def _whole(actor: Actor, policy: Policy) -> bool:
    """By a grant for the whole city."""
    return actor.is_system or any(each.area.parent_id is None for each in policy.grants(actor))


def _seen(actor: Actor, found: Sequence[tuple[int, DeadLetter]]) -> list[Letter]:
    """Of devices at sites that the actor sees; of strangers, which may be anybody's, who sees the
    whole city (an assumption)."""
    claims = {number: claimed(letter) for number, letter in found}
    named = set(claims.values()) - {""}
    known = {letter.device for _, letter in found if letter.device is not None}
    rows = Device.objects.filter(pk__in=known) | Device.objects.filter(address__in=named)
    devices = list(rows.select_related("site__area", "site__regulator"))
    by_key = {each.pk: each for each in devices}
    by_name = {(each.protocol, each.address): each for each in devices}
    seen = set(Device.objects.visible_to(actor).filter(pk__in=by_key).values_list("pk", flat=True))
    whole = _whole(actor, policies.VIEW)
    replays = defaultdict[tuple[int, int], list[Replay]](list)
    for each in Replay.objects.filter(number__in=claims).select_related("by"):
        replays[each.number, each.received].append(each)
    letters = []
    for number, letter in found:
        device = by_key.get(letter.device or 0) or by_name.get((letter.protocol, claims[number]))
        if device.pk in seen if device else whole:
            letters.append(Letter(number, letter, device, replays[number, letter.received]))
    return letters
