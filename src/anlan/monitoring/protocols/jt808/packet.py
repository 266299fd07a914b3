"""The frame of JT/T 808: ``7E``, header, body, checksum, ``7E``; within it ``7D`` escapes both.

Two versions of the header: in that of 2019 bit 14 of the attributes is set, a version number
follows them, and the terminal's number has twenty digits instead of twelve.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import xor

from ..framing import Malformed
from .bodies import number, read_body, write_body
from .messages import IDS, Body, Fragment, Unknown

MARK = 0x7E
MOST_BODY = 1023  # ten bits of the attributes
_MARK = bytes([MARK])
_ESCAPED = re.compile(rb"\x7d(.?)", re.DOTALL)
_PLAIN = {b"\1": b"\x7d", b"\2": b"\x7e"}

# Bits of the attributes.
_LENGTH = 0x03FF
_ENCRYPTION = 10  # three bits from here
_PARTS = 1 << 13
_VERSION = 1 << 14

_HEAD_2013, _HEAD_2019 = 12, 17
_DIGITS_2013, _DIGITS_2019 = 12, 20
_PART_HEAD = 4
# Unescaped: header of 2019, parts, longest body, checksum; each byte may be escaped.
LONGEST = 2 * (_HEAD_2019 + _PART_HEAD + MOST_BODY + 1) + 2


@dataclass(frozen=True, slots=True)
class Packet:
    """A message. ``phone``: digits of the terminal's number, 12, or 20 since 2019.

    ``version`` is None for the header of 2013 (and 2011), else its protocol version number.
    ``encryption`` holds three bits; where it is not 0 the body is Unknown.
    """

    phone: str
    serial: int
    body: Body
    version: int | None = None
    encryption: int = 0

    @property
    def id(self) -> int:
        body = self.body
        return body.id if isinstance(body, Fragment | Unknown) else IDS[type(body)]


def checksum(content: bytes) -> int:
    """All bytes from the header to the end of the body, before escaping, by exclusive or."""
    return reduce(xor, content, 0)


def unwrap(data: bytes) -> bytes:
    """Header and body of a frame, unescaped and checked.

    A delimiter at either end may be missing: neighbours share one, and lines lose some.
    """
    inner = data.removeprefix(_MARK).removesuffix(_MARK)
    lead = data.startswith(_MARK)
    if _MARK in inner:
        raise Malformed("报文中间有分隔符 7E", lead + inner.index(_MARK))
    for escape in _ESCAPED.finditer(inner):
        if escape[1] not in _PLAIN:
            raise Malformed("转义错误：7D 之后不是 01 或 02", lead + escape.start())
    content = _ESCAPED.sub(lambda escape: _PLAIN[escape[1]], inner)
    if len(content) <= _HEAD_2013:
        raise Malformed(f"报文只有 {len(content)} 字节，不足消息头和校验码", len(data))
    due = checksum(content[:-1])
    if content[-1] != due:
        raise Malformed(f"校验码应为 {due:02X}，收到 {content[-1]:02X}", lead + len(inner) - 1)
    return content[:-1]


@dataclass(frozen=True, slots=True)
class Head:
    """A header, and where its body begins in what was unwrapped; ``part`` is (total, index)."""

    id: int
    phone: str
    serial: int
    version: int | None
    encryption: int
    part: tuple[int, int] | None
    size: int


def read_head(content: bytes) -> Head:
    """The header of what was unwrapped; Malformed where it and the body do not fit together."""
    attributes = int.from_bytes(content[2:4], "big")
    is_2019 = bool(attributes & _VERSION)
    size = _HEAD_2019 if is_2019 else _HEAD_2013
    phone = content[5:15] if is_2019 else content[4:10]
    in_parts = bool(attributes & _PARTS)
    whole = size + (_PART_HEAD if in_parts else 0)
    length = attributes & _LENGTH
    if len(content) != whole + length:
        got = max(len(content) - whole, 0)
        raise Malformed(f"消息体长度写为 {length}，实有 {got} 字节", 2)
    part = None
    if in_parts:
        total = int.from_bytes(content[size : size + 2], "big")
        index = int.from_bytes(content[size + 2 : whole], "big")
        if not 1 <= index <= total:
            raise Malformed(f"分包序号错误：共 {total} 包，这是第 {index} 包", size)
        part = total, index
    return Head(
        id=int.from_bytes(content[:2], "big"),
        phone=phone.hex().upper(),
        serial=int.from_bytes(content[size - 2 : size], "big"),
        version=content[4] if is_2019 else None,
        encryption=attributes >> _ENCRYPTION & 7,
        part=part,
        size=whole,
    )


def place(data: bytes, index: int) -> int:
    """Where in the frame ``data`` byte ``index`` of what was unwrapped stands."""
    at = 1 if data.startswith(_MARK) else 0
    for _ in range(index):
        at += 2 if data[at : at + 1] == b"\x7d" else 1
    return min(at, len(data))


def envelope(data: bytes) -> tuple[Head, bytes]:
    """Header and body of a frame, the body unread; Malformed with its place in ``data``."""
    content = unwrap(data)
    try:
        head = read_head(content)
    except Malformed as error:
        raise Malformed(error.reason, place(data, error.offset)) from None
    return head, content[head.size :]


def parse(data: bytes) -> Packet:
    """The message that ``data``, one frame, says; Malformed with the place of the fault."""
    head, content = envelope(data)
    try:
        body = _body(head, content)
    except Malformed as error:
        raise Malformed(error.reason, place(data, head.size + error.offset)) from None
    return Packet(head.phone, head.serial, body, head.version, head.encryption)


def _body(head: Head, content: bytes) -> Body:
    if head.part:
        return Fragment(head.id, *head.part, content)
    if head.encryption:
        return Unknown(head.id, content)
    return read_body(head.id, content, head.version)


def write(packet: Packet) -> bytes:
    """The bytes of ``packet``; ValueError for what they cannot hold (see ``in_parts``)."""
    body = write_body(packet.body, packet.version)
    if len(body) > MOST_BODY:
        raise ValueError(f"a body has at most {MOST_BODY} bytes, not {len(body)}: send it in parts")
    content = _head(packet, len(body)) + body
    content += bytes([checksum(content)])
    return _MARK + content.replace(b"\x7d", b"\x7d\1").replace(_MARK, b"\x7d\2") + _MARK


def _head(packet: Packet, length: int) -> bytes:
    digits = _DIGITS_2013 if packet.version is None else _DIGITS_2019
    if not re.fullmatch(rf"[0-9A-F]{{{digits}}}", packet.phone):
        raise ValueError(f"{packet.phone!r} is no terminal's number of {digits} digits")
    if not 0 <= packet.encryption <= 7:
        raise ValueError("encryption has three bits")
    if packet.encryption and not isinstance(packet.body, Unknown | Fragment):
        raise ValueError("an encrypted body is not written from what it would say")
    attributes = length | packet.encryption << _ENCRYPTION
    version = b""
    if packet.version is not None:
        attributes |= _VERSION
        version = number(packet.version, 1)
    part = b""
    if isinstance(packet.body, Fragment):
        attributes |= _PARTS
        part = number(packet.body.total, 2) + number(packet.body.index, 2)
    head = number(packet.id, 2) + number(attributes, 2) + version + bytes.fromhex(packet.phone)
    return head + number(packet.serial, 2) + part


def in_parts(packet: Packet) -> list[Packet]:
    """``packet`` itself, or the parts of one whose body is too long, numbered from its serial."""
    body = write_body(packet.body, packet.version)
    if len(body) <= MOST_BODY:
        return [packet]
    pieces = [body[at : at + MOST_BODY] for at in range(0, len(body), MOST_BODY)]
    return [
        Packet(
            packet.phone,
            packet.serial + index & 0xFFFF,
            Fragment(packet.id, len(pieces), index + 1, piece),
            packet.version,
            packet.encryption,
        )
        for index, piece in enumerate(pieces)
    ]


def put_together(parts: list[Packet]) -> Packet:
    """The message whose fragments ``parts`` are, all and in order; Malformed if it is none."""
    first = parts[0]
    data = b"".join(part.body.data for part in parts if isinstance(part.body, Fragment))
    body = Unknown(first.id, data)
    read = body if first.encryption else read_body(first.id, data, first.version)
    return Packet(first.phone, first.serial, read, first.version, first.encryption)
