"""Requests of the platform to a device: 9011 (taken), then 9012 (done), or 9013 for notices.

A request without a first answer is sent again, then given up; once a device has said that it
executes, it is waited for but not asked again (it would execute twice).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from anlan.monitoring.protocols.hj212.message import ANSWER, VERSION_2017, Group, Message
from anlan.monitoring.protocols.hj212.readings import CHINA
from anlan.monitoring.protocols.hj212.words import EXECUTION_RETURNS, REQUEST_RETURNS

NOTICES = frozenset({"2012", "2022"})  # answered by 9013, without a result of execution
ANSWERS = frozenset({"9011", "9012", "9013"})
MOST_PENDING = 16
MOST_REPLIES = 256
READY = DONE = "1"


@dataclass(frozen=True, slots=True)
class Result:
    """How a request ended. ``replies`` are messages that the device sent under its QN."""

    request: Message
    succeeded: bool
    words: str
    replies: tuple[Message, ...] = ()


@dataclass(slots=True)
class _Pending:
    request: Message
    deadline: float
    resends: int
    executing: bool = False
    replies: list[Message] = field(default_factory=list)

    def result(self, words: str, *, succeeded: bool = False) -> Result:
        return Result(self.request, succeeded, words, tuple(self.replies))


class Requests:
    """What was asked of one device and is not over yet.

    Times are seconds, ``now`` those since 1970 UTC. ``answer_in`` and ``resends`` are what 1000
    sets on the device under the names OverTime and ReCount; the defaults are those usual for
    mobile lines (10 s, 3 times).
    """

    def __init__(
        self,
        mn: str,
        pw: str,
        *,
        answer_in: float = 10.0,
        result_in: float = 60.0,
        resends: int = 3,
    ) -> None:
        self._mn, self._pw = mn, pw
        self._answer_in, self._result_in, self._resends = answer_in, result_in, resends
        self._pending: dict[str, _Pending] = {}

    def open(self, cn: str, content: Group, *, st: str, now: float) -> Message:
        """Makes the request; raises ``ValueError`` where too many wait for the device."""
        if len(self._pending) >= MOST_PENDING:
            raise ValueError(f"这台设备已有 {MOST_PENDING} 个请求没有回音")
        qn = self._unused(now)
        request = Message(
            cn=cn, mn=self._mn, st=st, pw=self._pw, qn=qn,
            flag=VERSION_2017 | ANSWER, groups=tuple((pair,) for pair in content),
        )  # fmt: skip
        self._pending[qn] = _Pending(request, now + self._answer_in, self._resends)
        return request

    def concerns(self, message: Message) -> bool:
        """The message comes under the QN of a request that is not over."""
        found = self._pending.get(message.qn or "")
        return found is not None and message.cn in ANSWERS | {found.request.cn}

    def answered(self, message: Message, now: float) -> Result | None:
        """Takes what ``concerns`` a request; its result once it is over."""
        qn = message.qn or ""
        result = self._result(self._pending[qn], message, now)
        if result:
            del self._pending[qn]
        return result

    def due(self, now: float) -> tuple[tuple[Message, ...], tuple[Result, ...]]:
        """Requests to be sent again, and those given up."""
        again, over = [], []
        for qn, found in list(self._pending.items()):
            if now < found.deadline:
                continue
            if found.resends and not found.executing:
                found.resends -= 1
                found.deadline = now + self._answer_in
                again.append(found.request)
                continue
            del self._pending[qn]
            words = "设备说准备执行，但没有等到结果" if found.executing else "设备没有应答"
            over.append(found.result(words))
        return tuple(again), tuple(over)

    def _result(self, found: _Pending, message: Message, now: float) -> Result | None:
        if message.cn == "9013":
            return found.result("设备已收到通知", succeeded=True)
        if message.cn == "9011":
            code = message.value("QnRtn") or ""
            if code != READY:
                return found.result(REQUEST_RETURNS.get(code, f"设备拒绝，代码“{code}”"))
        elif message.cn == "9012":
            code = message.value("ExeRtn") or ""
            words = EXECUTION_RETURNS.get(code, f"执行结果代码“{code}”不认识")
            return found.result(words, succeeded=code == DONE)
        elif len(found.replies) < MOST_REPLIES and message not in found.replies:
            found.replies.append(message)
        # It works on it: each sign of that begins the waiting for the result anew.
        found.executing, found.deadline = True, now + self._result_in
        return None

    def _unused(self, now: float) -> str:
        while (qn := request_number(now)) in self._pending:
            now += 0.001
        return qn


def request_number(now: float) -> str:
    """QN: the time of sending, Beijing time, to the millisecond."""
    local = datetime.fromtimestamp(round(now, 3), CHINA)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"
