"""A file as a stream of records, with bounded memory.

In UTF-8 no separator can be part of a character. In GB 18030 ``~``, ``|``, ``^`` and ``]`` can be
the second byte of one: there a mark is one only if the text before it is whole.
"""

from __future__ import annotations

import re

from anlan.monitoring.protocols.coal.dialect import USUAL, Dialect
from anlan.monitoring.protocols.framing import Cut
from anlan.monitoring.protocols.framing import Splitter as BaseSplitter

LONGEST_RECORD = 256 * 1024
TOO_LONG = f"{LONGEST_RECORD // 1024} KiB 内没有记录结束符"
UNFINISHED = "文件在记录中间断了：没有结束符"
AFTER_END = "文件结束符之后还有内容"
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

        Where the text is broken in both, the first of all: the fault stays in one record.
        """
        first = found = self._mark.search(kept, start, limit)
        while found is not None:
            text = kept[start : found.start()]
            if text.isascii() or _fault(text, "utf-8") is None:
                return found
            fault = _fault(text, "gb18030")
            if fault is None:
                return found
            if fault.reason != "incomplete multibyte sequence":
                return first
            found = self._mark.search(kept, found.start() + 1, limit)
        return first if last_chance else None

    def _after_end(self, rest: bytes, *, last_chance: bool) -> Cut | None:
        if self._spoilt or rest.strip(BLANK):
            self._spoilt = True
            return Cut(len(rest), AFTER_END)
        return Cut(len(rest)) if last_chance else None


def _fault(text: bytes, encoding: str) -> UnicodeDecodeError | None:
    try:
        text.decode(encoding)
    except UnicodeDecodeError as error:
        return error
    return None
