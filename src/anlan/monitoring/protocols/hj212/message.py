"""An HJ 212 message: the fields of the data segment, read and written.

The standard writes Chinese as UTF-8; devices of the 2005 edition send GBK. Both are read, what was
found is kept. Neither ``;``, ``,``, ``=`` nor ``&`` can be the second byte of a GBK character, so
the segment is split as bytes, and a fault keeps its offset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.hj212.frame import HEADER, Crc, close_frame, open_frame

Pair = tuple[str, str]
Group = tuple[Pair, ...]

ANSWER, NUMBERED = 0b01, 0b10
VERSION_2017 = 0b100

_NAMED = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO")
_QN = re.compile(r"\d{17}")
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Message:
    """One frame's content.

    ``qn`` is the time of sending to the millisecond and names the exchange; the 2005 edition lets
    devices leave it out of data. ``groups`` are the parts of CP between ``;``, each of pairs
    between ``,``. ``others`` are fields that the standard does not name.
    """

    cn: str
    mn: str
    st: str = ""
    pw: str = ""
    qn: str | None = None
    flag: int | None = None
    pnum: int | None = None
    pno: int | None = None
    groups: tuple[Group, ...] = ()
    others: Group = ()
    crc: Crc = Crc.STANDARD
    encoding: str = field(default="utf-8", compare=False)
    remarks: tuple[str, ...] = field(default=(), compare=False)

    @property
    def wants_answer(self) -> bool:
        """Bit A of Flag."""
        return bool((self.flag or 0) & ANSWER)

    @property
    def packet(self) -> tuple[int, int] | None:
        """Number and count, where it is one of several packets that make a message together."""
        if self.pnum is None or self.pno is None or self.pnum < 2:
            return None
        return self.pno, self.pnum

    @property
    def version(self) -> int:
        """Bits 2 to 7 of Flag: 0 is the edition of 2005, 1 that of 2017."""
        return (self.flag or 0) >> 2

    def value(self, key: str) -> str | None:
        """The first value of CP under this key."""
        return next((v for group in self.groups for k, v in group if k == key), None)


def parse(frame: bytes) -> Message:
    """Reads one whole frame; raises ``Malformed`` and nothing else."""
    opened = open_frame(frame)
    return _read(opened.data, opened.crc, opened.remarks)


def write(message: Message) -> bytes:
    """The frame; raises ``ValueError`` for what could not be read back as it was.

    So is refused, for example, a value with a comma, or GBK text that reads as UTF-8.
    """
    frame = close_frame(_segment(message), message.crc)
    try:
        same = parse(frame) == message
    except Malformed as malformed:
        raise ValueError(f"这条消息写不成帧：{malformed.reason}") from malformed
    if not same:
        raise ValueError("这条消息写成帧后读回来不一样：字段里有分隔符，或编码不明确")
    return frame


def _segment(message: Message) -> bytes:
    fields = [
        ("QN", message.qn), ("ST", message.st or None), ("CN", message.cn),
        ("PW", message.pw or None), ("MN", message.mn), ("Flag", message.flag),
        ("PNUM", message.pnum), ("PNO", message.pno), *message.others,
    ]  # fmt: skip
    head = ";".join(f"{name}={value}" for name, value in fields if value is not None)
    content = ";".join(",".join(f"{k}={v}" for k, v in group) for group in message.groups)
    return f"{head};CP=&&{content}&&".encode(message.encoding)


def _read(data: bytes, crc: Crc, remarks: tuple[str, ...]) -> Message:
    encoding = _encoding(data)
    head, mark, content = data.partition(b"CP=&&")
    if not mark or not content.endswith(b"&&"):
        raise Malformed("数据段缺少“CP=&&…&&”", HEADER + len(head))
    fields = _fields(head, encoding)
    begin = HEADER + len(head) + len(mark)
    groups = tuple(_groups(content[:-2], begin, encoding))
    flag, pnum, pno = (_number(fields, name) for name in ("Flag", "PNUM", "PNO"))
    if flag is not None and flag & NUMBERED and (pnum is None or pno is None):
        remarks = (*remarks, "Flag 说有包号，却没有 PNUM 和 PNO：当作单独的一包")
    return Message(
        cn=_required(fields, "CN"), mn=_required(fields, "MN"),
        st=_text(fields, "ST") or "", pw=_text(fields, "PW") or "",
        qn=_exchange(fields), flag=flag, pnum=pnum, pno=pno, groups=groups,
        others=tuple((name, value) for name, (value, _) in fields.items() if name not in _NAMED),
        crc=crc, encoding=encoding, remarks=remarks,
    )  # fmt: skip


def _encoding(data: bytes) -> str:
    for name in ("utf-8", "gb18030"):
        try:
            data.decode(name)
        except UnicodeDecodeError as error:
            at = error.start
        else:
            return name
    raise Malformed("文字既不是 UTF-8 也不是 GBK", HEADER + at)


_Fields = dict[str, tuple[str, int]]


def _fields(head: bytes, encoding: str) -> _Fields:
    """Name → value and offset in the frame."""
    found: _Fields = {}
    at = HEADER
    for part in head.split(b";"):
        if part:
            name, value = _pair(part, at, encoding)
            if name in found:
                raise Malformed(f"字段 {name} 出现了两次", at)
            found[name] = (value, at)
        at += len(part) + 1
    return found


def _groups(content: bytes, at: int, encoding: str) -> list[Group]:
    groups = []
    for part in content.split(b";"):
        pairs = []
        for item in part.split(b","):
            if item:
                pairs.append(_pair(item, at, encoding))
            at += len(item) + 1
        if pairs:
            groups.append(tuple(pairs))
    return groups


def _pair(part: bytes, at: int, encoding: str) -> Pair:
    name, equals, value = part.partition(b"=")
    if not equals or not name:
        # a password that lost its sign must not be told as a fault
        said = "PW…" if part.startswith(b"PW") else part.decode(encoding, "replace")[:20]
        raise Malformed(f"“{said}”不是“名称=值”", at)
    try:
        return name.decode(encoding), value.decode(encoding)
    except UnicodeDecodeError as error:  # a separator inside a character of several bytes
        raise Malformed("分隔符落在一个汉字中间", at) from error


def _text(fields: _Fields, name: str) -> str | None:
    return fields[name][0] if name in fields else None


def _required(fields: _Fields, name: str) -> str:
    value, at = fields.get(name, ("", HEADER))
    if not value:
        raise Malformed(f"缺少 {name}", at)
    return value


def _number(fields: _Fields, name: str) -> int | None:
    if name not in fields or not fields[name][0]:
        return None
    value, at = fields[name]
    if not _NUMBER.fullmatch(value) or not value.isascii():
        raise Malformed(f"{name} 应为数字，写的是“{value[:20]}”", at)
    number = int(value)
    if name == "Flag" and number > 0xFF:
        raise Malformed(f"Flag 只有 8 位，写的是 {number}", at)
    if name == "PNO" and not 1 <= number <= (_number(fields, "PNUM") or 0):
        raise Malformed(f"包号 {number} 不在 1 至总包数之间", at)
    return number


def _exchange(fields: _Fields) -> str | None:
    if "QN" not in fields or not fields["QN"][0]:
        return None
    value, at = fields["QN"]
    if not _QN.fullmatch(value) or not value.isascii():
        raise Malformed("QN 应为 17 位数字（年月日时分秒毫秒）", at)
    return value
