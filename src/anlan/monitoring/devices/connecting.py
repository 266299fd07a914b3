"""What a clerk must know of each protocol: how a device is named, what it proves itself by, how
its channels are written, and what the installer types into it.

The grammar is that of the gateways (docs/gateways.md); what is refused here would be refused there,
when the device speaks and nobody looks.
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from anlan.kernel.errors import Refused
from anlan.monitoring.choices import Protocol
from anlan.monitoring.devices import keys
from anlan.monitoring.devices.ports import PORTS
from anlan.monitoring.gateways import mqtt
from anlan.monitoring.gateways.jt808 import number

LONGEST = 64  # characters that the columns of addresses hold
_PASSWORD = 6  # characters of a PW that we make: more do not fit into every logger (an assumption)


class Secret(StrEnum):
    """Where a device's secret comes from."""

    MADE = "made"  # by us
    EITHER = "either"  # typed from the device, or made by us
    GIVEN = "given"  # it is the device's own and is typed in
    NONE = "none"  # the protocol has none


@dataclass(frozen=True)
class Way:
    """``address`` and ``channel`` are patterns of the whole; the helps say the same in words."""

    protocol: Protocol
    address_label: str
    address_help: str
    address: re.Pattern[str]
    secret: Secret
    secret_label: str
    secret_help: str
    channel_help: str
    channel: re.Pattern[str]
    example: str

    @property
    def numbers_itself(self) -> bool:
        """The device has no number of its own: where none is typed, it gets one of ours."""
        return self.protocol in (Protocol.HTTP, Protocol.MQTT)

    @property
    def port(self) -> int | None:
        """Of its gateway, unless whoever started it chose another."""
        return PORTS[self.protocol][0] if self.protocol in PORTS else None


