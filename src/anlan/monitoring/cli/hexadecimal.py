"""Bytes written as hexadecimal digits, as people copy them from logs and terminals."""

from __future__ import annotations

import re

_TOKEN = re.compile(rb"[^\s,:\-]+")
_COMMENT = re.compile(rb"#[^\n]*")
_DIGITS = re.compile(rb"(0[xX])?[0-9A-Fa-f]+")
_FRAME_OF_HJ212 = re.compile(rb"\s*##\d")
_LONGEST_TOKEN = 4096  # a longer one is taken piece by piece


class BadHex(ValueError):
    """The text is no hexadecimal: the line (from 1), and why, in Chinese."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"第 {line} 行：{reason}")


def looks_hex(sample: bytes) -> bool:
    """The beginning of an input holds digits, separators and comments, and nothing else.

    ``##0123`` begins a frame of HJ 212 and no comment.
    """
    if _FRAME_OF_HJ212.match(sample):
        return False
    tokens = _TOKEN.findall(_COMMENT.sub(b"", sample))
    return bool(tokens) and all(_DIGITS.fullmatch(token) for token in tokens)


class HexText:
    """Fed text however it is cut, gives its bytes.

    Digits in pairs, with or without ``0x``; between them blanks, line ends, ``,``, ``:``, ``-``.
    From ``#`` to the end of the line is a comment.
    """

    def __init__(self) -> None:
        self._kept = b""
        self._in_comment = False
        self._line = 1

    def feed(self, data: bytes, *, final: bool = False) -> bytes:
        """The bytes that are certain; raises ``BadHex``."""
        text = self._kept + self._without_comments(data)
        self._kept = b""
        found = bytearray()
        for token in _TOKEN.finditer(text):
            if token.end() == len(text) and not final:
                found += self._part(token.group())
            else:
                line = self._line + text.count(b"\n", 0, token.start())
                found += _bytes(token.group(), line)
        self._line += text.count(b"\n")
        return bytes(found)

    def _without_comments(self, data: bytes) -> bytes:
        if self._in_comment:
            end = data.find(b"\n")
            if end < 0:
                return b""
            data = data[end:]
        self._in_comment = b"#" in data[data.rfind(b"\n") + 1 :]
        return _COMMENT.sub(b"", data)

    def _part(self, token: bytes) -> bytes:
        """A token that may go on: kept, but for what would make it too long to keep."""
        if len(token) <= _LONGEST_TOKEN:
            self._kept = token
            return b""
        digits = token[2:] if token[:2] in (b"0x", b"0X") else token
        even = len(digits) // 2 * 2
        self._kept = digits[even:]
        return _bytes(digits[:even], self._line)


def _bytes(token: bytes, line: int) -> bytes:
    digits = token[2:] if token[:2] in (b"0x", b"0X") else token
    if len(digits) % 2:
        raise BadHex(line, f"“{_shown(token)}”的位数是单数，十六进制应两位一组")
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError as error:
        raise BadHex(line, f"“{_shown(token)}”不是十六进制") from error


def _shown(token: bytes) -> str:
    return token[:20].decode("ascii", "replace")
