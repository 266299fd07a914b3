"""Several packets (PNUM, PNO) made one message, with bounded memory.

Assumption: packets are cut between groups of CP, so that the whole is their groups in order; a
DataTime that every packet repeats is kept once. An answer is for the whole message.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from anlan.monitoring.protocols.hj212.message import ANSWER, NUMBERED, Group, Message

MOST_MESSAGES = 4
MOST_PACKETS = 64
PATIENCE = 600.0  # seconds

Key = tuple[str, str, str | None]


@dataclass(slots=True)
class _Open:
    count: int
    since: float
    packets: dict[int, Message] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assembled:
    """``whole`` and the packets it was made of, once all are there; ``remarks`` on losses."""

    whole: Message | None = None
    packets: tuple[Message, ...] = ()
    remarks: tuple[str, ...] = ()


class Assembler:
    """The unfinished messages of one device: at most ``MOST_MESSAGES``, none older than
    ``PATIENCE``; the oldest is given up first."""

    def __init__(self) -> None:
        self._open: dict[Key, _Open] = {}

    def add(self, packet: Message, now: float) -> Assembled:
        """Takes a packet; a message of one packet is whole at once."""
        remarks = self._give_up(now)
        if packet.packet is None:
            return Assembled(packet, (packet,), remarks)
        number, count = packet.packet
        if count > MOST_PACKETS:
            return Assembled(remarks=(*remarks, f"总包数 {count} 超过 {MOST_PACKETS}，不收"))
        key = (packet.mn, packet.cn, packet.qn)
        found = self._open.get(key)
        if found is None or found.count != count:
            if found is not None:
                remarks += (_lost(key, self._open.pop(key)),)
            remarks += self._make_room()
            found = self._open[key] = _Open(count, now)
        kept = found.packets.setdefault(number, packet)
        if kept.groups != packet.groups:
            remarks += (f"第 {number} 包来了两次，内容不同：用先来的",)
        if len(found.packets) < count:
            return Assembled(remarks=remarks)
        del self._open[key]
        packets = tuple(each for _, each in sorted(found.packets.items()))
        return Assembled(_merged(packets), packets, remarks)

    def _give_up(self, now: float) -> tuple[str, ...]:
        late = [key for key, found in self._open.items() if now - found.since > PATIENCE]
        return tuple(_lost(key, self._open.pop(key)) for key in late)

    def _make_room(self) -> tuple[str, ...]:
        if len(self._open) < MOST_MESSAGES:
            return ()
        key = next(iter(self._open))
        return (_lost(key, self._open.pop(key)),)


def _lost(key: Key, found: _Open) -> str:
    return f"QN={key[2]} 的消息共 {found.count} 包，只收到 {len(found.packets)} 包，已放弃"


def _merged(packets: tuple[Message, ...]) -> Message:
    groups: list[Group] = []
    for packet in packets:
        groups += [group for group in packet.groups if not (_only_time(group) and group in groups)]
    asks = any(packet.wants_answer for packet in packets)
    flag = packets[0].flag
    if flag is not None:
        flag = (flag & ~(NUMBERED | ANSWER)) | (ANSWER if asks else 0)
    remarks = tuple(dict.fromkeys(remark for packet in packets for remark in packet.remarks))
    return replace(
        packets[0], flag=flag, pnum=None, pno=None, groups=tuple(groups), remarks=remarks
    )


def _only_time(group: Group) -> bool:
    return [key for key, _ in group] == ["DataTime"]
