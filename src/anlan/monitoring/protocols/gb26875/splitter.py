"""From bytes to frames of GB/T 26875.3-2011, whatever stands between them.

``@@`` may stand in noise and inside a frame, and nothing is escaped. So each ``@@`` behind which a
length up to 1,024 stands is a candidate, and of those which prove good (checksum, ``##``) the one
that **ends first** is the frame; all before it is noise. This depends on the bytes alone, not on
how they came; and it never waits for bytes that a candidate of noise has promised while a whole
frame already lies behind it: a fire alarm must not wait for a kilobyte.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from itertools import accumulate

from .. import framing
from ..framing import Cut
from .frame import END, HEAD, SHORTEST, START

NOISE = "不是报文：没有启动符 @@，或其后的长度、结束符不符"
BAD_CHECKSUM = "校验和不符"
INCOMPLETE = "接收结束时报文还不完整"

# A start with a length of at most 1,024 in bytes 25 and 26.
_CANDIDATE = re.compile(rb"(?=@@.{22}(?:.[\x00-\x03]|\x00\x04))", re.DOTALL)
_KNOWN = HEAD - 1  # so many bytes must be there to say whether a start is a candidate


class Splitter(framing.Splitter):
    """See the module; ``feed`` and ``end`` are those of every protocol."""

    def __init__(self) -> None:
        super().__init__()
        self._plan: deque[Cut] = deque()

    def cut(self, kept: bytes, start: int, *, final: bool) -> Cut | None:
        # All that is certain is found in one pass and handed out one by one, before more bytes
        # come: to look anew from each start would take time with the square of the noise.
        if not self._plan:
            self._plan.extend(_Kept(kept[start:]).cuts(final=final))
        return self._plan.popleft() if self._plan else None


class _Kept:
    """What is kept, where its candidates would end, and the sums of its bytes up to each place."""

    def __init__(self, kept: bytes) -> None:
        self._kept = kept
        self._ends = {
            start: start + SHORTEST + int.from_bytes(kept[start + 24 : start + 26], "little")
            for start in (found.start() for found in _CANDIDATE.finditer(kept))
        }
        self._sums = list(accumulate(kept, initial=0)) if self._ends else []

    def cuts(self, *, final: bool) -> Iterator[Cut]:
        size = len(self._kept)
        at = 0
        for start, end in self._frames():
            yield from self._noise(at, start, known=end)
            yield Cut(end - start)
            at = end
        open_at = self._first_open(at)
        yield from self._noise(at, open_at, known=size)
        if final and open_at < size:
            yield Cut(size - open_at, INCOMPLETE)

    def _frames(self) -> Iterator[tuple[int, int]]:
        """Beginning and end of each good frame: always the one that ends first of what is left."""
        free = 0
        for end, start in sorted((end, start) for start, end in self._ends.items()):
            if end > len(self._kept):
                return
            if start >= free and self._marked(end) and self._kept[end - 3] == self._sum(start, end):
                yield start, end
                free = end

    def _marked(self, end: int) -> bool:
        return self._kept[end - 2 : end] == END

    def _sum(self, start: int, end: int) -> int:
        """The checksum that the frame from ``start`` to ``end`` should have."""
        return (self._sums[end - 3] - self._sums[start + 2]) & 0xFF

    def _first_open(self, at: int) -> int:
        """Where what may still become a frame begins, from ``at``; the end if nowhere."""
        size = len(self._kept)
        promised = (start for start, end in self._ends.items() if start >= at and end > size)
        young = self._kept.find(START, max(at, size - _KNOWN + 1))
        if young < 0 and size > at and self._kept.endswith(START[:1]):
            young = size - 1
        return min(next(promised, size), size if young < 0 else young)

    def _noise(self, at: int, until: int, *, known: int) -> Iterator[Cut]:
        """The bytes from ``at`` to ``until``, which are no frame, by what is wrong with them.

        A candidate that was whole by ``known`` and had its ``##`` is named for its checksum.
        """
        run = at
        while at < until:
            next_start = self._kept.find(START, at + 1, until)
            stop = until if next_start < 0 else next_start
            end = self._ends.get(at)
            if end is not None and end <= known and self._marked(end):
                stop = min(stop, end)
                due, got = self._sum(at, end), self._kept[end - 3]
                if run < at:
                    yield Cut(at - run, NOISE)
                yield Cut(stop - at, f"{BAD_CHECKSUM}：应为 {due:02X}，收到 {got:02X}")
                run = stop
            at = stop
        if run < until:
            yield Cut(until - run, NOISE)
