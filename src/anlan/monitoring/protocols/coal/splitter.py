"""A file as a stream of records, with bounded memory.

In UTF-8 no separator can be part of a character. In GB 18030 ``~``, ``|``, ``^`` and ``]`` can be
the second byte of one: there a mark is one only if the text before it is whole.
"""

from __future__ import annotations

import codecs
import re

from anlan.monitoring.protocols.coal.dialect import USUAL, Dialect
from anlan.monitoring.protocols.framing import Cut
from anlan.monitoring.protocols.framing import Splitter as BaseSplitter

LONGEST_RECORD = 256 * 1024
TOO_LONG = f"{LONGEST_RECORD // 1024} KiB 内没有记录结束符"
UNFINISHED = "文件在记录中间断了：没有结束符"
AFTER_END = "文件结束符之后还有内容"
MOST_DOUBTS = 16  # characters of a record whose second byte is a separator; an assumption
BLANK = b" \t\r\n"


class Splitter(BaseSplitter):
    """Pieces: the head and each record with its terminator, the file's end mark, blanks after it.

    A record that the end mark follows directly is a piece without terminator.
    """

    def __init__(self, dialect: Dialect = USUAL) -> None:
        super().__init__()
        self.dialect = dialect
        self._ended = False
        self._spoilt = False  # something stands after the end
        self._end = dialect.end.encode()
        self._mark = re.compile(
            re.escape(self._end) + b"|" + re.escape(dialect.record.encode())
        )  # fmt: skip

    def cut(self, kept: bytes, start: int, *, final: bool) -> Cut | None:
        limit = min(len(kept), start + LONGEST_RECORD)
        last_chance = final or limit - start == LONGEST_RECORD
        if self._ended:
            return self._after_end(kept[start:limit], last_chance=last_chance)
        found = self._next_mark(kept, start, limit, last_chance=last_chance)
        if found is not None:
            return self._record(kept, start, found)
        if limit - start == LONGEST_RECORD:
            return Cut(limit - start, TOO_LONG)
        if not final:
            return None
        return Cut(limit - start, UNFINISHED if kept[start:limit].strip(BLANK) else None)

    def _record(self, kept: bytes, start: int, found: re.Match[bytes]) -> Cut:
        if found.group() == self._end:
            if kept[start : found.start()].strip(BLANK):
                return Cut(found.start() - start)
            self._ended = True
        return Cut(found.end() - start)

    def _next_mark(
        self, kept: bytes, start: int, limit: int, *, last_chance: bool
    ) -> re.Match[bytes] | None:
        """The first mark whose text before is whole in UTF-8, or else in GB 18030.

        Where the text is broken in both, or too many marks were none, the first of all: the fault
        stays in one record, and a file of nothing but halves of characters takes no longer.
        """
        first = found = self._mark.search(kept, start, limit)
        if found is None or kept[start : found.start()].isascii():
            return found
        utf8, gb18030 = _Reading("utf-8"), _Reading("gb18030")
        begin = start
        for _ in range(MOST_DOUBTS):
            if found is None:
                return first if last_chance else None
            text = kept[begin : found.start()]
            begin = found.start()
            if utf8.whole(text) | gb18030.whole(text):  # both read on
                return found
            if gb18030.broken:
                return first
            found = self._mark.search(kept, begin + 1, limit)
        return first

    def _after_end(self, rest: bytes, *, last_chance: bool) -> Cut | None:
        if self._spoilt or rest.strip(BLANK):
            self._spoilt = True
            return Cut(len(rest), AFTER_END)
        return Cut(len(rest)) if last_chance else None


class _Reading:
    """A text read piece by piece in an encoding."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self.broken = False

    def whole(self, text: bytes) -> bool:
        """Whether all so far, with ``text``, is whole characters of the encoding."""
        if not self.broken:
            try:
                self._decoder.decode(text)
            except UnicodeDecodeError:
                self.broken = True
        return not self.broken and not self._decoder.getstate()[0]
