"""What a letter's bytes say, in Chinese, for officials and installers: a list within lists.

The decoders describe a message for programs, with English keys (``anlan decode``). Here each key
has its Chinese name. A key without one is shown as it is rather than left out; a test forbids it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from anlan.monitoring.devices.terms import NAMES, coal_names
from anlan.monitoring.protocols.batch import Quality

MOST = 50  # pieces of a letter
SHORT = 4  # so many plain values fit into one line
NOTHING = "没有"
_CRC = {"hj212": "HJ 212 的算法", "modbus": "Modbus 的算法（不合标准，照收）"}
_HIDDEN = "是终端的密钥，不在这里列出"
_PASSWORDS = ("PW", "NewPW")  # of HJ 212, where they stand among other fields
_UNSAID = "（密码，不在这里列出）"


@dataclass(frozen=True)
class Said:
    """A name and what stands under it: a text, or more of the same kind."""

    name: str
    text: str = ""
    inner: tuple[Said, ...] = ()


def legible(protocol: str, lines: list[dict[str, Any]], reason: str = "") -> tuple[Said, ...]:
    """The pieces of a letter in their order; ``lines`` as its protocol's decoder gives them.
    ``reason``: what is said of the letter already, and not again of a piece."""
    said = [_piece(protocol, number, line, reason) for number, line in enumerate(lines[:MOST], 1)]
    if len(lines) > MOST:
        said.append(Said("其余", f"还有 {len(lines) - MOST} 段没有列出"))
    return tuple(said)


def _piece(protocol: str, number: int, line: dict[str, Any], reason: str) -> Said:
    where = f"从第 {line['offset'] + 1} 字节起，共 {line['length']} 字节"
    if "fault" in line:
        at = f"第 {line['fault_at'] + 1} 字节"
        inner: tuple[Said, ...] = (Said("问题出在", at),)
        if line["fault"] not in reason:
            inner = (Said("读不懂，原因是", line["fault"]), *inner)
    else:
        message = line["message"]
        names = NAMES[protocol] | (coal_names(message) if protocol == "coal" else {})
        inner = _Reader(protocol, names).members(message)
    return Said(f"第 {number} 段", where, inner)


@dataclass(frozen=True)
class _Reader:
    protocol: str
    names: Mapping[str, str]

    def members(self, given: Mapping[str, Any], under: str = "") -> tuple[Said, ...]:
        united = "value" in given and "unit" in given
        return tuple(
            self.entry(under, key, _with_unit(given) if united and key == "value" else value)
            for key, value in given.items()
            if not (united and key == "unit")
        )

    def entry(self, under: str, key: str, value: Any) -> Said:
        name = self.names.get(f"{under}.{key}") or self.names.get(key, key)
        special = _SPECIAL.get((self.protocol, f"{under}.{key}"))
        return Said(name, special(value)) if special else self.told(name, key, value)

    def told(self, name: str, key: str, value: Any) -> Said:
        """Of any kind of value."""
        if isinstance(value, dict) and "words" in value:
            return self.coded(name, key, value)
        if key in ("content", "others"):  # as they stand in the message, names and all
            groups = value if isinstance(value, list) else [value]
            return Said(name, "；".join(map(_as_written, groups)))
        if isinstance(value, dict):
            return Said(name, "" if value else NOTHING, self.members(value, key))
        if isinstance(value, list) and any(isinstance(each, dict) for each in value):
            return Said(name, f"{len(value)} 项", tuple(self.numbered(key, value)))
        return Said(name, _plain(value))

    def coded(self, name: str, key: str, value: Mapping[str, Any]) -> Said:
        """A code with its words, or bits with theirs; what else is said of it stands below."""
        words = value["words"]
        if "id" in value:  # an addition to a vehicle's place is called by its own words
            rest = {k: v for k, v in value.items() if k not in ("id", "words", "key")}
            inner = self.members(rest, key)
            alone = len(inner) == 1 and not inner[0].inner and "value" in rest
            return Said(words, inner[0].text) if alone else Said(words, "", inner)
        code = value.get("code", value.get("value"))
        text = _plain(words)
        if str(code) not in text:
            text = f"{text}（{code}）"
        rest = {k: v for k, v in value.items() if k not in ("code", "value", "words")}
        return Said(name, text, self.members(rest, key))

    def numbered(self, key: str, values: Iterable[Any]) -> Iterable[Said]:
        for number, value in enumerate(values, 1):
            told = self.told(str(number), key, value)
            plain = not told.text and not any(each.inner for each in told.inner)
            if plain and 0 < len(told.inner) <= SHORT:
                text = "，".join(f"{each.name} {each.text}" for each in told.inner)
                yield Said(str(number), text)
            else:
                yield told


def _with_unit(given: Mapping[str, Any]) -> Any:
    value, unit = given["value"], given["unit"]
    if value is None or not unit or isinstance(value, dict):
        return value
    return f"{_plain(value)} {unit}"


def _plain(value: Any) -> str:
    """A value that holds no others, or a list of such."""
    match value:
        case None | "" | []:
            return NOTHING
        case bool():
            return "是" if value else "否"
        case float():
            return f"{value:.12g}"
        case list():
            return "、".join(map(_plain, value))
        case str():
            return _moment(value)
        case _:
            return str(value)


def _moment(text: str) -> str:
    """A time of JSON as people write it, of the city's zone; any other text as it is."""
    if "T" not in text:
        return text
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{timezone.localtime(time) if time.tzinfo else time:%Y-%m-%d %H:%M:%S}"


def _as_written(group: Mapping[str, Any]) -> str:
    return "，".join(
        f"{key}={_UNSAID if key in _PASSWORDS else value}" for key, value in group.items()
    )


_SPECIAL: dict[tuple[str, str], Callable[[Any], str]] = {
    ("jt808", ".version"): lambda v: "2013 版" if v is None else f"2019 版，协议版本号 {v}",
    ("jt808", ".encryption"): lambda v: f"已加密（{v}）" if v else "没有加密",
    ("jt808", "body.code"): lambda v: _HIDDEN if v else NOTHING,
    ("hj212", ".crc"): lambda v: _CRC.get(v, v),
    ("batch", "readings.quality"): lambda v: Quality(v).words,
}
