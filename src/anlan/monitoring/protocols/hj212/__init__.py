"""HJ 212-2017: data of pollution sources (and dust, gas, water) sent to a platform.

Messages of HJ/T 212-2005 are read by the same code: they lack QN and Flag. HJ 212-2025 replaced
the edition of 2017 on 2026-01-01; its text was not at hand, so nothing here follows it.
"""

from anlan.monitoring.protocols.hj212.centre import Centre, Remark, TimeWish, Upload
from anlan.monitoring.protocols.hj212.commands import (
    ask_time,
    set_time,
    set_timeouts,
    start_data,
    stop_data,
)
from anlan.monitoring.protocols.hj212.describing import describe
from anlan.monitoring.protocols.hj212.frame import Crc, Splitter, checksum
from anlan.monitoring.protocols.hj212.message import Message, parse, write
from anlan.monitoring.protocols.hj212.readings import Reading, readings
from anlan.monitoring.protocols.hj212.requests import Requests, Result
from anlan.monitoring.protocols.hj212.session import Outcome, Session

__all__ = [
    "Centre",
    "Crc",
    "Message",
    "Outcome",
    "Reading",
    "Remark",
    "Requests",
    "Result",
    "Session",
    "Splitter",
    "TimeWish",
    "Upload",
    "ask_time",
    "checksum",
    "describe",
    "parse",
    "readings",
    "set_time",
    "set_timeouts",
    "start_data",
    "stop_data",
    "write",
]
