"""A cell's content as it is kept: text, number, yes or no, or nothing; dates as ISO text."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | None

LONGEST = 2_000  # characters
_DIGITS = 10**15  # Excel keeps fifteen digits of a number
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

TOO_LONG = "内容超过 {most:,} 个字（共 {length:,} 个字），请缩短。"
DIGITS_LOST = "数字超过 15 位，Excel 没有保存后面几位。请把这一列设为“文本”格式后重新填写完整。"
NO_NUMBER = "不是有效的数字，请重新填写。"
NO_RESULT = "公式没有计算结果。请用 Excel 打开后保存一次，或把公式改成数值。"
ERROR = "单元格是错误值 {value}，请改正公式或直接填写。"


def plain(value: object) -> tuple[Cell, str]:
    """The content as it is kept, and what is wrong with it (empty: nothing)."""
    if value is None or isinstance(value, bool):
        return value, ""
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime | date | time | timedelta):
        return _moment(value), ""
    return _text(str(value))


def _number(value: float) -> tuple[Cell, str]:
    if not math.isfinite(value):
        return str(value), NO_NUMBER
    if abs(value) >= _DIGITS:
        return f"{value:.0f}"[:40], DIGITS_LOST
    return value, ""


def _moment(value: datetime | date | time | timedelta) -> str:
    """``2025-03-05``, ``2025-03-05 08:30:00``, ``08:30:00``, ``36:00:00``."""
    if isinstance(value, datetime):
        value = value.replace(microsecond=0, tzinfo=None)
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, time):
        value = value.replace(microsecond=0)
    return value.isoformat()


def _text(value: str) -> tuple[Cell, str]:
    text = _CONTROL.sub("", value.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n"))
    text = text.strip()
    if len(text) > LONGEST:
        return f"{text[:LONGEST]}…", TOO_LONG.format(most=LONGEST, length=len(text))
    return text or None, ""
