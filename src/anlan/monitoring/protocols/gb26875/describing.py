"""A message of GB/T 26875.3-2011 for people and JSON: English keys, Chinese words beside codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from enum import IntFlag
from typing import Any

from .flags import flag_words
from .frame import Frame
from .layouts import AppData, UnknownData
from .objects import AnalogValue, Object
from .parts import part_words
from .tables import QUANTITIES, command_words, kind_words, quantity_words, system_words

_WORDS: dict[str, Callable[[int], str]] = {
    "system": system_words,
    "part": part_words,
    "quantity": quantity_words,
}


def describe(frame: Frame) -> dict[str, Any]:
    """What ``frame`` says, as JSON can hold it."""
    return {
        "serial": frame.serial,
        "version": ".".join(str(byte) for byte in frame.version),
        "time": _time(frame.time),
        "source": address_words(frame.source),
        "target": address_words(frame.target),
        "command": {"code": int(frame.command), "words": command_words(frame.command)},
    } | _data(frame.data)


def address_words(address: int) -> str:
    """An address of six bytes as people write it: twelve hexadecimal digits, high byte first."""
    return f"{address:012X}"


def _data(data: AppData | UnknownData | None) -> dict[str, Any]:
    match data:
        case None:
            return {}
        case UnknownData():
            kind = data.kind
            known = {} if kind is None else {"type": {"code": kind, "words": kind_words(kind)}}
            return known | {"unread": data.body.hex()}
        case AppData():
            return {
                "type": {"code": int(data.kind), "words": kind_words(data.kind)},
                "objects": [_object(made) for made in data.objects],
            }


def _object(made: Object) -> dict[str, Any]:
    said = {field.name: _value(field.name, getattr(made, field.name)) for field in fields(made)}
    if isinstance(made, AnalogValue):
        value = made.value
        known = QUANTITIES.get(made.quantity)
        said["value"] = None if value is None else float(value)
        said["unit"] = known.unit if known else None
    return said


def _value(name: str, value: Any) -> Any:
    if isinstance(value, IntFlag):
        return {"value": int(value), "words": flag_words(value)}
    if name in _WORDS:
        return {"code": value, "words": _WORDS[name](value)}
    return _time(value) if value is None or isinstance(value, datetime) else value


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()
