"""HJ 212: data loggers of sources of pollution, dust and gas, over TCP.

Addresses of points are factor and kind as they are sent: ``a34004-Rtd``, ``w01018-Avg``.
"""

from __future__ import annotations

from anlan.monitoring.gateways.contracts import DeadLetter, Directory, Known
from anlan.monitoring.gateways.conversation import Conversation, Heard, Task
from anlan.monitoring.gateways.readings import HISTORY, Readings, listed
from anlan.monitoring.protocols.batch import Quality
from anlan.monitoring.protocols.exchange import Turn
from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.hj212 import (
    Centre,
    Message,
    Remark,
    Requests,
    Result,
    Session,
    TimeWish,
    Upload,
    parse,
    readings,
    set_time,
)
from anlan.monitoring.protocols.hj212.centre import Event
from anlan.monitoring.protocols.hj212.words import COMMANDS

# A letter that the standard lacks says nothing that we know, so the value is believed. So it is
# where the plant stands still (F): the instrument works.
QUALITIES = {
    "N": Quality.GOOD,
    "F": Quality.GOOD,
    "M": Quality.CALIBRATING,
    "C": Quality.CALIBRATING,
    "S": Quality.SUBSTITUTED,
    "D": Quality.SENSOR_FAULT,
    "T": Quality.OUT_OF_RANGE,
    "B": Quality.LINE_BROKEN,
}

_WRONG_PASSWORD = "访问密码与登记的不符：没有入库，也不应答。请核对 PW"  # noqa: S105 - a sentence
_RETIRED = "设备已停用：没有入库，也不应答"


class Hj212(Conversation):
    """A data logger, or several behind one line, told apart by MN."""

    protocol = "hj212"

    def __init__(self, directory: Directory, source: str) -> None:
        super().__init__(directory, source)
        self._centre = Centre(self._session)
        self._sessions: dict[str, Session] = {}
        self._setting: set[str] = set()  # MN whose clocks are being set
        self._strange = False

    def feed(self, data: bytes, now: float) -> Heard:
        return self._heard(self._centre.feed(data, now), now)

    def tick(self, now: float) -> Heard:
        return self._heard(self._centre.tick(now), now)

    def end(self, now: float) -> Heard:
        return self._heard(self._centre.end(now), now)

    def _session(self, mn: str) -> Session | None:
        if self.directory.device(self.protocol, mn) is None:
            self._strange = True
            return None
        session = self._sessions[mn] = Session(mn)
        return session

    def _heard(self, turn: Turn[Event], now: float) -> Heard:
        tasks: list[Task] = []
        letters: list[DeadLetter] = list(self.noise(turn.dead, now))
        send, known = bytearray(turn.send), False
        for event in turn.messages:
            if isinstance(event, Result):
                self._setting.discard(event.request.mn)
                continue
            if isinstance(event, Remark):
                continue
            message = event.message
            device = self.who(message.mn)
            if device is not None and device.proves(message.pw):
                known = True
                if isinstance(event, Upload):
                    tasks.append(self._task(device, event, now))
                else:
                    send += self._set_time(event, now)
                continue
            self._strange = True
            self.speaking.pop(message.mn, None)
            if isinstance(event, Upload):
                reason = _RETIRED if device is None else _WRONG_PASSWORD
                letters.append(self.letter(now, reason, _raw(event), device))
                send += self._centre.deny(event)
        repeated = bool(self.speaking and turn.send and not turn.dead)
        over = self._strange and not self.speaking
        return Heard(bytes(send), tuple(tasks), tuple(letters), known or repeated, over)

    def _set_time(self, wish: TimeWish, now: float) -> bytes:
        """With the password that the device itself has just shown."""
        mn = wish.message.mn
        if mn in self._setting:
            return b""
        self._setting.add(mn)
        self._sessions[mn].requests = Requests(mn, wish.message.pw)
        return self._centre.request(mn, set_time(now), st=wish.message.st, now=now)

    def _task(self, device: Known, upload: Upload, now: float) -> Task:
        found, reason = read(device, upload.message, now)
        return Task(
            device,
            found,
            self.letter(now, reason, _raw(upload), device) if reason else None,
            lambda now: self._centre.confirm(upload),
            lambda now: self._centre.deny(upload),
        )


def read(device: Known, message: Message, now: float) -> tuple[Readings, str]:
    """Readings, and why the message is to be kept as a letter, if it is.

    A factor of which one kind has a point has all the points that somebody wants: minimum and
    maximum beside the mean are not missed.
    """
    found = Readings(device, now, HISTORY)
    try:
        values = readings(message)
    except Malformed as malformed:
        return found, malformed.reason
    wanted = {address.rpartition("-")[0] for address in device.points}
    unknown: list[str] = []
    for each in values:
        address = f"{each.factor}-{each.kind}"
        if address in device.points:
            quality = QUALITIES.get(each.flag or "N", Quality.GOOD)
            found.add(address, each.time, each.value, quality)
        elif each.factor not in wanted:
            unknown.append(address)
    if unknown:
        return found, f"没有登记的因子：{listed(unknown)}。请在平台登记后重放"
    if len(found):
        return found, ""
    words = COMMANDS.get(message.cn, "")
    return found, f"{message.cn}（{words}）里没有可存的读数：原文留存于此"


def _raw(upload: Upload) -> bytes:
    """The frame; of several packets, which came one by one, all that they said."""
    if parse(upload.raw) == upload.message:
        return upload.raw
    return repr(upload.message).encode()
