"""How an installer connects a device: addresses, ports and lines to copy, by its protocol."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import reverse

from anlan.monitoring.choices import Protocol
from anlan.monitoring.devices.connecting import Way, way
from anlan.monitoring.devices.ports import listening
from anlan.monitoring.gateways.mqtt import TOPIC
from anlan.monitoring.models import Device
from anlan.monitoring.stream.doors import MQTT_PORT

Maker = Callable[[HttpRequest, Device, Way, str], "Connection"]
_PORTS = "地址、端口是这个系统通常的；对设备开放的如果不同，以系统管理员告知的为准。"
HIDDEN = "（登记或更换时显示的密钥）"


@dataclass(frozen=True)
class Connection:
    """``facts``: what to set, with its value; ``text``: the same to copy; ``notes``: what to mind.
    ``closed``: the gateways of this installation are not open."""

    facts: list[tuple[str, str]]
    notes: list[str]
    closed: bool = False

    @property
    def text(self) -> str:
        return "\n".join(f"{label}：{value}" for label, value in self.facts)


def connection(request: HttpRequest, device: Device, secret: str) -> Connection:
    """For the device; ``secret`` is empty where it is not to be shown."""
    make = _MAKERS.get(device.protocol, _gateway)
    return make(request, device, way(device.protocol), secret)


def _http(request: HttpRequest, device: Device, how: Way, secret: str) -> Connection:
    facts = [
        ("地址", f"POST {request.build_absolute_uri(reverse('monitoring:readings'))}"),
        ("请求头 Authorization", f"Device {device.address}:{secret or HIDDEN}"),
        ("请求头 Content-Type", "application/json"),
        ("正文", _reading(device)),
    ]
    notes = [
        "正文中的 point 是通道编号，time 必须带时区；一次可以发很多条。",
        "返回 200 表示已经入库；返回 429 或 503 时没有入库，请原样重发。",
    ]
    return Connection(facts, notes)


def _mqtt(request: HttpRequest, device: Device, how: Way, secret: str) -> Connection:
    """MQTT 3.1.1 (docs/gateways.md)."""
    facts = [
        ("服务器地址", _host(request)),
        ("端口", f"{MQTT_PORT}（TCP）"),
        ("用户名和 Client ID（两个都填）", device.address),
        ("口令", secret or HIDDEN),
        ("主题", TOPIC.format(device.address)),
        ("QoS", "1"),
        ("消息内容", _reading(device)),
    ]
    notes = [_PORTS, "收到 PUBACK 表示已经收下；QoS 0 的消息不收。"]
    return Connection(facts, notes, closed=not listening(device.protocol))


def _gateway(request: HttpRequest, device: Device, how: Way, secret: str) -> Connection:
    """A connection of TCP to a port of ours; GB/T 26875.3 also by UDP."""
    udp = device.protocol == Protocol.GB26875
    facts = [
        ("服务器地址", _host(request)),
        ("端口", f"{how.port}（{'TCP 或 UDP' if udp else 'TCP'}）"),
        (how.address_label, device.address),
    ]
    notes = [_PORTS]
    if how.secret_label:
        facts.append((how.secret_label, secret or _kept(device)))
    else:
        notes.append(how.secret_help)
    return Connection(facts, notes, closed=not listening(device.protocol))


def _coal(request: HttpRequest, device: Device, how: Way, secret: str) -> Connection:
    facts = [
        ("上传文件夹", f"in/{device.address}/"),
        ("文件名", f"{device.address}_CDSS_20261126080000.txt（编码_类型_年月日时分秒）"),
    ]
    notes = [
        "由系统管理员为这个煤矿开一个 FTP 或 SFTP 账号，只能写这个文件夹。",
        "上传时可先用别的扩展名，传完再改名为 .txt；文件夹、文件名、文件头的煤矿编码须一致。",
    ]
    return Connection(facts, notes, closed=not listening(device.protocol))


def _reading(device: Device) -> str:
    """A batch of one reading, as JSON."""
    channel = device.channels.first()
    point = int(channel.address) if channel else 1
    reading = {"point": point, "time": "2026-11-26T08:00:00+08:00", "value": 0.42}
    return json.dumps({"readings": [reading]})


def _host(request: HttpRequest) -> str:
    """Ours as the browser has it, without a port."""
    return split_domain_port(request.get_host())[0]


def _kept(device: Device) -> str:
    return HIDDEN if device.secret_digest else "（还没有设置，请先设置）"


_MAKERS: dict[str, Maker] = {Protocol.HTTP: _http, Protocol.MQTT: _mqtt, Protocol.COAL: _coal}
