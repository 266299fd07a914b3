"""A batch as JSON, for those who prefer to read it (docs/monitoring.md, "The batch").

What is not understood is refused, never guessed: an unknown field may be a misspelt ``quality``,
and a time without an offset may be any of 24.
"""

from __future__ import annotations

import json
import math
from codecs import BOM_UTF8
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from anlan.monitoring.protocols.batch.columns import EARLIEST, LATEST, WORST, Batch, Quality, Row
from anlan.monitoring.protocols.framing import Malformed

LONGEST = 16 * 1024 * 1024
MOST_READINGS = 100_000

_FIELDS = frozenset({"point", "time", "value", "quality"})
_NEEDED = _FIELDS - {"quality"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def from_json(data: bytes) -> Batch:
    """Reads UTF-8 JSON; raises ``Malformed``, whose offset is a byte where the syntax is wrong."""
    point, time, value, quality = zip(*rows(data), strict=True)
    return Batch(
        np.array(point, np.uint32), np.array(time, np.int64),
        np.array(value, np.float64), np.array(quality, np.uint8),
    )  # fmt: skip


def rows(data: bytes) -> list[Row]:
    """The same before columns are made of it, which is dear for a reading or two."""
    return [_row(reading, index) for index, reading in enumerate(_readings(_loaded(data)))]


def to_json(batch: Batch) -> bytes:
    """As ``from_json`` reads it; times in UTC with milliseconds, no value as null."""
    return json.dumps({"readings": readable(batch)}, allow_nan=False).encode()


def readable(batch: Batch) -> list[dict[str, Any]]:
    """The readings as JSON has them."""
    rows = zip(
        batch.point.tolist(), batch.time.tolist(), batch.value.tolist(), batch.quality.tolist(),
        strict=True,
    )  # fmt: skip
    return [
        {
            "point": point,
            "time": _written(time),
            "value": None if math.isnan(value) else value,
            "quality": quality,
        }
        for point, time, value, quality in rows
    ]


def _loaded(data: bytes) -> Any:
    if len(data) > LONGEST:
        raise Malformed(f"JSON 超过 {LONGEST // 2**20} MiB，请分批，或用二进制的 ANB1", LONGEST)
    plain = data.removeprefix(BOM_UTF8)
    try:
        text = plain.decode()
    except UnicodeDecodeError as error:
        at = len(data) - len(plain) + error.start
        raise Malformed("JSON 不是 UTF-8 编码", at) from error
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        at = len(text[: error.pos].encode()) + len(data) - len(plain)
        raise Malformed(f"不是合格的 JSON（{error.lineno} 行 {error.colno} 列）", at) from error
    except RecursionError as error:
        raise Malformed("JSON 嵌套太深") from error
    except ValueError as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed("JSON 里有一个数太长") from error  # over 4300 digits


def _constant(name: str) -> Any:
    raise Malformed(f"{name} 不是 JSON 的数；没有值请写 null")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(f"同一个对象里“{twice[:30]}”写了两次")
    return found


_DECODER = json.JSONDecoder(parse_constant=_constant, object_pairs_hook=_object)


def _readings(document: Any) -> list[Any]:
    readings = document.get("readings") if isinstance(document, dict) else None
    if not isinstance(readings, list) or len(document) != 1:
        raise Malformed('JSON 应为 {"readings": […]}，没有别的字段')
    if not 1 <= len(readings) <= MOST_READINGS:
        raise Malformed(f"JSON 一批应有 1–{MOST_READINGS} 条读数，这里有 {len(readings)} 条")
    return readings


def _row(reading: Any, index: int) -> Row:
    try:
        if not isinstance(reading, dict) or not _NEEDED <= reading.keys() <= _FIELDS:
            raise ValueError("应有 point、time、value，可有 quality，没有别的字段")
        value = _value(reading["value"])
        quality = _whole(reading.get("quality", 0), "quality", 0, WORST)
        if math.isnan(value) and quality == Quality.GOOD:
            raise ValueError("没有值（null），质量就不能是“正常”（0）")
        point = _whole(reading["point"], "point", 0, 2**32 - 1)
        return point, _time(reading["time"]), value, quality
    except ValueError as error:
        raise Malformed(f"第 {index + 1} 条读数：{error}") from error


def _whole(given: Any, name: str, least: int, most: int) -> int:
    if type(given) is not int or not least <= given <= most:
        raise ValueError(f"{name} 应为 {least} 至 {most} 的整数")
    return given


def _value(given: Any) -> float:
    if given is None:
        return math.nan
    if type(given) not in (int, float):
        raise ValueError("value 应为数，没有值写 null")
    try:
        value = float(given)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise ValueError("value 太大")
    return value


def _time(given: Any) -> int:
    if type(given) is int:
        return _whole(given, "time（毫秒）", EARLIEST, LATEST)
    if not isinstance(given, str):
        raise ValueError("time 应为带时区的时间，或整数毫秒")
    try:
        time = datetime.fromisoformat(given)
    except ValueError as error:
        raise ValueError(f"time“{given[:40]}”不是 ISO 8601 的时间") from error
    if time.tzinfo is None:
        raise ValueError(f"time“{given[:40]}”没有时区，如 +08:00")
    return _whole((time - _EPOCH) // _MILLISECOND, "time（毫秒）", EARLIEST, LATEST)


def _written(time: int) -> str:
    return (_EPOCH + time * _MILLISECOND).isoformat(timespec="milliseconds")
