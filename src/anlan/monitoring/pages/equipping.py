"""A site's devices and points: registering, adding, taking out of use."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Forbidden, Refused
from anlan.kernel.ui.deciding import act_and_return
from anlan.monitoring import policies
from anlan.monitoring.choices import Protocol
from anlan.monitoring.devices import selectors
from anlan.monitoring.devices.connecting import WAYS, way
from anlan.monitoring.devices.forms import DeviceForm, PointForm
from anlan.monitoring.pages.devices import POST, shown_once
from anlan.monitoring.services import points as services
from anlan.monitoring.visibility import reaches
from anlan.registry.models import Site

BOTH = ("GET", "POST")


@page(policies.VIEW)
def site(request: Request, pk: int) -> HttpResponse:
    """What is connected at the site: its devices, its points and by which channel each comes."""
    found = selectors.site(request.actor, pk)
    devices = selectors.devices(request.actor).filter(site=found).order_by("retired_at", "name")
    now = timezone.now()
    context = {
        "site": found,
        "devices": [(each, selectors.STANDINGS[selectors.standing(each, now)]) for each in devices],
        "points": selectors.points(found),
        "keeps": _keeps(request, found),
    }
    return render(request, "monitoring/equipment.html", context)


@page(policies.KEEP, methods=BOTH)
def device_add(request: Request, pk: int) -> HttpResponse:
    """Register a device: first its protocol, then what that protocol asks for."""
    found = _kept(request, pk)
    given = request.POST if request.method == "POST" else request.GET
    chosen = given.get("protocol", "")
    if chosen not in WAYS:
        chosen = Protocol.HTTP.value
    form = DeviceForm(request.POST or None, way=way(chosen))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                device, secret = services.device_add(
                    actor=request.actor, site=pk, protocol=Protocol(chosen), **form.cleaned_data
                )
            except Refused as refused:
                status = _told(form, refused)
            else:
                return shown_once(request, device, secret, f"已登记“{device}”")
    protocols = [(name, f"?protocol={key}", key == chosen) for key, name in Protocol.choices]
    context = {"site": found, "form": form, "protocol": chosen, "protocols": protocols,
               "way": way(chosen)}  # fmt: skip
    return render(request, "monitoring/device_add.html", context, status=status)


@page(policies.KEEP, methods=BOTH)
def point_add(request: Request, pk: int) -> HttpResponse:
    """Add a point; the next one is typed on the same page."""
    found = _kept(request, pk)
    form = PointForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                point = services.point_add(actor=request.actor, site=pk, **form.cleaned_data)
            except Refused as refused:
                status = _told(form, refused)
            else:
                messages.success(request, f"已添加“{point}”。")
                more = "more" in request.POST
                return redirect("monitoring:point_add" if more else "monitoring:equipment", pk)
    return render(
        request, "monitoring/point_add.html", {"site": found, "form": form}, status=status
    )


@page(policies.KEEP, methods=POST)
def point_retire(request: Request, pk: int) -> HttpResponse:
    """The point is no more."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: services.point_retire(actor=request.actor, point=pk, reason=reason),
        "测点已停用，不再报警；历史读数和报警记录留存。",
    )


def _keeps(request: Request, site: Site) -> bool:
    allowed = policies.KEEP.allows(request.actor)
    return allowed and reaches(request.actor, site, policies.KEEP)


def _kept(request: Request, pk: int) -> Site:
    found = selectors.site(request.actor, pk)
    if not _keeps(request, found):
        raise Forbidden(f"您能看到“{found}”，但它不由您单位登记。请联系它的监管部门。")
    return found


def _told(form: DeviceForm | PointForm, refused: Refused) -> int:
    """The refusal beside the field that it is about; its status."""
    if refused.status in (403, 404):
        raise refused
    field = {"twice": "name"}.get(refused.code, refused.code)
    form.add_error(field if field in form.fields else None, refused.message)
    return refused.status
