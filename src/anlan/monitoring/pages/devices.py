"""The devices: who speaks, who is silent; one device, its channels, its secret, its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused
from anlan.kernel.ui.deciding import act_and_return
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag, when
from anlan.monitoring import policies
from anlan.monitoring.choices import Protocol
from anlan.monitoring.devices import selectors
from anlan.monitoring.devices.connecting import Secret, way
from anlan.monitoring.devices.forms import ChannelForm, SecretForm
from anlan.monitoring.models import Device
from anlan.monitoring.now import live
from anlan.monitoring.pages.connection import connection
from anlan.monitoring.services import points as services
from anlan.monitoring.visibility import reaches
from anlan.registry.models import Site
from anlan.registry.pages.common import county_filter, place

POST = ("POST",)
MOST_SITES = 200  # that the filter offers; a site's page leads here with its own


@page(policies.VIEW)
def devices(request: Request) -> HttpResponseBase:
    """The devices of the sites that I see; how they are reached only where I may keep any."""
    rows = selectors.devices(request.actor)
    shown = LIST if policies.KEEP.allows(request.actor) else UNREACHED
    return shown.respond(request, rows, "monitoring/devices.html")


@page(policies.VIEW)
def device(request: Request, pk: int) -> HttpResponse:
    """Its channels with their points' newest readings, how to connect it, what may be done."""
    return _page(request, pk, None)


@page(policies.KEEP, methods=POST)
def bind(request: Request, pk: int) -> HttpResponse:
    """Let a channel speak for a point; nothing is lost where something is wrong."""
    found = selectors.device(request.actor, pk)
    form = ChannelForm(request.POST, device=found, way=way(found.protocol))
    if not form.is_valid():
        return _page(request, pk, form, status=422)
    given = form.cleaned_data
    try:
        services.channel_add(
            actor=request.actor, device=pk, address=given["address"], point=given["point"].pk
        )
    except Refused as refused:
        return _refused(request, pk, form, refused)
    messages.success(request, f"通道 {given['address']} 已对应“{given['point']}”。")
    return redirect("monitoring:device", pk)


@page(policies.KEEP, methods=POST)
def unbind(request: Request, pk: int) -> HttpResponse:
    """The channel speaks for no point any more."""
    return act_and_return(
        request,
        lambda: services.channel_remove(actor=request.actor, channel=pk),
        "已解除。这个通道以后上传的读数不再入库，已有的不变。",
    )


