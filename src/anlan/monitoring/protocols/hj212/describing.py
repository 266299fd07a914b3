"""A message of HJ 212 for people and JSON: English keys, Chinese words beside codes."""

from __future__ import annotations

from typing import Any

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.hj212.message import Message
from anlan.monitoring.protocols.hj212.readings import Reading, readings
from anlan.monitoring.protocols.hj212.words import (
    COMMANDS,
    DATA_FLAGS,
    EDITIONS,
    EXECUTION_RETURNS,
    KINDS,
    REQUEST_RETURNS,
    SYSTEMS,
)

Coded = dict[str, str]


def describe(message: Message) -> dict[str, Any]:
    """What ``message`` says, CP as it stands and its readings; not the password."""
    measured, remarks = _measured(message)
    known = {
        "edition": EDITIONS.get(message.version, f"版本 {message.version}，未知"),
        "command": _coded(message.cn, COMMANDS),
        "system": _coded(message.st, SYSTEMS) if message.st else None,
        "mn": message.mn,
        "qn": message.qn,
        "flag": message.flag,
        "wants_answer": message.wants_answer,
        "packet": f"{message.pno}/{message.pnum}" if message.pno is not None else None,
        "crc": message.crc.value,
        "encoding": message.encoding,
        "content": [dict(group) for group in message.groups],
        "meaning": _meaning(message),
        "time": measured[0].time.isoformat() if measured else None,
        "readings": [_reading(each) for each in measured],
        "others": dict(message.others),
        "remarks": [*message.remarks, *remarks],
    }
    return {key: value for key, value in known.items() if value not in (None, {}, [])}


def _measured(message: Message) -> tuple[tuple[Reading, ...], list[str]]:
    try:
        return readings(message), []
    except Malformed as malformed:
        return (), [malformed.reason]


def _reading(reading: Reading) -> dict[str, Any]:
    said: dict[str, Any] = {
        "factor": reading.factor,
        "kind": _coded(reading.kind, KINDS),
        "value": reading.value,
    }
    if reading.flag is not None:
        said["flag"] = _coded(reading.flag, DATA_FLAGS)
    return said


def _meaning(message: Message) -> Coded | None:
    """What an answer says."""
    for key, table in (("QnRtn", REQUEST_RETURNS), ("ExeRtn", EXECUTION_RETURNS)):
        code = message.value(key)
        if code is not None:
            return _coded(code, table)
    return None


def _coded(code: str, table: dict[str, str]) -> Coded:
    return {"code": code, "words": table.get(code, "未知")}
