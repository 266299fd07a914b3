"""A batch over HTTP: what the endpoint does with a body of a device that has shown its key.

No key of idempotency is needed: the history keys readings by point and time, so what is sent
again after a lost answer changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.monitoring.gateways.contracts import Directory, Known, NotStored, Sink
from anlan.monitoring.gateways.limits import Rates
from anlan.monitoring.gateways.readings import HISTORY, milliseconds, trusted
from anlan.monitoring.protocols.batch import MAGIC, Batch, from_json, unpack
from anlan.monitoring.protocols.batch.binary import LONGEST as LONGEST_BINARY
from anlan.monitoring.protocols.batch.text import LONGEST as LONGEST_JSON
from anlan.monitoring.protocols.framing import Malformed

JSON = "application/json"
BINARY = frozenset({"application/vnd.anlan.anb1", "application/octet-stream"})
MOST_REFUSED = 100  # channels that an answer names
SCHEME = "device"
PATH = "/gateway/readings/"
LONGEST = max(LONGEST_BINARY, LONGEST_JSON)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer: its status, its JSON, its further headers."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


UNKNOWN = Outcome(401, {"error": "设备编号或密钥不对，或设备已停用。"}, {})
NOT_NOW = Outcome(503, {"error": "数据流暂时不可用，请稍后重发。"}, {"Retry-After": "5"})


def device(authorization: str, directory: Directory) -> Known | None:
    """Who shows its number and its key: ``Device <number>:<key>``; None: nobody that is known."""
    scheme, _, given = authorization.partition(" ")
    number, _, secret = given.strip().partition(":")
    if scheme.lower() != SCHEME:
        return None
    found = directory.device("http", number)
    return found if found is not None and found.proves(secret) else None


async def accept(
    body: bytes,
    content_type: str,
    device: Known,
    sink: Sink,
    now: float,
    rates: Rates | None = None,
) -> Outcome:
    """200 means that all readings but those named as ``refused`` are stored.

    ``now`` is seconds since 1970 UTC. With ``rates``, shared by all requests, a device over its
    rate gets 429 with Retry-After; nothing of that body is stored.
    """
    wait = _wait(device, rates)
    if wait:
        text = f"发得太快：这台设备每秒至多 {device.most_per_second} 条读数，请 {wait} 秒后重发"
        return _refusal(429, text, headers={"Retry-After": str(wait)})
    read = _read(body, content_type)
    if isinstance(read, Outcome):
        return read
    if rates is not None:
        rates.charge(device, len(read))
    batch, refused = own(read, device)
    if not len(batch):
        text = "一条也没有入库：这些通道都没有登记在这台设备名下。请在平台登记后重发"
        return _refusal(422, text, stored=0, **refused)
    try:
        await sink.store(device.site, trusted(batch, milliseconds(now), HISTORY))
    except NotStored:
        text = "暂时存不了，一条也没有入库。请稍后原样重发"
        return _refusal(503, text, headers={"Retry-After": "5"})
    return Outcome(200, {"stored": len(batch), **refused}, {})


def own(batch: Batch, device: Known) -> tuple[Batch, dict[str, Any]]:
    """The readings of the device's own channels, now by number of point; the others by channel."""
    channels, place, counts = np.unique(batch.point, return_inverse=True, return_counts=True)
    points = [device.points.get(str(channel)) for channel in channels.tolist()]
    known = np.array([point is not None for point in points], np.bool_)
    numbers = np.array([point or 0 for point in points], np.uint32)
    kept = known[place]
    mine = Batch.of(numbers[place][kept], batch.time[kept], batch.value[kept], batch.quality[kept])
    strange = zip(channels[~known].tolist(), counts[~known].tolist(), strict=True)
    named = [{"channel": channel, "count": count} for channel, count in strange]
    return mine, {
        "refused": named[:MOST_REFUSED],
        "refused_channels": len(named),
        "refused_readings": len(batch) - len(mine),
    }


def _read(body: bytes, content_type: str) -> Batch | Outcome:
    kind = content_type.partition(";")[0].strip().lower()
    binary = kind in BINARY
    if not binary and kind != JSON:
        text = f"Content-Type 应为 {JSON} 或 application/vnd.anlan.anb1，收到“{kind[:60]}”"
        return _refusal(415, text)
    longest = LONGEST_BINARY if binary else LONGEST_JSON
    if len(body) > longest:
        text = f"正文有 {len(body)} 字节，至多 {longest} 字节，请分批"
        return _refusal(413, text)
    if binary and not body.startswith(MAGIC):
        return _refusal(400, "正文不是批次：应以“ANB1”开头", offset=0)
    try:
        return unpack(body) if binary else from_json(body)
    except Malformed as malformed:
        return _refusal(400, malformed.reason, offset=malformed.offset)


def _wait(device: Known, rates: Rates | None) -> int:
    """Whole seconds."""
    return 0 if rates is None else math.ceil(rates.owed(device))


def _refusal(
    status: int, text: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Outcome:
    return Outcome(status, {"error": text, **more}, headers or {})
