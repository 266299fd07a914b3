"""A dead letter read again by the code of its gateway, as if it came at its own time.

Who a device is, is asked of the register as it stands now. Whoever had to prove itself when it
came must have proven itself then, or do it by what stands in the bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anlan.monitoring.gateways import gb26875, hj212, jt808, mqtt
from anlan.monitoring.gateways.contracts import DeadLetter, Directory, Known
from anlan.monitoring.protocols import gb26875 as fire
from anlan.monitoring.protocols import hj212 as logger
from anlan.monitoring.protocols import jt808 as vehicle
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.protocols.framing import Malformed

_NOBODY = "发出它的设备没有登记，或已停用。请先登记设备"
_UNPROVEN = "发出时没有通过身份验证，不能入库"


@dataclass(frozen=True, slots=True)
class Again:
    """What a letter says now: whose it is, what can be stored, and why the rest cannot."""

    device: Known | None
    batch: Batch
    rest: str


def claimed(letter: DeadLetter) -> str:
    """The address by which the bytes name their device; empty where they name none."""
    try:
        return _CLAIMS[letter.protocol](letter) if letter.protocol in _CLAIMS else ""
    except Malformed:
        return ""


def again(letter: DeadLetter, directory: Directory) -> Again:
    """Read ``letter`` by the devices and channels of now."""
    if letter.protocol not in _READERS:
        return _none("这种报文不能在这里重放。煤矿文件请重新放入上传文件夹")
    device = directory.device(letter.protocol, claimed(letter))
    if device is None:
        return _none(_NOBODY)
    try:
        batch, rest = _READERS[letter.protocol](letter, device)
    except Malformed as malformed:
        return Again(device, _empty(), malformed.reason)
    return Again(device, batch, rest)


def _fire(letter: DeadLetter, device: Known) -> tuple[Batch, str]:
    found, rest = gb26875.read(device, fire.parse(letter.data), letter.received / 1000)
    return found.batch(), rest


def _logger(letter: DeadLetter, device: Known) -> tuple[Batch, str]:
    message = logger.parse(letter.data)
    if not device.proves(message.pw):
        return _empty(), "访问密码（PW）与登记的不符"
    found, rest = hj212.read(device, message, letter.received / 1000)
    return found.batch(), rest


def _vehicle(letter: DeadLetter, device: Known) -> tuple[Batch, str]:
    if letter.device != device.key:
        return _empty(), _UNPROVEN
    found, rest, _ = jt808.read(device, vehicle.parse(letter.data).body, letter.received / 1000)
    return found.batch(), rest


def _mqtt(letter: DeadLetter, device: Known) -> tuple[Batch, str]:
    """The broker let it in, as this user alone: its topic says so."""
    if not _topic(letter):
        return _empty(), "主题不对，或不是设备发来的读数"
    if letter.device is not None and letter.device != device.key:
        return _empty(), _UNPROVEN
    return mqtt.read(device, _topic(letter), letter.data, letter.received)


def _topic(letter: DeadLetter) -> str:
    """The device of a topic of readings; hosts and other topics name none."""
    parts = letter.source.split("/")
    whole = len(parts) == 4 and parts[:2] == ["", "devices"] and parts[3] == "readings"
    return parts[2] if whole else ""


def _none(rest: str) -> Again:
    return Again(None, _empty(), rest)


def _empty() -> Batch:
    return Batch.of([], [], [], [])


_CLAIMS: dict[str, Callable[[DeadLetter], str]] = {
    "gb26875": lambda letter: str(fire.parse(letter.data).source),
    "jt808": lambda letter: jt808.number(vehicle.parse(letter.data).phone),
    "hj212": lambda letter: logger.parse(letter.data).mn,
    "mqtt": _topic,
}
_READERS: dict[str, Callable[[DeadLetter, Known], tuple[Batch, str]]] = {
    "gb26875": _fire,
    "jt808": _vehicle,
    "hj212": _logger,
    "mqtt": _mqtt,
}
