"""Counties' nodes: which there are, when each was last heard, what it has still to send."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.ui.deciding import act_and_return
from anlan.kernel.ui.lists import Column, Empty, List
from anlan.kernel.ui.templatetags.ui import tag, when
from anlan.monitoring import policies
from anlan.monitoring.devices.forms import NodeForm
from anlan.monitoring.models import EdgeNode
from anlan.monitoring.services import nodes as services

BOTH, POST = ("GET", "POST"), ("POST",)
# A node reports every ten seconds; an assumption: after a minute its link is broken.
HEARD_WITHIN = timedelta(minutes=1)


@page(policies.VIEW)
def nodes(request: Request) -> HttpResponseBase:
    """Those of my areas."""
    rows = EdgeNode.objects.visible_to(request.actor).select_related("area")
    context = {"keeps": policies.NODES.allows(request.actor)}
    return LIST.respond(request, rows, "monitoring/nodes.html", context)


@page(policies.VIEW)
def node(request: Request, pk: int) -> HttpResponse:
    """One, and for whoever may change it how its program is started."""
    return _page(request, _found(request, pk), "")


@page(policies.NODES, methods=BOTH)
def add(request: Request) -> HttpResponse:
    """Register one; its key is shown once."""
    form = NodeForm(request.POST or None, actor=request.actor)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            name, area = form.cleaned_data["name"], form.cleaned_data["area"]
            try:
                made, secret = services.node_add(actor=request.actor, name=name, area=area.pk)
            except Refused as refused:
                if refused.status in (403, 404):
                    raise
                form.add_error("name", refused.message)
                status = refused.status
            else:
                return _page(request, made, secret)
    return render(request, "monitoring/node_add.html", {"form": form}, status=status)


@page(policies.NODES, methods=POST)
def renew(request: Request, pk: int) -> HttpResponse:
    """Another key, shown once."""
    found, secret = services.node_renew(actor=request.actor, node=pk)
    return _page(request, found, secret)


@page(policies.NODES, methods=POST)
def retire(request: Request, pk: int) -> HttpResponse:
    """The node is no more."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: services.node_retire(actor=request.actor, node=pk, reason=reason),
        "节点已停用，它再送来的读数不入库。",
    )


def _page(request: Request, found: EdgeNode, secret: str) -> HttpResponse:
    keeps = found.retired_at is None and services.keeps(request.actor, found.area)
    context = {
        "node": found, "secret": secret, "keeps": keeps, "standing": _standing(found),
        "city": request.get_host().partition(":")[0],
    }  # fmt: skip
    return render(request, "monitoring/node.html", context)


def _found(request: Request, pk: int) -> EdgeNode:
    rows = EdgeNode.objects.visible_to(request.actor).select_related("area")
    if (found := rows.filter(pk=pk).first()) is None:
        raise Unknown("没有这个县级节点，或不在您的管辖范围内。请从节点清单重新进入。")
    return found


def _standing(found: EdgeNode, now: datetime | None = None) -> tuple[str, str]:
    """Words and tone."""
    if found.retired_at is not None:
        return "已停用", "grey"
    if found.heard_at is None:
        return "从未联系", "orange"
    linked = (now or timezone.now()) - found.heard_at <= HEARD_WITHIN
    return ("已连通", "green") if linked else ("链路中断", "red")


def _area(found: Any) -> Any:
    mark = tag("演示数据", "none") if found.is_demo else ""
    return format_html("{} {}", found.area, mark)


def _state(found: Any) -> Any:
    return tag(*_standing(found))


def _heard(found: Any) -> Any:
    return when(found.heard_at)


LIST = List(
    key="monitoring.nodes",
    name="县级节点",
    columns=(
        Column("name", "节点", lambda n: n.name, main=True, sort="name", width=20,
               url=lambda n: reverse("monitoring:node", args=[n.pk])),
        Column("area", "所在县", lambda n: str(n.area), cell=_area, sort="area__sort", width=20),
        Column("standing", "链路", lambda n: _standing(n)[0], cell=_state, width=12),
        Column("heard", "最近联系", lambda n: n.heard_at, cell=_heard, sort="heard_at", width=18),
        Column("waiting", "当时待上送（条报文）", lambda n: n.waiting if n.heard_at else "—",
               number=True, sort="waiting", width=18),
    ),
    search=("name", "area__name"),
    order="area",
    empty=Empty(
        "还没有登记县级节点",
        "到市里的网络常断的县可以设一个节点：断网时设备照常上报，网络恢复后自动补送，不丢不重。",
    ),
)  # fmt: skip
