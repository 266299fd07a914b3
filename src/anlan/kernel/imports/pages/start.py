"""Where an import begins: what is asked for, the template, the upload."""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.imports import policies, registry
from anlan.kernel.imports import template as templates
from anlan.kernel.imports.forms import UploadForm
from anlan.kernel.imports.pages.batches import HISTORY, listed
from anlan.kernel.imports.services import uploading
from anlan.kernel.ui.export import TYPE


@page(policies.USE, methods=("GET", "POST"))
def new(request: Request, key: str) -> HttpResponseBase:
    """The start page. What follows in its address are the options of the importer."""
    actor, given = request.actor, request.GET.dict()
    importer, context = uploading.start(actor, key, given)
    allowed = registry.organisations(importer, actor)
    posted = request.method == "POST"
    form = UploadForm(request.POST or None, request.FILES or None, organisations=allowed)
    if posted and form.is_valid():
        try:
            batch = uploading.batch_upload(
                actor=actor, importer=key, given=given,
                organisation=form.chosen, upload=form.cleaned_data["file"],
            )  # fmt: skip
        except Unknown:
            raise
        except Refused as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("imports:batch", batch.pk)
    whole: dict[str, Any] = {
        "title": f"导入{importer.named(context)}",
        "columns": importer.columns(context),
        "form": form,
        "key": key,
    }
    if posted:
        return render(request, "imports/new.html", whole, status=422)
    mine = listed(actor).filter(importer=key)
    return HISTORY.respond(request, mine, "imports/new.html", whole)


@page(policies.USE)
def template(request: Request, key: str) -> HttpResponseBase:
    """The template of the importer under these options."""
    importer, context = uploading.start(request.actor, key, request.GET.dict())
    named = importer.named(context)
    content = io.BytesIO()
    templates.template(named, importer.columns(context)).save(content)
    content.seek(0)
    return FileResponse(
        content, as_attachment=True, filename=f"{named}导入模板.xlsx", content_type=TYPE
    )
