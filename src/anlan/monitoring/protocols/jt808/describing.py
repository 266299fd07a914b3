"""A message of JT/T 808 for people and JSON: English keys, Chinese words beside codes."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from . import tables
from .flags import alarm_words, status_words
from .items import KNOWN, Crossing, Item, Overspeed, RouteTime, item_words
from .messages import (
    Authentication,
    Batch,
    Body,
    Fragment,
    Heartbeat,
    Location,
    PlatformAnswer,
    Registration,
    RegistrationAnswer,
    TerminalAnswer,
    Unknown,
)
from .packet import Packet


def describe(packet: Packet) -> dict[str, Any]:
    """What ``packet`` says, as JSON can hold it. The code of an authentication is a secret of the
    terminal's: whoever prints this prints it too."""
    return {
        "id": {"code": f"0x{packet.id:04X}", "words": tables.id_words(packet.id)},
        "version": packet.version,
        "phone": packet.phone,
        "serial": packet.serial,
        "encryption": packet.encryption,
        "body": _body(packet.body),
    }


def _coded(table: dict[int, str], code: int) -> dict[str, Any]:
    return {"code": code, "words": tables.words(table, code)}


def _body(body: Body) -> dict[str, Any]:
    match body:
        case TerminalAnswer() | PlatformAnswer():
            return {
                "serial": body.serial,
                "id": {"code": f"0x{body.id:04X}", "words": tables.id_words(body.id)},
                "result": _coded(tables.RESULTS, body.result),
            }
        case Registration():
            return asdict(body) | {"plate_colour": _coded(tables.PLATE_COLOURS, body.plate_colour)}
        case RegistrationAnswer():
            return asdict(body) | {"result": _coded(tables.REGISTERED, body.result)}
        case Heartbeat() | Authentication():
            return asdict(body)
        case Location():
            return _location(body)
        case Batch():
            return {
                "kind": _coded(tables.BATCHES, body.kind),
                "locations": [_location(location) for location in body.locations],
            }
        case Fragment():
            return {"total": body.total, "index": body.index, "unread": body.data.hex()}
        case Unknown():
            return {"unread": body.data.hex()}


def _location(location: Location) -> dict[str, Any]:
    position = location.position
    return {
        "alarms": {"value": int(location.alarms), "words": alarm_words(location.alarms)},
        "status": {"value": int(location.status), "words": status_words(location.status)},
        "latitude": position[0] if position else None,
        "longitude": position[1] if position else None,
        "latitude_e6": location.latitude_e6,
        "longitude_e6": location.longitude_e6,
        "altitude": location.altitude,
        "speed": location.speed / 10,
        "heading": location.heading,
        "time": location.time.isoformat() if location.time else None,
        "items": [_item(item) for item in location.items],
        "rest": location.rest.hex(),
    }


def _item(item: Item) -> dict[str, Any]:
    known = KNOWN.get(item.id)
    said: dict[str, Any] = {"id": f"0x{item.id:02X}", "words": item_words(item.id)}
    if known is None or item.value is None:
        return said | {"unread": item.data.hex()}
    return said | {"key": known.key, "value": _value(item.value), "unit": known.unit}


def _value(value: Any) -> Any:
    match value:
        case Decimal():
            return float(value)
        case Overspeed():
            return asdict(value) | {"kind": _coded(tables.AREAS, value.kind)}
        case Crossing():
            return asdict(value) | {
                "kind": _coded(tables.AREAS, value.kind),
                "direction": _coded(tables.CROSSINGS, value.direction),
            }
        case RouteTime():
            return asdict(value) | {"result": _coded(tables.ROUTE_TIMES, value.result)}
        case _:
            return value