@page(policies.KEEP, methods=POST)
def retire(request: Request, pk: int) -> HttpResponse:
    """The device is no more."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: services.device_retire(actor=request.actor, device=pk, reason=reason),
        "设备已停用，不再接收它的数据。测点没有停用，可以由另一台设备接着上传。",
    )


@page(policies.KEEP, methods=POST)
def secret(request: Request, pk: int) -> HttpResponse:
    """Another secret, shown on the answer itself and nowhere else."""
    found = selectors.device(request.actor, pk)
    how = way(found.protocol)
    form = SecretForm(request.POST, way=how)
    if not form.is_valid():
        return _page(request, pk, form, status=422)
    try:
        renewed, shown = services.device_renew(
            actor=request.actor, device=pk, secret=form.cleaned_data.get("secret", "")
        )
    except Refused as refused:
        return _refused(request, pk, form, refused)
    return shown_once(request, renewed, shown, "密钥已更换，旧的即刻失效")


def shown_once(request: Request, found: Device, secret: str, title: str) -> HttpResponse:
    """The page with a secret in it: an answer to a post, kept by no browser, never made again."""
    context = {
        "device": found, "secret": secret, "title": title,
        "connection": connection(request, found, secret), "way": way(found.protocol),
    }  # fmt: skip
    return render(request, "monitoring/device_secret.html", context)


def _refused(request: Request, pk: int, form: Any, refused: Refused) -> HttpResponse:
    """The page again with what was typed."""
    if refused.status in (403, 404):
        raise refused
    field = {"channel": "address", "other_site": "point"}.get(refused.code, refused.code)
    form.add_error(field if field in form.fields else None, refused.message)
    return _page(request, pk, form, status=refused.status)


def _page(request: Request, pk: int, form: Any, status: int = 200) -> HttpResponse:
    found = selectors.device(request.actor, pk)
    how = way(found.protocol)
    channels = list(found.channels.select_related("point"))
    latest = live.latest((each.point_id, found.site_id) for each in channels)
    reached = reaches(request.actor, found.site, policies.KEEP)
    context = {
        "device": found,
        "way": how,
        "standing": selectors.STANDINGS[selectors.standing(found, timezone.now())],
        "channels": [(each, latest.readings.get(each.point_id)) for each in channels],
        "known": latest.known,
        "rate": selectors.rate(found, channels),
        "reached": reached,
        "keeps": reached and found.retired_at is None,
        "form": form if isinstance(form, ChannelForm) else ChannelForm(device=found, way=how),
        "secret_form": form if isinstance(form, SecretForm) else SecretForm(way=how),
        "has_secret": how.secret != Secret.NONE,
        "made": how.secret == Secret.MADE,
        "connection": connection(request, found, ""),
    }
    return render(request, "monitoring/device.html", context, status=status)


def _standing(found: Any) -> str:
    return selectors.standing(found, timezone.now())


def _state(found: Any) -> Any:
    return tag(*selectors.STANDINGS[_standing(found)])


def _heard(found: Any) -> Any:
    return when(found.heard_at)


def _sites(request: HttpRequest) -> list[tuple[int, str]]:
    """Those with devices, and the one that the address names."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    seen = Site.objects.visible_to(actor)
    named = request.GET.get("site", "")
    rows = list(
        seen.filter(devices__isnull=False).distinct().order_by("name").values_list("pk", "name")
        [:MOST_SITES]
    )  # fmt: skip
    if named.isdecimal() and int(named) not in {pk for pk, _ in rows}:
        rows += seen.filter(pk=int(named[:18])).values_list("pk", "name")
    return rows


def _of_protocol(rows: Rows, chosen: str) -> Rows:
    return rows.filter(protocol=chosen)


LIST = List(
    key="monitoring.devices",
    name="监测设备",
    columns=(
        Column("name", "设备", lambda d: d.name, main=True, sort="name", width=24,
               url=lambda d: reverse("monitoring:device", args=[d.pk])),
        Column("standing", "状态", lambda d: selectors.STANDINGS[_standing(d)][0], cell=_state,
               width=10),
        Column("heard", "最近读数", lambda d: d.heard_at, cell=_heard,
               sort="heard_at", width=18),
        Column("protocol", "协议", lambda d: d.get_protocol_display(), sort="protocol", width=14),
        Column("address", "注册编号", lambda d: d.address, sort="address", width=18),
        Column("bound", "通道", lambda d: d.bound, number=True, sort="bound", width=8),
        Column("site", "场所", lambda d: str(d.site), sort=("site__name", "name"), width=24,
               url=lambda d: reverse("monitoring:equipment", args=[d.site_id])),
        Column("area", "所在区划", lambda d: place(d.site.area), sort="site__area__path", width=18),
    ),
    filters=(
        Filter("standing", "状态", [(key, name) for key, (name, _) in selectors.STANDINGS.items()],
               selectors.of_standing),
        Filter("protocol", "协议", Protocol.choices, _of_protocol),
        county_filter("site__"),
        Filter("site", "场所", _sites, lambda rows, chosen: rows.filter(site=chosen)),
    ),
    search=("name", "address", "site__name"),
    order="site",
    empty=Empty(
        "还没有登记监测设备",
        "从“监管对象”进入一个场所的页面，在“监测预警”中点“设备和测点”，登记设备、添加测点。",
    ),
)  # fmt: skip
# for leaders: who speaks and who is silent
REACHED = ("protocol", "address")
UNREACHED = replace(
    LIST,
    columns=tuple(each for each in LIST.columns if each.key not in REACHED),
    filters=tuple(each for each in LIST.filters if each.key not in REACHED),
    search=("name", "site__name"),
)
