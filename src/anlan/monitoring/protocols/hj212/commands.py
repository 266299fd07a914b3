"""The content of the requests that the platform makes (HJ 212-2017, annex C).

Each gives the command's number and the pairs of CP, for ``Session.request``.
"""

from __future__ import annotations

from datetime import datetime

from anlan.monitoring.protocols.hj212.message import Group
from anlan.monitoring.protocols.hj212.readings import CHINA

Command = tuple[str, Group]


def set_timeouts(overtime: int, recount: int) -> Command:
    """1000: seconds until the device sends again, and how often; two digits each."""
    if not (0 < overtime <= 99 and 0 <= recount <= 99):
        raise ValueError("超时秒数应为 1–99，重发次数应为 0–99")
    return "1000", (("OverTime", str(overtime)), ("ReCount", str(recount)))


def ask_time(factor: str | None = None) -> Command:
    """1011: the clock of the device, or of the instrument of one factor."""
    return "1011", (("PolId", factor),) if factor else ()


def set_time(at: float, factor: str | None = None) -> Command:
    """1012: set that clock; ``at`` is seconds since 1970 UTC."""
    pairs: Group = (("PolId", factor),) if factor else ()
    local = datetime.fromtimestamp(at, CHINA)
    return "1012", (*pairs, ("SystemTime", f"{local:%Y%m%d%H%M%S}"))


def start_data() -> Command:
    """2011: send real-time data from now on."""
    return "2011", ()


def stop_data() -> Command:
    """2012: a notice, answered by 9013."""
    return "2012", ()
