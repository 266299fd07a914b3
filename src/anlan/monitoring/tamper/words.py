"""Numbers, spans and moments as people read them."""

from __future__ import annotations

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
