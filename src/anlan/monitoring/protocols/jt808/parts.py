"""Putting together messages of JT/T 808 that come in parts: any order, repeated, or never whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from ..framing import Piece
from .messages import Fragment
from .packet import Packet

TIMEOUT = 120.0  # seconds without a new part (an assumption)
MOST_BYTES = 4 << 20  # kept for one connection, over all unfinished messages
MOST_MESSAGES = 64  # unfinished on one connection

Part: TypeAlias = tuple[Packet, Piece]


@dataclass(slots=True)
class _Unfinished:
    """Parts of one message; ``base`` is the serial number that its first part has or would have,
    ``next`` index and serial number of the part after those that came without a gap."""

    phone: str
    id: int
    total: int
    base: int
    last: float
    next: tuple[int, int]
    parts: dict[int, Part] = field(default_factory=dict)

    def kin(self, packet: Packet, fragment: Fragment) -> bool:
        return (self.phone, self.id, self.total) == (packet.phone, fragment.id, fragment.total)

    def holds(self, packet: Packet, fragment: Fragment) -> bool:
        return fragment.index in self.parts and self.parts[fragment.index][0] == packet

    def expects(self, packet: Packet, fragment: Fragment) -> bool:
        in_turn = self.next == (fragment.index, packet.serial)
        return in_turn or self.base == _base(packet, fragment)

    def take(self, part: Part, index: int, now: float) -> None:
        self.parts[index] = part
        self.last = now
        while self.next[0] in self.parts:
            index = self.next[0]
            self.next = index + 1, self.parts[index][0].serial + 1 & 0xFFFF

    def pass_over(self, phone: str, serial: int) -> None:
        """Another message has this number: it may be the one that stands between two parts."""
        if (self.phone, self.next[1]) == (phone, serial):
            self.next = self.next[0], serial + 1 & 0xFFFF

    def given_up(self) -> tuple[Piece, ...]:
        reason = f"分包消息没有收全：共 {self.total} 包，收到 {len(self.parts)} 包"
        return tuple(Piece(piece.offset, piece.data, reason) for _, piece in self.parts.values())

    @property
    def size(self) -> int:
        return sum(len(piece.data) for _, piece in self.parts.values())


def _base(packet: Packet, fragment: Fragment) -> int:
    return packet.serial - fragment.index + 1 & 0xFFFF


class Parts:
    """The unfinished messages of one connection.

    Parts of a message have serial numbers that follow one another. Real terminals also send other
    messages between them, with the numbers between; so a part is also taken as the next where
    every number since the last was seen (``saw``) on another message. To take it where one is
    missing could join the halves of two messages into one that was never sent.
    """

    def __init__(self, *, timeout: float = TIMEOUT, most: int = MOST_BYTES) -> None:
        self._timeout = timeout
        self._most = most
        self._kept = 0
        self._unfinished: list[_Unfinished] = []

    @property
    def kept(self) -> int:
        """How many bytes of frames are kept."""
        return self._kept

    def saw(self, phone: str, serial: int) -> None:
        """A message that is no part came with this number."""
        for made in self._unfinished:
            made.pass_over(phone, serial)

    def add(self, packet: Packet, piece: Piece, now: float) -> tuple[list[Part], tuple[Piece, ...]]:
        """All parts in order once the last has come (else none), and the pieces given up."""
        fragment = packet.body
        if not isinstance(fragment, Fragment):
            raise TypeError("only a fragment is a part")
        kin = [made for made in self._unfinished if made.kin(packet, fragment)]
        if any(made.holds(packet, fragment) for made in kin):
            return [], ()
        made = next((made for made in kin if made.expects(packet, fragment)), None)
        dead: tuple[Piece, ...] = ()
        if made and fragment.index in made.parts:
            dead = self._drop(made)  # the terminal has begun to count anew
            made = None
        if made is None:
            made = self._begin(packet, fragment, now)
        made.take((packet, piece), fragment.index, now)
        self._kept += len(piece.data)
        for other in self._unfinished:
            if other is not made:
                other.pass_over(packet.phone, packet.serial)
        if len(made.parts) == made.total:
            self._drop(made)
            return [made.parts[index] for index in sorted(made.parts)], dead
        return [], dead + self._make_room()

    def tick(self, now: float) -> tuple[Piece, ...]:
        """What has waited too long for its other parts."""
        late = [made for made in self._unfinished if now >= made.last + self._timeout]
        return tuple(piece for made in late for piece in self._drop(made))

    def _begin(self, packet: Packet, fragment: Fragment, now: float) -> _Unfinished:
        base = _base(packet, fragment)
        made = _Unfinished(packet.phone, fragment.id, fragment.total, base, now, (1, base))
        self._unfinished.append(made)
        return made

    def _make_room(self) -> tuple[Piece, ...]:
        """Gives up the messages that have waited longest until what is kept is within bounds."""
        dead: tuple[Piece, ...] = ()
        while self._kept > self._most or len(self._unfinished) > MOST_MESSAGES:
            dead += self._drop(min(self._unfinished, key=lambda made: made.last))
        return dead

    def _drop(self, made: _Unfinished) -> tuple[Piece, ...]:
        self._unfinished.remove(made)
        self._kept -= made.size
        return made.given_up()