def _ascii(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


_NUMBERED = "与设备发出的通道号一致的整数，如 1、2、3。"
_COUNT = r"0|[1-9]\d{0,9}"
_OWN_NUMBER = "字母、数字、- 和 _，至多 64 个；不填由平台编号。"
JT808_ITEMS = (
    "speed", "alarm", "status", "lat", "lng", "altitude", "direction", "mileage", "fuel",
    "recorder_speed", "alarm_event", "signals", "io", "analog", "signal_strength", "satellites",
)  # fmt: skip

WAYS: dict[str, Way] = {
    each.protocol: each
    for each in (
        Way(
            Protocol.HTTP, "设备编号", _OWN_NUMBER, _ascii(r"[0-9A-Za-z_-]{1,64}"),
            Secret.MADE, "密钥", "由平台生成，登记后只显示一次。",
            _NUMBERED, _ascii(_COUNT), "1",
        ),
        Way(
            Protocol.MQTT, "设备编号", _OWN_NUMBER, mqtt.ADDRESS,
            Secret.MADE, "密钥", "由平台生成，登记后只显示一次。",
            _NUMBERED, _ascii(_COUNT), "1",
        ),
        Way(
            Protocol.GB26875, "源地址", "用户信息传输装置的源地址，写成十进制整数。",
            _ascii(r"0|[1-9]\d{0,14}"),
            Secret.NONE, "", "这个协议没有密钥：只应经可信线路（专线、VPN）接入。",
            "部件写成 系统类型/系统地址/部件类型/部件地址:state，模拟量把 state 换成类型号；"
            "系统写成 系统类型/系统地址:state；装置本身写成 device:state。"
            "要对火警报警，再登记一个监测量为“火警信号”的测点，把 state 换成 fire。",
            _ascii(
                r"device:(state|fire|operation)|\d{1,3}/\d{1,3}:(state|fire|operation)"
                r"|\d{1,3}/\d{1,3}/\d{1,3}/\d{1,10}:(state|fire|\d{1,3})"
            ),
            "1/3/30/393217:state",
        ),
        Way(
            Protocol.JT808, "终端手机号", "只写数字；前面补的 0 会自动去掉。",
            _ascii(r"\d{1,20}"),
            Secret.GIVEN, "终端 ID", "终端注册时报的 ID，照终端铭牌或说明书填写。",
            f"以下之一：{'、'.join(JT808_ITEMS)}。", _ascii("|".join(JT808_ITEMS)), "speed",
        ),
        Way(
            Protocol.HJ212, "设备唯一标识（MN）", "与数采仪中设置的 MN 一致，字母和数字。",
            _ascii(r"[0-9A-Za-z_-]{1,24}"),
            Secret.EITHER, "访问密码（PW）",
            "与数采仪中设置的 PW 一致；不填由平台生成 6 位，再填进数采仪。",
            "因子编码-数据类型，如 a34004-Rtd（实时）、w01018-Avg（均值）。",
            _ascii(r"[0-9A-Za-z]{1,20}-[0-9A-Za-z]{1,20}"), "a34004-Rtd",
        ),
        Way(
            Protocol.COAL, "煤矿编码", "文件名开头的编码：12 位数字，或 20 位字母数字。",
            _ascii(r"\d{12}|[0-9A-Za-z]{20}"),
            Secret.NONE, "", "这种接入没有密钥：由上传文件夹的账号证明身份。",
            "测点编号，如 01MN0001；状态、报警写成 01MN0001:status、01MN0001:alarm；"
            "井下总人数写 people，区域人数写 people/区域；基站写 基站号:running、基站号:power。",
            re.compile(r"people(/[\w.#-]+)?|[\w.#-]+(:(status|alarm|running|power))?"),
            "01MN0001",
        ),
    )
}  # fmt: skip


def way(protocol: str) -> Way:
    """Of the protocol; Refused for one that nobody can be registered by."""
    if protocol not in WAYS:
        raise Refused("protocol", "没有这种协议，请从列出的协议中选。")
    return WAYS[protocol]


def address_of(protocol: str, given: str) -> str:
    """The address as the gateway looks it up; Refused, with the form that is expected."""
    how, typed = way(protocol), given.strip()
    if not typed:
        raise Refused("address", f"请填写{how.address_label}。")
    if not how.address.fullmatch(typed):
        raise Refused("address", f"{how.address_label}“{typed[:80]}”不对：{how.address_help}")
    if protocol == Protocol.GB26875 and int(typed) >= 1 << 48:
        raise Refused("address", f"源地址 {typed} 太大：源地址是 6 个字节。")
    return number(typed) if protocol == Protocol.JT808 else typed


def channel_of(protocol: str, given: str) -> str:
    """The channel's address as the gateway looks it up; Refused, with the form that is expected."""
    how, typed = way(protocol), given.strip()
    if len(typed) > LONGEST or not how.channel.fullmatch(typed) or not _fits(how, typed):
        said = f"通道编号“{typed[:80]}”不对：" if typed else "请填写通道编号："
        raise Refused("channel", f"{said}{how.channel_help}")
    return typed


def secret_of(protocol: str, given: str) -> str:
    """The secret that the device will show: what was typed, or one of ours; empty where the
    protocol has none. Refused where one must be typed and is not, or cannot be shown."""
    how, typed = way(protocol), given.strip()
    if typed and how.secret in (Secret.MADE, Secret.NONE):
        raise Refused("secret", how.secret_help)
    if typed and not _SPOKEN.fullmatch(typed):
        raise Refused("secret", f"{how.secret_label}只能有字母、数字和常用符号，至多 40 个。")
    if how.secret == Secret.GIVEN and not typed:
        raise Refused("secret", f"请填写{how.secret_label}：{how.secret_help}")
    return typed or _MAKERS[how.secret]()


def _fits(how: Way, channel: str) -> bool:
    """What a pattern cannot say: numbers that fit into their bytes."""
    if how.numbers_itself:
        return int(channel) <= _FOUR_BYTES
    if how.protocol == Protocol.GB26875 and "/" in channel:
        place, _, kind = channel.partition(":")
        *system, part = [int(each) for each in f"{place}/0".split("/")[:4]]
        small = [*system, int(kind) if kind.isdecimal() else 0]
        return max(small) <= _ONE_BYTE and part <= _FOUR_BYTES
    return True


def _password() -> str:
    letters = string.ascii_letters + string.digits
    return "".join(secrets.choice(letters) for _ in range(_PASSWORD))


_ONE_BYTE, _FOUR_BYTES = 0xFF, 0xFFFFFFFF
_SPOKEN = re.compile(r"[!-%'-+\--:<>-~]{1,40}", re.ASCII)  # no blank, and none of & , ; =
_MAKERS: dict[Secret, Callable[[], str]] = {
    Secret.MADE: keys.fresh,
    Secret.EITHER: _password,
    Secret.GIVEN: str,
    Secret.NONE: str,
}
