"""What a name in a document means: the answer that reading a notice will get, and why."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.requests import Request
from anlan.kernel.orgs import forms
from anlan.kernel.orgs.models import Area
from anlan.kernel.orgs.pages.common import area_names
from anlan.kernel.orgs.resolving import How, resolve

WHY = {
    How.EXACT: ("全称或简称", "green", "和单位的现用全称或简称一字不差。"),
    How.ALIAS: ("别名或曾用名", "green", "是这个单位登记在册的别名或曾用名。"),
    How.NORMALISED: (
        "规范后一致",
        "blue",
        "去掉空格、括号、“各”“有关”“等部门”这类不改变所指的字以后，和登记的名称一致。",
    ),
    How.GROUP: ("单位组", "blue", "是一组单位的统称，指下列在当日属于该组的单位。"),
    How.UNKNOWN: (
        "认不出",
        "orange",
        "单位库里没有这个名称，或有几个单位都叫这个名称，不作猜测。",
    ),
}


@page(anyone)
def who(request: Request) -> HttpResponse:
    """Try a name: whom it means in a document of an area on a day."""
    form = forms.Name(request.GET if "name" in request.GET else None, initial=_usual(request.actor))
    context = {"form": form, "areas": area_names()}
    if form.is_valid():
        found = resolve(**form.cleaned_data)
        label, tone, why = WHY[found.how]
        context |= {"found": found, "how": label, "tone": tone, "why": why, **form.cleaned_data}
    return render(request, "orgs/who.html", context, status=422 if form.errors else 200)


def _usual(actor: Actor) -> dict[str, object]:
    """The area that the actor works for, else the city; today."""
    area = next((grant.area for grant in actor.grants), None)
    area = area or Area.objects.filter(parent=None).first()
    return {"area": area and area.name, "on": timezone.localdate()}
