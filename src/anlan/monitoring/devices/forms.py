"""Forms by which a clerk connects a site: points, devices, channels, secrets."""

from __future__ import annotations

from typing import Any

from django import forms

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.models import Area
from anlan.kernel.orgs.selectors import COUNTY_RANK
from anlan.monitoring.choices import Place, Quantity
from anlan.monitoring.devices.connecting import LONGEST, Secret, Way
from anlan.monitoring.models import Device, Point

USUAL_RATE = 100
MOST_RATE = 1_000_000
CHOOSE = ("", "请选择")


class _Form(forms.Form):
    """Several stand on one page: each gives its fields ids of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.error_messages["required"] = f"{'请选择' if chosen else '请填写'}{field.label}。"


class DeviceForm(_Form):
    """A new device of a protocol; what its address and its secret are called is the protocol's."""

    name = forms.CharField(label="设备名称", max_length=80, help_text="如 1 号监测分站。")
    address = forms.CharField(max_length=LONGEST)
    secret = forms.CharField(
        max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    rate = forms.IntegerField(
        label="每秒最多读数", min_value=1, max_value=MOST_RATE, initial=USUAL_RATE,
        help_text="超过的部分会放慢接收，不会丢失。",
    )  # fmt: skip

    def __init__(self, *args: Any, way: Way, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address = self.fields["address"]
        address.label, address.help_text = way.address_label, way.address_help
        address.required = not way.numbers_itself
        address.error_messages["required"] = f"请填写{way.address_label}。"
        _secret(self, way)


class SecretForm(_Form):
    """Another secret for a device, where it is typed in."""

    secret = forms.CharField(
        max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, way: Way, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _secret(self, way)


def _secret(form: _Form, way: Way) -> None:
    """Asked for only where it may be typed."""
    if way.secret in (Secret.MADE, Secret.NONE):
        del form.fields["secret"]
        return
    field = form.fields["secret"]
    field.label, field.help_text = way.secret_label, way.secret_help
    field.required = way.secret == Secret.GIVEN
    field.error_messages["required"] = f"请填写{way.secret_label}。"


class PointForm(_Form):
    """A new point of measurement."""

    name = forms.CharField(
        label="测点名称", max_length=80, help_text="同一场所内不重复，如 1201 上隅角甲烷。"
    )
    quantity = forms.ChoiceField(label="监测量", choices=[CHOOSE, *Quantity.choices])
    unit = forms.CharField(
        label="单位", max_length=20, required=False, help_text="报警限值按这个单位比较，如 %、m/s。"
    )
    place = forms.ChoiceField(
        label="地点类别", choices=Place.choices, initial=Place.OTHER,
        help_text="煤矿瓦斯的报警限值按地点类别确定。",
    )  # fmt: skip
    place_text = forms.CharField(label="安装地点", max_length=120, required=False)
    low = forms.FloatField(label="量程下限", required=False)
    high = forms.FloatField(label="量程上限", required=False)
    resolution = forms.FloatField(
        label="分辨率", required=False, min_value=0, help_text="传感器能显示的最小变化，如 0.01。"
    )


class ChannelForm(_Form):
    """Which point a channel speaks for: of the device's own site."""

    address = forms.CharField(label="通道编号", max_length=LONGEST)
    point: Any = forms.ModelChoiceField(
        label="测点", queryset=Point.objects.none(), empty_label="请选择",
        error_messages={"invalid_choice": "设备只能为本场所在用的测点上传数据。"},
    )  # fmt: skip

    def __init__(self, *args: Any, device: Device, way: Way, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].help_text = way.channel_help
        self.fields["address"].widget.attrs["placeholder"] = way.example
        point: Any = self.fields["point"]
        point.queryset = Point.objects.standing().filter(site=device.site_id)
        point.label_from_instance = _named


def _named(point: Point) -> str:
    unit = f"，{point.unit}" if point.unit else ""
    return f"{point.name}（{point.get_quantity_display()}{unit}）"


class NodeForm(_Form):
    """A new county's node."""

    area = forms.ModelChoiceField(
        label="所在县", queryset=Area.objects.none(), empty_label="请选择"
    )
    name = forms.CharField(
        label="节点名称", max_length=32,
        help_text="小写字母、数字和“-”，如 linxian。登记后不能改，停用后也不能再用。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["area"]
        chosen.queryset = Area.objects.visible_to(actor).filter(level__in=COUNTY_RANK)
