"""The platform's side of one device's connection: what to answer, what to ask again; no I/O.

The caller gives every message with the time (seconds since 1970 UTC), sends what ``answers``
holds, and says ``stored`` once data lies safely: only then is the device told so (9014), and only
if bit A asked for it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from anlan.monitoring.protocols.hj212.message import ANSWER, NUMBERED, Message
from anlan.monitoring.protocols.hj212.packets import Assembled, Assembler
from anlan.monitoring.protocols.hj212.requests import Requests, Result

# Data and states that a device sends on its own, or after being asked.
UPLOADS = frozenset({"2011", "2021", "2031", "2041", "2051", "2061", "2081"})
TIME_REQUEST = "1013"
SYSTEM = "91"
REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a message or the passing of time led to.

    ``data``: a new whole message to be stored, then ``stored(data.qn)``. ``notice``: the device
    asks for the time (1013). ``answers``: to be sent now. ``finished``: requests of ours that are
    over. ``refused``: why the message was set aside. ``remarks``: what was odd, for the log.
    """

    data: Message | None = None
    notice: Message | None = None
    answers: tuple[Message, ...] = ()
    finished: tuple[Result, ...] = ()
    refused: str | None = None
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Delivered:
    """Data handed to the caller; shared by the keys of the whole and of its packets."""

    message: Message
    stored: bool = False


class Session:
    """One device (MN). ``pw`` None: any password is taken."""

    def __init__(self, mn: str, *, pw: str | None = None, requests: Requests | None = None) -> None:
        self.mn = mn
        self.requests = requests or Requests(mn, pw or "")
        self._pw = pw
        self._assembler = Assembler()
        self._seen: OrderedDict[tuple[str | None, str, bytes], _Delivered] = OrderedDict()
        self._waiting: OrderedDict[str | None, list[_Delivered]] = OrderedDict()  # by QN

    def received(self, message: Message, now: float) -> Outcome:
        """Takes a message of the device; never raises."""
        refusal = self._refusal(message)
        if refusal:
            return Outcome(refused=refusal)
        if self.requests.concerns(message):
            result = self.requests.answered(message, now)
            if message.cn not in UPLOADS:
                return Outcome(finished=(result,) if result else ())
        if message.cn in UPLOADS:
            return self._uploaded(message, now)
        if message.cn == TIME_REQUEST:
            answers = (self._answer(message, "9013"),) if message.wants_answer else ()
            return Outcome(notice=message, answers=answers)
        return Outcome(refused=f"命令 {message.cn} 不在约定之内，或没有这样的请求，未处理")

    def stored(self, qn: str | None, message: Message | None = None) -> tuple[Message, ...]:
        """What was delivered under this QN (or ``message`` of it) lies safely: what to send now.

        The answer names the QN alone, so it waits until all that came under it is stored.
        """
        delivered = self._waiting.get(qn, [])
        for found in delivered:
            found.stored |= message is None or found.message == message
        if not all(found.stored for found in delivered):
            return ()
        self._waiting.pop(qn, None)
        asked = qn and any(found.message.wants_answer for found in delivered)
        return (self._answer(delivered[0].message, "9014"),) if asked else ()

    def failed(self, qn: str | None, message: Message | None = None) -> None:
        """It could not be stored: it is taken anew when the device sends it again."""
        delivered = self._waiting.get(qn, [])
        kept = [each for each in delivered if message is not None and each.message != message]
        self._waiting[qn] = kept
        if not kept:
            del self._waiting[qn]
        lost = {id(found) for found in delivered} - {id(found) for found in kept}
        for key in [key for key, found in self._seen.items() if id(found) in lost]:
            del self._seen[key]

    def request(
        self, cn: str, content: tuple[tuple[str, str], ...] = (), *, st: str, now: float
    ) -> Message:
        """A request of ours, to be sent now; ``tick`` sends it again, ``finished`` ends it."""
        return self.requests.open(cn, content, st=st, now=now)

    def tick(self, now: float) -> Outcome:
        """What is due: requests to be sent again, requests given up."""
        again, finished = self.requests.due(now)
        return Outcome(answers=again, finished=finished)

    def _refusal(self, message: Message) -> str | None:
        if message.mn != self.mn:
            return f"MN 是 {message.mn}，这个连接是 {self.mn} 的，未处理"
        if self._pw is not None and message.pw != self._pw:
            return "访问密码不对，未处理"
        return None

    def _uploaded(self, message: Message, now: float) -> Outcome:
        again = self._seen.get(_key(message))
        if again:
            return self._repeated(message, again)
        assembled = self._assembler.add(message, now)
        if assembled.whole is None:
            return Outcome(remarks=assembled.remarks)
        again = self._seen.get(_key(assembled.whole))
        if again:
            return self._repeated(message, again)
        self._remember(assembled, assembled.whole)
        return Outcome(data=assembled.whole, remarks=assembled.remarks)

    def _repeated(self, message: Message, found: _Delivered) -> Outcome:
        """Stored already: the answer was lost. Not yet: the answer comes with ``stored``."""
        answers: tuple[Message, ...] = ()
        stored = found.stored and message.qn not in self._waiting
        if stored and message.wants_answer and message.qn:
            answers = (self._answer(message, "9014"),)
        return Outcome(answers=answers, remarks=(f"QN={message.qn} 是重发，不再存",))

    def _remember(self, assembled: Assembled, whole: Message) -> None:
        delivered = _Delivered(whole)
        waiting = self._waiting.setdefault(whole.qn, [])
        waiting.append(delivered)
        del waiting[:-REMEMBERED]
        for each in (whole, *assembled.packets):
            self._seen[_key(each)] = delivered
        for memory in (self._seen, self._waiting):
            while len(memory) > REMEMBERED:
                memory.popitem(last=False)

    def _answer(self, message: Message, cn: str) -> Message:
        """In the device's own edition and CRC; annex C: ST is 91, CP is empty."""
        return Message(
            cn=cn, mn=self.mn, st=SYSTEM, pw=message.pw, qn=message.qn,
            flag=(message.flag or 0) & ~(ANSWER | NUMBERED), crc=message.crc,
        )  # fmt: skip


def _key(message: Message) -> tuple[str | None, str, bytes]:
    """Same QN, CN and content (MN is the session's): the same message sent again.

    Bit A may differ and the password may not: neither belongs to the content.
    """
    content = repr((message.pnum, message.pno, message.groups)).encode()
    return message.qn, message.cn, hashlib.blake2b(content, digest_size=16).digest()
