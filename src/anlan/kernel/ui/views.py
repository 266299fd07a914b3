"""Saving and dropping one's own views of lists. Personal settings: no case, no area, no event."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.answers import local
from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused
from anlan.kernel.ui.models import SavedView
from anlan.kernel.write import Write

MOST = 20  # views of one list: more would not fit the bar that shows them


class ViewForm(forms.Form):
    page = forms.CharField(max_length=60)
    name = forms.CharField(max_length=20)
    query = forms.CharField(max_length=1000, required=False)
    back = forms.CharField(max_length=1200)


@page(anyone, methods=("POST",))
@require_POST
def save(request: Request) -> HttpResponse:
    """Keep the list's present filters under a name; the same name again replaces them."""
    form = ViewForm(request.POST)
    if not form.is_valid():
        raise Refused("view", "视图没有保存：名称要填写，且不超过 20 个字。")
    kept = form.cleaned_data
    keep_view(actor=request.actor, page=kept["page"], name=kept["name"], query=kept["query"])
    return redirect(local(request, kept["back"]))


@page(anyone, methods=("POST",))
@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    """Drop a view of one's own."""
    drop_view(actor=request.actor, pk=pk)
    return redirect(local(request, urlsplit(request.POST.get("back", "/")).path))


def keep_view(*, actor: Actor, page: str, name: str, query: str) -> SavedView:
    """Store the view; refuses the one that would make more than ``MOST`` of a list."""
    with Write(actor, "ui.view.keep") as write:
        mine = SavedView.objects.filter(user=actor.user, page=page)
        same = mine.filter(name=name).first()
        if same:
            view = write.lock(mine, same.pk)
            write.change(view, query=query)
            return view
        if mine.count() >= MOST:
            raise Refused("views", f"每个列表最多保存 {MOST} 个视图，请先删除不用的。")
        return write.add(SavedView(user=actor.user, page=page, name=name, query=query))


def drop_view(*, actor: Actor, pk: int) -> None:
    """Delete a view of the actor's own; Unknown if it is not his."""
    with Write(actor, "ui.view.drop") as write:
        write.lock(SavedView.objects.filter(user=actor.user), pk).delete()
