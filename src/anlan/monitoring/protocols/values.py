"""What several protocols write alike: moments of China and Chinese text in fields of fixed size."""

from __future__ import annotations

import codecs
from datetime import datetime, timedelta, timezone

# Devices say a clock's time without an offset; it is taken for Beijing's (GB/T 26875.3 does not
# say so, which makes it an assumption there; JT/T 808 does).
BEIJING = timezone(timedelta(hours=8), "北京时间")

# No character of GB 18030 contains this byte: it stands for what could not be read, so that
# a text which is written again is read as the same text.
_UNREADABLE = b"\xff"
_ONE_BYTE = "anlan.one_byte"


def _skip_one_byte(error: UnicodeError) -> tuple[str, int]:
    """U+FFFD for one byte only. Python's own handler takes up to four: digits would go with it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\ufffd", error.start + 1


codecs.register_error(_ONE_BYTE, _skip_one_byte)


def moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime | None:
    """The moment that a device's clock names; None for one that no calendar has.

    Not an error: a device whose clock is broken must not lose its alarm.
    """
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING)
    except ValueError:
        return None


def at(seconds: float) -> datetime:
    """The whole second in China of ``seconds`` since 1970 UTC."""
    return datetime.fromtimestamp(int(seconds), BEIJING)


def read_text(data: bytes) -> str:
    """GB 18030 (of which GBK is a part) up to the first zero byte; zeros in front are filling.

    Each byte that belongs to no character, as the half one at the end of a field that was cut by
    bytes, becomes U+FFFD.
    """
    return data.lstrip(b"\0").split(b"\0", 1)[0].decode("gb18030", _ONE_BYTE)


def write_text(text: str, size: int | None = None) -> bytes:
    """``text`` in GB 18030, filled with zeros to ``size`` bytes where there is one.

    ValueError for a text that is too long or holds what no device can read back.
    """
    if "\0" in text:
        raise ValueError("a text holds no zero character: it would end there")
    written = _UNREADABLE.join(part.encode("gb18030") for part in text.split("\ufffd"))
    if size is None:
        return written
    if len(written) > size:
        raise ValueError(f"{text!r} takes {len(written)} bytes of {size}")
    return written.ljust(size, b"\0")
