"""Plain text: finds the encoding, splits lines, and tells table rows from paragraphs."""

from __future__ import annotations

import codecs
import re

from anlan.notices.document import NoticeError, Paragraph, Row, Source
from anlan.notices.readers.plain_table import rows_of

_UNREADABLE = (
    "文件内容不是文字（可能是其他类型的文件或已损坏）。"
    "请提供 .docx、.pdf、.txt 或清晰的扫描图片（.png、.jpg、.tiff、.bmp）。"
)
_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
_MAX_BROKEN = 0.005  # share of undecodable characters that copying and cutting leave in real files
_MIN_READABLE = 0.9  # share of characters that a Chinese text file consists of


def read(data: bytes) -> Source:
    """The text file ``data`` as a source; raises NoticeError when it is not text."""
    return from_text(decode(data))


def from_text(text: str) -> Source:
    """A source from text already decoded. Blank lines count as lines but yield no block."""
    lines = [line.rstrip() for line in _BREAK.split(text.translate(_INVISIBLE))]
    while lines and not lines[-1]:
        lines.pop()
    rows = rows_of(lines)
    blocks: list[Paragraph | Row] = []
    for number, line in enumerate(lines, 1):
        block = rows.get(number, Paragraph(line, number) if line.strip() else None)
        if block is not None:
            blocks.append(block)
    return Source(lines=lines, blocks=blocks, kind="text")


def decode(data: bytes) -> str:
    """The text of ``data`` in UTF-8, UTF-16 or GB18030; raises NoticeError when it is none."""
    text = _by_mark(data) or _utf8(data) or _utf16(data) or _gb18030(data)
    if text is None or readable_share(text) < _MIN_READABLE:
        raise NoticeError(_UNREADABLE)
    return text


def _by_mark(data: bytes) -> str | None:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    return None


def _utf8(data: bytes) -> str | None:
    text = data.decode("utf-8", errors="replace")
    if "\x00" in text or text.count("\ufffd") > max(1, _MAX_BROKEN * len(text)):
        return None
    return text


def _utf16(data: bytes) -> str | None:
    # Without a mark: the ASCII characters and line ends of a notice give zeros on one side only.
    sample = data[:4096]
    low, high = sample[0::2].count(0), sample[1::2].count(0)
    if not low and not high:
        return None
    return data.decode("utf-16-le" if high > low else "utf-16-be", errors="replace")


def _gb18030(data: bytes) -> str | None:
    text = data.decode("gb18030", errors="replace")
    return None if text.count("\ufffd") > max(1, _MAX_BROKEN * len(text)) else text


_READABLE = re.compile(
    r"[\n\r\t\x0b\x0c\x20-\x7e\u00a0-\u024f\u0370-\u03ff\u0400-\u04ff\u2000-\u27bf"
    r"\u3000-\u303f\u3200-\u33ff\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
    # Emoji, their selector and joiner: a chat that was saved is a text, though no notice.
    r"\ufe0f\u200d\U0001f000-\U0001faff]"
)


def readable_share(text: str) -> float:
    """Share of the characters (0..1) that Chinese official text consists of."""
    sample = text[:20000]
    return len(_READABLE.findall(sample)) / max(1, len(sample))
