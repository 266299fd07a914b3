"""From bytes to frames of JT/T 808.

``7E`` begins and ends a frame, and stands nowhere else. A piece ends with the ``7E`` that ends it,
so that of two frames which share one the second comes without it; ``parse`` takes it so.
"""

from __future__ import annotations

from .. import framing
from ..framing import Cut, Malformed
from .packet import LONGEST, MARK, envelope

LONE_MARK = "多余的分隔符 7E"
TOO_LONG = "不是报文：超过最长报文仍没有分隔符 7E"
INCOMPLETE = "接收结束时报文还不完整"


class Splitter(framing.Splitter):
    """See the module; ``feed`` and ``end`` are those of every protocol."""

    def cut(self, kept: bytes, start: int, *, final: bool) -> Cut | None:
        begins = kept[start] == MARK
        end = kept.find(MARK, start + begins, start + LONGEST) + 1
        if end - 1 == start + 1 and begins:
            return Cut(1, LONE_MARK)
        if end:
            return Cut(end - start, _fault(kept[start:end]))
        if len(kept) - start >= LONGEST:
            return Cut(LONGEST, TOO_LONG)
        return self._last(kept[start:]) if final else None

    def _last(self, left: bytes) -> Cut:
        """The end of the stream: a frame that lost but its last delimiter is still one."""
        return Cut(len(left), None if _fault(left) is None else INCOMPLETE)


def _fault(data: bytes) -> str | None:
    try:
        envelope(data)
    except Malformed as error:
        return error.reason
    return None
