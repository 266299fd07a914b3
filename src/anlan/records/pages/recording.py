"""Recording: choosing a type, the form, changing a draft."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.evidence.models import File
from anlan.kernel.evidence.services import file_store, of
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.typed import forms as typed
from anlan.kernel.typed.finding import Finder
from anlan.records import flow, policies, selectors
from anlan.records.choices import OPEN
from anlan.records.forms import RecordForm
from anlan.records.models import Record, RecordTypeVersion
from anlan.records.services import recording

METHODS = ("GET", "POST")


@page(policies.RECORD)
def choose(request: Request) -> HttpResponse:
    """The types that one's units record, as tiles; and the last records, to be copied."""
    versions = selectors.versions_for(selectors.own_units(request.actor))
    ranked = sorted(versions, key=lambda each: each.type.item)  # stable: groups stay whole
    groups = [(group, list(some)) for group, some in groupby(ranked, lambda v: v.type.group)]
    context = {"groups": groups, "recent": selectors.to_copy(request.actor)}
    return render(request, "records/choose.html", context)


@page(policies.RECORD, methods=METHODS)
def new(request: Request, code: str) -> HttpResponse:
    """The form of one type: today and one's unit are filled in already."""
    version = selectors.version_of(code)
    units = [u for u in selectors.units(request.actor) if version.open_to(u)]
    if not units:
        raise Forbidden(
            f"“{version.type}”由{version.kinds_in_words}填报，您的单位不填这类记录。请返回选择其他类型。"
        )
    start = {
        "held_on": timezone.localdate(),
        "organisation": _own(request, units),
        **_named(request, version, units),
    }
    form = _form(request, version, units=units, initial=start)

    def write(typed_in: dict[str, Any], files: list[File]) -> Record:
        unit = typed_in.pop("organisation", units[0].pk)
        return recording.record_draft(
            actor=request.actor, type_code=code, organisation=unit, evidence=files, **typed_in
        )

    if request.method == "POST" and (made := _written(request, form, write)):
        return _submitted(request, made)
    return _show(request, form, version, action=request.path, draft=f"record-new-{code}")


@page(policies.RECORD, methods=METHODS)
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a draft or a returned record, by the newest rules of its type."""
    found = selectors.record(request.actor, pk)
    if reason := flow.owns(found, request.actor):
        raise Forbidden(reason)
    if found.state not in OPEN:
        raise WrongState(f"这条记录{found.get_state_display()}，不能再修改。")
    version = selectors.newest_version(found)
    start = {
        "held_on": found.held_on,
        "held_until": found.held_until,
        "title": found.title,
        **typed.initial(version.schema, found.values),
    }
    form = _form(request, version, initial=start)

    def write(typed_in: dict[str, Any], files: list[File]) -> Record:
        return recording.record_change(actor=request.actor, record=pk, evidence=files, **typed_in)

    if request.method == "POST" and (made := _written(request, form, write)):
        return _submitted(request, made)
    more = {"record": found, "uses": of(found)}
    return _show(request, form, version, action=request.path, draft=f"record-{pk}", **more)


def _named(
    request: Request, version: RecordTypeVersion, units: list[Organisation]
) -> dict[str, Any]:
    """What the address that led here fills in: it is typed all the same, and judged when sent."""
    names = ("title", *(f"{typed.PREFIX}{each.key}" for each in version.schema))
    given = {name: request.GET[name] for name in names if name in request.GET}
    unit = request.GET.get("organisation", "")
    if unit in {str(each.pk) for each in units}:
        given["organisation"] = unit
    return given


def _own(request: Request, units: list[Organisation]) -> int:
    """The clerk's own unit, if it records this type; otherwise the first that does."""
    own = [each for each in selectors.own_units(request.actor) if each in units]
    return int((own or units)[0].pk)


def _form(request: Request, version: RecordTypeVersion, **more: Any) -> RecordForm:
    more["finder"] = Finder(request.actor)
    if request.method != "POST":
        return RecordForm(version=version, **more)
    gaps = request.POST.get("act") == "draft"
    return RecordForm(request.POST, request.FILES, version=version, gaps=gaps, **more)


def _written(request: Request, form: RecordForm, write: Any) -> Record | None:
    """The record as it was written; None leaves the form with its faults."""
    if not form.is_valid():
        return None
    given: dict[str, Any] = {
        name: form.cleaned_data[name]
        for name in ("organisation", "held_on", "held_until", "title")
        if name in form.cleaned_data
    }
    given["values"] = typed.values(form.cleaned_data)
    try:
        files = [file_store(actor=request.actor, upload=each) for each in form.files_sent()]
        made: Record = write(given, files)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, refusal.message)
        return None
    return made


def _submitted(request: Request, made: Record) -> HttpResponse:
    """Submit what was written, if that is asked; what is missing is told beside the kept draft."""
    if request.POST.get("act") == "draft":
        messages.success(request, "已保存，还没有提交。")
        return redirect("records:record", made.pk)
    try:
        recording.record_submit(actor=request.actor, record=made.pk)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        messages.warning(request, f"内容已保存为草稿。{refusal.message}")
        return redirect("records:edit", made.pk)
    messages.success(request, "已提交，等待核验。")
    return redirect("records:record", made.pk)


def _show(
    request: Request, form: RecordForm, version: RecordTypeVersion, **more: Any
) -> HttpResponse:
    context = {"form": form, "version": version, **more}
    status = 422 if form.errors else 200
    return render(request, "records/form.html", context, status=status)
