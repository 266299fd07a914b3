"""Data loggers of sources of pollution: real-time data with a wish for an answer, the clock."""

from __future__ import annotations

from datetime import datetime

from anlan.monitoring.protocols.exchange import Outstanding
from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.hj212 import Message, Splitter, parse, write
from anlan.monitoring.protocols.hj212.message import ANSWER, VERSION_2017, Group
from anlan.monitoring.protocols.hj212.readings import CHINA
from anlan.monitoring.simulate.city import Device
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.world import Said

TIMEOUT = 10.0  # seconds without 9014 until data is sent again (an assumption)
MOST_WAITING = 1_000  # messages
MOST_FACTORS = 20  # of a message: within the 1,024 bytes that the standard allows
DATA, STORED = "2011", "9014"
SYSTEM_TYPE = "39"  # dust (annex of HJ 212-2017); the gateway reads all alike
INTERACTION = "91"
_OBEYED = frozenset({"1000", "1012"})
_ANSWERS = frozenset({"9011", "9012", "9013", "9014"})


class Hj212:
    """One data logger; its secret is its PW. ``timeout``: seconds until it repeats."""

    def __init__(self, device: Device, tally: Tally, *, timeout: float = TIMEOUT) -> None:
        self._mn, self._pw = device.address, device.secret
        self._tally = tally
        self._splitter = Splitter()
        self._sent: Outstanding[str] = Outstanding(timeout=timeout, retries=None)
        self._readings: dict[str, int] = {}  # by QN
        self._last = 0

    @property
    def waiting(self) -> int:
        return len(self._readings)

    def opened(self, now: float) -> bytes:
        """What was not answered comes when its time is over."""
        self._splitter = Splitter()
        return b""

    def say(self, said: Said, now: float) -> bytes:
        send = b""
        for time, values in said.moments():
            channels = list(values)
            for begin in range(0, len(channels), MOST_FACTORS):
                part = {name: values[name] for name in channels[begin : begin + MOST_FACTORS]}
                send += self._data(time, part, now)
        return send

    def heard(self, data: bytes, now: float) -> bytes:
        send = b""
        for piece in self._splitter.feed(data):
            try:
                message = None if piece.fault else parse(piece.data)
            except Malformed:
                continue  # noise: what the platform wanted comes again
            if message is not None and message.mn == self._mn:
                send += self._obey(message)
        return send

    def tick(self, now: float) -> bytes:
        again, _ = self._sent.due(now)
        self._tally.resent += again.count(b"\r\n")
        return again

    def _data(self, time: int, values: dict[str, float], now: float) -> bytes:
        if len(self._readings) >= MOST_WAITING:
            self._tally.lost += len(values)
            return b""
        qn = self._qn(now)
        stamp = datetime.fromtimestamp(time / 1000, CHINA)
        # Digits as the sensor has them: a float's shortest form is what its grid says.
        groups: tuple[Group, ...] = tuple(
            ((name, f"{value:.10g}"), (f"{name.rpartition('-')[0]}-Flag", "N"))
            for name, value in values.items()
        )
        head: Group = (("DataTime", f"{stamp:%Y%m%d%H%M%S}"),)
        written = write(self._message(qn, DATA, SYSTEM_TYPE, ANSWER, (head, *groups)))
        self._sent.sent(qn, written, now)
        self._readings[qn] = len(values)
        self._tally.sent += len(values)
        return written

    def _obey(self, message: Message) -> bytes:
        """An answer ends what it answers; a command is carried out, or refused (QnRtn 2)."""
        qn = message.qn or ""
        if message.cn == STORED and qn in self._readings:
            self._sent.settle(qn)
            self._tally.acknowledged += self._readings.pop(qn)
        if message.cn in _ANSWERS or not qn:
            return b""
        if message.cn not in _OBEYED:
            return write(self._message(qn, "9011", INTERACTION, 0, ((("QnRtn", "2"),),)))
        return write(self._message(qn, "9011", INTERACTION, 0, ((("QnRtn", "1"),),))) + write(
            self._message(qn, "9012", INTERACTION, 0, ((("ExeRtn", "1"),),))
        )

    def _message(self, qn: str, cn: str, st: str, flags: int, groups: tuple[Group, ...]) -> Message:
        return Message(
            cn, self._mn, st=st, pw=self._pw, qn=qn, flag=VERSION_2017 | flags, groups=groups
        )

    def _qn(self, now: float) -> str:
        """The time to the millisecond; one later where that was taken."""
        self._last = max(self._last + 1, round(now * 1000))
        moment = datetime.fromtimestamp(self._last / 1000, CHINA)
        return f"{moment:%Y%m%d%H%M%S}{self._last % 1000:03}"
