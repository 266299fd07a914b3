"""Measured values out of a data message (2011, 2031, 2051, 2061)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.hj212.message import Group, Message
from anlan.monitoring.protocols.hj212.words import KINDS

DATA = frozenset({"2011", "2031", "2051", "2061"})
CHINA = ZoneInfo("Asia/Shanghai")  # the standard's times carry no zone; all are Beijing time

_DECIMAL = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?", re.ASCII)
# 17 digits with milliseconds are seen in the field, too
_TIME = re.compile(r"(\d{14})(\d{3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one factor.

    ``kind`` is the word after the hyphen (``Rtd``, ``Avg``, …); ``value`` is None where the device
    wrote no number; ``flag`` is the letter of the factor's group, None where it has none.
    """

    factor: str
    kind: str
    value: float | None
    flag: str | None
    time: datetime


def readings(message: Message) -> tuple[Reading, ...]:
    """All values in the order of the message, at the message's DataTime.

    Empty for a message that is no data. Raises ``Malformed`` where DataTime is missing or is no
    time: nobody knows when such values were measured.
    """
    if message.cn not in DATA:
        return ()
    time = data_time(message)
    return tuple(found for group in message.groups for found in _of_group(group, time))


def data_time(message: Message) -> datetime:
    """DataTime as an aware time of Asia/Shanghai."""
    text = message.value("DataTime")
    if text is None:
        raise Malformed("缺少 DataTime，不知道是什么时候的数据")
    found = _TIME.fullmatch(text)
    try:
        if not found:
            raise ValueError(text)
        time = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=CHINA)
    except ValueError as error:
        raise Malformed(f"DataTime“{text[:20]}”不是时间（应为年月日时分秒 14 位）") from error
    return time.replace(microsecond=int(found[2] or 0) * 1000)


def _of_group(group: Group, time: datetime) -> list[Reading]:
    flags = {key.rpartition("-")[0]: value for key, value in group if key.endswith("-Flag")}
    found = []
    for key, text in group:
        factor, hyphen, kind = key.rpartition("-")
        if hyphen and kind in KINDS:
            value = float(text) if _DECIMAL.fullmatch(text) else None
            found.append(Reading(factor, kind, value, flags.get(factor), time))
    return found
