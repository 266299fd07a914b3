"""What a protocol makes of a connection, without I/O: tasks to store and then answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from anlan.monitoring.gateways.contracts import DeadLetter, Directory, Known
from anlan.monitoring.gateways.readings import Readings, milliseconds
from anlan.monitoring.protocols.framing import Piece

Answer = Callable[[float], bytes]


@dataclass(frozen=True, slots=True)
class Task:
    """A message of ``device``: once ``readings`` and ``letter`` are stored, ``stored(now)`` gives
    what to send; where they could not be, ``failed(now)``."""

    device: Known
    readings: Readings
    letter: DeadLetter | None
    stored: Answer
    failed: Answer


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of some bytes or some time.

    ``alive``: a known device has spoken. ``over``: nobody is left on this connection whom the
    directory knows, so it is to be closed once all is answered.
    """

    send: bytes = b""
    tasks: tuple[Task, ...] = ()
    letters: tuple[DeadLetter, ...] = ()
    alive: bool = False
    over: bool = False


class Conversation(ABC):
    """One connection. ``speaking`` are the addresses of the known devices that spoke on it."""

    protocol: str

    def __init__(self, directory: Directory, source: str) -> None:
        self.directory = directory
        self.source = source
        self.speaking: dict[str, Known] = {}

    @abstractmethod
    def feed(self, data: bytes, now: float) -> Heard:
        """The next bytes; ``now`` is seconds since 1970 UTC."""

    @abstractmethod
    def tick(self, now: float) -> Heard:
        """About once a second."""

    def end(self, now: float) -> Heard:
        """The device has closed its side."""
        del now
        return Heard()

    def who(self, address: str) -> Known | None:
        """The device at ``address`` as it is registered now; None forgets that it spoke."""
        device = self.directory.device(self.protocol, address)
        if device is None:
            self.speaking.pop(address, None)
        else:
            self.speaking[address] = device
        return device

    def deserted(self) -> bool:
        """Somebody known has spoken here, and all who did have been retired since."""
        spoke = bool(self.speaking)
        for address in list(self.speaking):
            self.who(address)
        return spoke and not self.speaking

    def letter(
        self, now: float, reason: str, data: bytes, device: Known | None = None
    ) -> DeadLetter:
        key = device.key if device else None
        return DeadLetter(milliseconds(now), self.protocol, self.source, key, reason, data)

    def noise(self, dead: Iterable[Piece], now: float) -> tuple[DeadLetter, ...]:
        """Letters of pieces that no message was made of; of whom, where only one speaks here."""
        speaking = list(self.speaking.values())
        device = speaking[0] if len(speaking) == 1 else None
        return tuple(self.letter(now, piece.fault or "", piece.data, device) for piece in dead)
