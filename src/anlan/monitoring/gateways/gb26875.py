"""GB/T 26875.3: user information transmission devices of fire protection, over TCP and UDP.

The standard has no secret: a device is its source address. So the port must be reached only over
lines that the city trusts (docs/gateways.md).
"""

from __future__ import annotations

from collections import deque

from anlan.monitoring.gateways import gb26875_points as points
from anlan.monitoring.gateways.contracts import DeadLetter, Directory, Known
from anlan.monitoring.gateways.conversation import Conversation, Heard, Task
from anlan.monitoring.gateways.readings import LIVE, Readings, listed
from anlan.monitoring.protocols.exchange import Turn
from anlan.monitoring.protocols.framing import Splitter as BaseSplitter
from anlan.monitoring.protocols.gb26875 import Splitter, write
from anlan.monitoring.protocols.gb26875.frame import Frame
from anlan.monitoring.protocols.gb26875.layouts import AppData
from anlan.monitoring.protocols.gb26875.objects import DeviceTime, DutyCheck
from anlan.monitoring.protocols.gb26875.session import (
    Centre,
    Message,
    Outcome,
    Result,
    Unasked,
    Upload,
)
from anlan.monitoring.protocols.gb26875.tables import Kind, kind_words
from anlan.monitoring.protocols.values import at

CLOCK_EVERY = 24 * 3600.0  # seconds; an assumption: the standard does not say how often
# Seconds between two rounds of asking for all states: a device tells changes only, and a point that
# says nothing for ten minutes counts as silent. An assumption.
ROUND_EVERY = 300.0
ASK_AGAIN = 60.0  # seconds after a poll whose answer was not stored, or did not come

_STRANGER = "源地址没有登记，或装置已停用：已否认，没有入库。请核对装置的源地址"
_CLOCKS = frozenset({Kind.SYSTEM_TIME, Kind.DEVICE_TIME})  # usual as signs of life


class Speaker:
    """A device on this connection: what it is still to be asked, one thing after another."""

    def __init__(self, device: Known, now: float) -> None:
        self._asks: deque[AppData] = deque(points.polls(device.points))
        self._polls = tuple(self._asks)
        self._round_at = now + ROUND_EVERY
        self._clock_at = now
        self._ask_at = now
        self._waits = False

    def next(self, now: float) -> AppData | None:
        """What to ask now."""
        if self._waits or now < self._ask_at:
            return None
        if now >= self._clock_at:
            self._clock_at = now + CLOCK_EVERY
            self._waits = True
            return AppData(Kind.SET_CLOCK, (DeviceTime(at(now)),))
        if not self._asks and now >= self._round_at:
            self._asks.extend(self._polls)
            self._round_at = now + ROUND_EVERY
        if not self._asks:
            return None
        self._waits = True
        return self._asks[0]

    def over(self, outcome: Outcome, now: float) -> None:
        """A request has ended. A refusal is an answer too: the device has nothing to say."""
        self._waits = False
        asked = outcome.request.data
        if outcome.result == Result.SILENT:
            self._ask_at = now + ASK_AGAIN
            if isinstance(asked, AppData) and asked.kind == Kind.SET_CLOCK:
                self._clock_at = now
        elif self._asks and asked == self._asks[0]:
            self._asks.popleft()

    def again(self, asked: AppData, now: float) -> None:
        """Its answer was not stored."""
        self._asks.append(asked)
        self._ask_at = now + ASK_AGAIN


