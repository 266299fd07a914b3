"""Points of a site from Excel, with the channels and devices that they come by.

New ones alone: what stands already is named, not changed. A device that is made here has no secret
until somebody opens its page: a secret in the answer of a job would be seen by the wrong people.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.imports.models import ImportBatch, ImportRow
from anlan.kernel.imports.registry import (
    WHOLE_ROW,
    Context,
    ImportColumn,
    Importer,
    Judged,
    RawRow,
    register,
)
from anlan.kernel.imports.sheets.cells import Cell
from anlan.kernel.typed.fields import Choice, Field, FieldError, Kind
from anlan.kernel.write import Write
from anlan.monitoring import policies
from anlan.monitoring.choices import Place, Protocol, Quantity
from anlan.monitoring.devices import selectors as device_selectors
from anlan.monitoring.devices.connecting import address_of, channel_of, way
from anlan.monitoring.models import Channel, Device, Point
from anlan.monitoring.services.bringing import Brought, Named, points_bring, standing, unfit
from anlan.monitoring.services.points import check_range
from anlan.monitoring.visibility import reaches
from anlan.registry.importing.lookups import Faults, text
from anlan.registry.models import Site

KEY = "monitoring.points"


def _choices(words: Any) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in words.choices)


def _number(key: str, label: str, minimum: int | None = None) -> Field:
    return Field(key, label, Kind.NUMBER, minimum=None if minimum is None else Decimal(minimum))


NAME = Field("name", "测点名称", Kind.TEXT, required=True)
QUANTITY = Field(
    "quantity", "监测量", Kind.CHOICE, required=True, choices=_choices(Quantity)
)  # fmt: skip
UNIT = Field("unit", "单位", Kind.TEXT)
PLACE = Field("place", "地点类别", Kind.CHOICE, choices=_choices(Place))
PLACE_TEXT = Field("place_text", "安装地点", Kind.TEXT)
LOW, HIGH = _number("low", "量程下限"), _number("high", "量程上限")
RESOLUTION = _number("resolution", "分辨率", 0)
PROTOCOL = Field("protocol", "协议", Kind.CHOICE, choices=_choices(Protocol))
DEVICE = Field("device", "设备名称", Kind.TEXT)
FIELDS = (NAME, QUANTITY, UNIT, PLACE, PLACE_TEXT, LOW, HIGH, RESOLUTION, PROTOCOL, DEVICE)
LONGEST = {"name": 80, "unit": 20, "place_text": 120, "device": 80}  # characters of the columns


def options(actor: Actor, given: Mapping[str, str]) -> dict[str, Any]:
    """``site``: the number of the site whose points are brought."""
    number = str(given.get("site", ""))
    if not number.isdecimal():
        raise Unknown("没有说明是哪个场所。请从场所的“设备和测点”页面进入。")
    return {"site": device_selectors.site(actor, int(number[:18])).pk}


def _site(context: Context) -> Site:
    return device_selectors.site(context.actor, context.options["site"])


def columns(context: Context) -> list[ImportColumn]:
    """A point in each row; its device and channel may be left out and set later."""
    return [
        ImportColumn("name", NAME.label, True, "同一场所内不重复。", "1201 上隅角甲烷（示例）"),
        ImportColumn("quantity", QUANTITY.label, True, words=Quantity.labels),
        ImportColumn("unit", UNIT.label, help="报警限值按这个单位比较。", example="%"),
        ImportColumn(
            "place", PLACE.label, help="不填就是其他地点；瓦斯限值按它确定。", words=Place.labels
        ),
        ImportColumn("place_text", PLACE_TEXT.label, example="1201 工作面（示例）"),
        ImportColumn("low", LOW.label, example=0),
        ImportColumn("high", HIGH.label, example=4),
        ImportColumn("resolution", RESOLUTION.label, help="最小变化。", example=0.01),
        ImportColumn(
            "protocol", PROTOCOL.label,
            help="与注册编号、通道编号一起填；都不填就只登记测点。", words=Protocol.labels,
        ),
        ImportColumn("address", "注册编号", help=_addresses(), example="DS-1"),
        ImportColumn("channel", "通道编号", help="设备上的编号，写法因协议而异。", example="1"),
        ImportColumn("device", DEVICE.label, help="编号没有登记过的会新登记一台设备。"),
    ]  # fmt: skip


def _addresses() -> str:
    return "；".join(f"{each.label}填{way(each.value).address_label}" for each in Protocol) + "。"


def judge(context: Context, rows: list[RawRow]) -> list[Judged]:
    """Each row by the rules of a point and of its protocol; what stands already is a fault."""
    site = _site(context)
    if not reaches(context.actor, site, policies.KEEP, context.organisation):
        fault = {WHOLE_ROW: f"“{site}”不由{context.organisation}登记测点。"}
        return [Judged({}, fault) for _ in rows]
    judged = [_row(each) for each in rows]
    return _Standing(site, judged).judged()


def _row(row: RawRow) -> Judged:
    cells, faults = row.cells, Faults()
    values = {
        each.key: faults.judge(each.key, _plain, each, cells.get(each.key)) for each in FIELDS
    }
    if "low" not in faults and "high" not in faults:
        faults.judge("high", _range, values["low"], values["high"])
    address, channel = text(cells.get("address")), text(cells.get("channel"))
    values |= {"address": None, "channel": None}
    if values["protocol"] and "protocol" not in faults:
        values["address"] = faults.judge("address", _by, address_of, values["protocol"], address)
        values["channel"] = faults.judge("channel", _by, channel_of, values["protocol"], channel)
    elif "protocol" not in faults and (address or channel or values["device"]):
        faults["protocol"] = "填了设备、注册编号或通道编号，就要填协议。"
    return Judged(values, faults, values["name"] or "")


def _plain(field: Field, cell: Cell) -> Any:
    """FieldError also for a text that the column does not hold."""
    value = field.parse(cell)
    if len(str(value or "")) > LONGEST.get(field.key, 1000):
        raise FieldError(f"“{field.label}”最多 {LONGEST[field.key]} 字。")
    return value


def _range(low: str | None, high: str | None) -> None:
    try:
        check_range(_float(low), _float(high))
    except Refused as refused:
        raise FieldError(refused.message) from refused


def _by(rule: Any, protocol: str, given: str) -> str:
    try:
        return str(rule(protocol, given))
    except Refused as refused:
        raise FieldError(refused.message) from refused


class _Standing:
    """Which names, devices and channels of a portion stand already, or stand in it twice."""

    def __init__(self, site: Site, judged: list[Judged]) -> None:
        self.site, self._judged = site, judged
        names = {each.values["name"] for each in judged}
        used = Point.objects.standing().filter(site=site, name__in=names)
        self._names = set(used.values_list("name", flat=True))
        self._devices = standing({each for row in judged if (each := _named(row.values))})
        channels = Channel.objects.filter(device__in=self._devices.values())
        self._channels = {
            (each.device.protocol, each.device.address, each.address)
            for each in channels.select_related("device")
        }

    def judged(self) -> list[Judged]:
        """The same, with what is at fault because of others."""
        return [
            Judged(each.values, {**self._faults(each.values), **each.faults}, each.same)
            for each in self._judged
        ]

    def _faults(self, values: Mapping[str, Any]) -> dict[str, str]:
        faults: dict[str, str] = {}
        if values["name"] in self._names:
            faults["name"] = f"{self.site}已有名为“{values['name']}”的测点，导入不改动它。"
        named = _named(values)
        if named is None:
            return faults
        device: Device | None = self._devices.get(named)
        if device and (fault := unfit(self.site, device)):
            faults["address"] = fault
        channel = (*named, values["channel"])
        if values["channel"] and channel in self._channels:
            faults["channel"] = f"设备 {named[1]} 的通道 {values['channel']} 已对应测点。"
        self._channels.add(channel)
        return faults


def _named(values: Mapping[str, Any]) -> Named | None:
    address = values.get("address")
    return (values["protocol"], address) if address else None


def take(write: Write, context: Context, rows: list[ImportRow]) -> list[int]:
    """The rows as points with their channels."""
    return points_bring(
        write, site=context.options["site"], organisation=context.organisation,
        brought=[_brought(each.values) for each in rows],
    )  # fmt: skip


def _brought(values: Mapping[str, Any]) -> Brought:
    facts = {
        "name": values["name"], "quantity": values["quantity"], "unit": values["unit"] or "",
        "place": values["place"] or Place.OTHER, "place_text": values["place_text"] or "",
        **{each: _float(values[each]) for each in ("low", "high", "resolution")},
    }  # fmt: skip
    return Brought(facts, values["channel"] or "", _named(values), values["device"] or "")


def _float(stored: str | None) -> float | None:
    return None if stored is None else float(stored)


def url(batch: ImportBatch) -> str:
    """The site's devices and points."""
    return reverse("monitoring:equipment", args=[batch.options["site"]])


register(
    Importer(
        key=KEY,
        label="测点和设备",
        policy=policies.KEEP,
        columns=columns,
        judge=judge,
        take=take,
        url=url,
        options=options,
        title=lambda context: f"测点和设备：{_site(context)}",
    )
)
