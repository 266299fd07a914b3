"""The label of a site: printed, scanned, renewed."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Unknown
from anlan.registry import policies
from anlan.registry.models import Site
from anlan.registry.pages.common import found, keeps, place, url
from anlan.registry.services.labels import token_renew

_CORRECTION = "q"  # a quarter of the code may be dirty or torn off
_UNKNOWN = "没有这个标签对应的场所，或它不在您的管辖范围内。标签可能已经换发，请从场所清单查找。"


@page(policies.VIEW)
def label(request: Request, pk: int) -> HttpResponse:
    """The label to print: what the site is called, and a QR code that leads to its page."""
    site = found(request.actor, "site", pk)
    if not isinstance(site, Site):
        raise TypeError(f"subject {pk} is no site")
    if site.merged_into_id:
        return redirect(url(site))
    address = request.build_absolute_uri(reverse("registry:scan", args=[site.token]))
    code = segno.make(address, error=_CORRECTION, micro=False)
    context = {
        "site": site,
        "place": place(site.area),
        "address": address,
        "picture": code.svg_data_uri(scale=8, border=4),
        "edits": policies.KEEP.allows(request.actor) and keeps(request.actor, site),
    }
    return render(request, "registry/label.html", context)


@page(policies.VIEW)
def scan(request: Request, token: str) -> HttpResponse:
    """What a QR code leads to: the site's page, for whoever sees the site."""
    site = Site.objects.visible_to(request.actor).filter(token=token).first()
    if site is None:
        raise Unknown(_UNKNOWN)
    return redirect(url(site))


@page(policies.KEEP, methods=("POST",))
def renew(request: Request, pk: int) -> HttpResponse:
    """A new QR code; the labels on the wall lead nowhere from now on."""
    site = token_renew(actor=request.actor, site=pk, reason=request.POST.get("reason", ""))
    messages.success(request, f"“{site}”的标签已换发，请打印新标签换下旧的。")
    return redirect("registry:label", site.pk)
