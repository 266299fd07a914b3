"""What a node says that is not its own, or that nobody understands: dead letters of the city.

A node is a machine in a county's office; what it says of where a letter comes from is believed no
further than its register goes.
"""

from __future__ import annotations

import base64
import binascii
import json
import time

import numpy as np

from anlan.monitoring.edge.snapshot import Told
from anlan.monitoring.gateways.contracts import DeadLetter
from anlan.monitoring.protocols.batch import Batch, pack_all

PROTOCOL = "edge"
PROTOCOLS = frozenset({"gb26875", "jt808", "hj212", "http", "mqtt"})
LONGEST_TEXT = 500
SHOWN = 64 * 1024  # bytes of what cannot be understood


def letter(node: str, data: bytes, told: Told) -> DeadLetter:
    """A node's dead letter as the city keeps it."""
    try:
        said = json.loads(data)
        key = said["device"]
        protocol = said["protocol"]
        known = any(each.key == key and each.protocol == protocol for each in told.devices)
        if protocol not in PROTOCOLS:
            raise ValueError(protocol)
        return DeadLetter(
            min(int(said["received"]), _now()), protocol, f"{node} {said['source']}"[:LONGEST_TEXT],
            key if known else None, str(said["reason"])[:LONGEST_TEXT],
            base64.b64decode(said["data"], validate=True),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, binascii.Error):
        return unreadable(node, data, "的一封死信")


def unreadable(node: str, data: bytes, what: str) -> DeadLetter:
    """Something of a node that is neither readings nor a letter."""
    reason = f"市级平台看不懂县级节点 {node} 送来{what}，请核对节点程序的版本"
    return DeadLetter(_now(), PROTOCOL, node, None, reason, data[:SHOWN])


def foreign(node: str, batch: Batch) -> DeadLetter:
    """Readings of points that are not the node's county's; kept, to be looked at."""
    reason = f"县级节点 {node} 送来 {len(batch)} 条外县测点的读数，没有入库。请核对节点登记和测点"
    order = np.argsort(batch.time, kind="stable")[: SHOWN // 32]
    (data, *_) = pack_all(batch.take(order))
    return DeadLetter(_now(), PROTOCOL, node, None, reason, data)


def flooding(node: str, messages: int, size: int) -> DeadLetter:
    """A node that was put off the line."""
    reason = (
        f"县级节点 {node} 不等应答就连续发送，已断开它的连接，{messages} 个报文（{size} 字节）"
        "没有接收。请核对节点程序；密钥可能被盗的，请更换密钥或停用节点"
    )
    return DeadLetter(_now(), PROTOCOL, node, None, reason, b"")


def full(node: str) -> DeadLetter:
    """A node that has its share of the stream."""
    reason = (
        f"县级节点 {node} 一天内送来的读数已占满数据流里给它的空间，"
        "其余的由节点保存，有空间后再收。如果不是在补送断网期间的读数，请核对节点程序和密钥"
    )
    return DeadLetter(_now(), PROTOCOL, node, None, reason, b"")


def _now() -> int:
    return time.time_ns() // 1_000_000
