"""The times that are written in files of readings."""

from __future__ import annotations

from datetime import datetime

from anlan.monitoring.tamper.words import CHINA

EARLIEST, LATEST = 0, 4_102_444_800_000
"""1970 to 2100, in ms: what lies outside is no time of a reading."""


class NotAMoment(ValueError):
    """The reason is Chinese: a person mends the file."""


def milliseconds(text: str) -> tuple[int, bool]:
    """Milliseconds since 1970 UTC, and whether that was certain (offset or epoch written).

    ISO 8601, also with slashes; seconds or milliseconds since 1970. No offset: China's time.
    """
    text = text.strip()
    try:
        at = float(text)
    except ValueError:
        return _iso(text)
    # Seconds reach 1e11 in the year 5138, milliseconds passed it in 1973.
    at = at if abs(at) >= 1e11 else at * 1000
    if not EARLIEST <= at <= LATEST:
        raise NotAMoment(f"“{text[:30]}”不是1970至2100年间的时间")
    return round(at), True


def _iso(text: str) -> tuple[int, bool]:
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise NotAMoment(f"“{text[:30]}”不是时间") from error
    known = moment.tzinfo is not None
    if not known:
        moment = moment.replace(tzinfo=CHINA)
    at = round(moment.timestamp() * 1000)
    if not EARLIEST - 28_800_000 <= at <= LATEST:
        raise NotAMoment(f"“{text[:30]}”不在1970至2100年间")
    return at, known