class Gb26875(Conversation):
    """A device, or several behind one line. ``address`` is the centre's own."""

    protocol = "gb26875"

    def __init__(self, directory: Directory, source: str, address: int = 0) -> None:
        super().__init__(directory, source)
        self._centre = Centre(address)
        self._speakers: dict[int, Speaker] = {}

    def feed(self, data: bytes, now: float) -> Heard:
        return self._heard(self._centre.feed(data, now), now)

    def tick(self, now: float) -> Heard:
        return self._heard(self._centre.tick(now), now)

    def check_duty(self, address: int, minutes: int, now: float) -> bytes:
        """Asks who is on duty at a device that speaks here; KeyError where it does not.

        The device confirms that it has asked; the answer of the person comes as an operation
        (``device:operation``, bit 5).
        """
        if str(address) not in self.speaking:
            raise KeyError(address)
        data = AppData(Kind.CHECK_DUTY, (DutyCheck(minutes),))
        return self._centre.request(data, target=address, now=now)

    def _heard(self, turn: Turn[Message], now: float) -> Heard:
        tasks: list[Task] = []
        letters: list[DeadLetter] = list(self.noise(turn.dead, now))
        send, known, strange = bytearray(turn.send), False, False
        for message in turn.messages:
            address = _address(message)
            device = self.who(str(address))
            if device is not None:
                known = True
                tasks += self._tasks(device, address, message, now)
                continue
            strange = True
            self._speakers.pop(address, None)
            if isinstance(message, Upload):
                letters.append(self.letter(now, _STRANGER, message.raw))
                send += self._centre.deny(message, now)
        repeated = bool(self.speaking and turn.send and not turn.dead)
        send += self._ask(now)
        over = strange and not self.speaking
        return Heard(bytes(send), tuple(tasks), tuple(letters), known or repeated, over)

    def _tasks(self, device: Known, address: int, message: Message, now: float) -> list[Task]:
        speaker = self._speakers.get(address)
        if speaker is None:
            speaker = self._speakers[address] = Speaker(device, now)
        if isinstance(message, Upload):
            return [self._upload(device, message, now)]
        if isinstance(message, Unasked):
            return [self._told(device, message.frame, now)]
        speaker.over(message, now)
        if message.result != Result.ANSWERED or message.answer is None:
            return []
        return [self._told(device, message.answer, now, speaker, message.request)]

    def _upload(self, device: Known, upload: Upload, now: float) -> Task:
        found, reason = read(device, upload.frame, now)
        letter = self.letter(now, reason, upload.raw, device) if reason else None
        return Task(
            device, found, letter,
            lambda now: self._centre.confirm(upload, now),
            lambda now: self._centre.deny(upload, now),
        )  # fmt: skip

    def _told(
        self,
        device: Known,
        frame: Frame,
        now: float,
        speaker: Speaker | None = None,
        request: Frame | None = None,
    ) -> Task:
        """An answer of the device: it is not confirmed, but asked for again if it is lost."""
        found, reason = read(device, frame, now)

        def failed(now: float) -> bytes:
            if speaker and request and isinstance(request.data, AppData):
                speaker.again(request.data, now)
            return b""

        letter = self.letter(now, reason, _written(frame), device) if reason else None
        return Task(device, found, letter, lambda now: b"", failed)

    def _ask(self, now: float) -> bytes:
        asked = bytearray()
        for address, speaker in self._speakers.items():
            data = speaker.next(now)
            if data is not None:
                asked += self._centre.request(data, target=address, now=now)
        return bytes(asked)


def _address(message: Message) -> int:
    """Whose message it is."""
    return message.request.target if isinstance(message, Outcome) else message.frame.source


def splitter() -> BaseSplitter:
    """Parts what goes out over UDP."""
    return Splitter()


def read(device: Known, frame: Frame, now: float) -> tuple[Readings, str]:
    """Readings of its own points, and why the frame is to be kept as a letter, if it is."""
    found = Readings(device, now, LIVE)
    data = frame.data
    if not isinstance(data, AppData):
        kind = data.kind if data else None
        return found, f"类型标志 {kind} 是预留或厂家自定义的，没有读法：原文留存于此"
    for made in data.objects:
        points.add(found, made)
    if found.strange:
        return found, f"没有登记的测点：{listed(found.strange)}。请在平台登记后重放"
    if len(found) or data.kind in _CLOCKS:
        return found, ""
    return found, f"“{kind_words(data.kind)}”不含读数：原文留存于此"


def _written(frame: Frame) -> bytes:
    """The answer's bytes; what could not be written as it was read is kept as text."""
    try:
        return write(frame)
    except ValueError:
        return repr(frame).encode()
