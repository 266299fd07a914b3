"""Numbers, spans and moments as people read them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept one offset since 1991; earlier readings do not occur."""


def number(value: float) -> str:
    """Four digits, no exponent where it can be avoided."""
    value = float(value)
    if value != 0 and abs(value) < 0.001:
        return f"不到{0.001}" if value > 0 else f"{value:.1e}"
    text = f"{value:.4g}"
    return f"{value:.0f}" if "e" in text and abs(value) < 1e15 else text


def rarely(yearly: float) -> str:
    """How seldom something happens, of the number of times that it is expected in a year."""
    if yearly >= 1:
        return f"每年只会有{number(yearly)}次"
    years = 1 / yearly if yearly > 0 else math.inf
    if years >= 100_000:
        return "十万年也难有一次"
    about = f"{float(f'{years:.2g}'):.1f}".removesuffix(".0")
    return f"约{about}年才有一次"


def span(milliseconds: float) -> str:
    """A length of time in its largest fitting unit."""
    seconds = milliseconds / 1000
    for size, unit in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds / size:.1f}".removesuffix(".0") + unit
    return f"{seconds:.1f}".removesuffix(".0") + "秒"


def moment(milliseconds: int) -> str:
    """A time with its offset, in China's time."""
    return (
        (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds))
        .astimezone(CHINA)
        .isoformat(timespec="seconds" if milliseconds % 1000 == 0 else "milliseconds")
    )
