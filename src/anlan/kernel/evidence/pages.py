"""Handing out a stored file to those who see the work that it proves."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Unknown
from anlan.kernel.evidence.models import File, Use

# subject type (app.model) → the subjects of that type that an actor sees; apps register theirs.
_visible: dict[str, Callable[[Actor], QuerySet]] = {}  # type: ignore[type-arg]

INLINE = ("image/jpeg", "image/png", "image/webp", "application/pdf")


def register(subject_type: str, visible: Callable[[Actor], QuerySet]) -> None:  # type: ignore[type-arg]
    """Say who sees the evidence of ``subject_type``: whoever sees the subject itself."""
    _visible[subject_type] = visible


@page(anyone)
def evidence(request: Request, pk: int) -> HttpResponseBase:
    """The content of one use; 404 for whoever does not see its subject."""
    use = Use.objects.select_related("file").filter(pk=pk).first()
    visible = use and _visible.get(use.subject_type)
    actor: Actor = request.actor
    if not use or not visible or not visible(actor).filter(pk=use.subject_id).exists():
        raise Unknown
    return content(use.file, use.name)


def content(file: File, name: str) -> HttpResponseBase:
    """The bytes of a stored file: pictures and PDFs to look at, the rest to keep."""
    try:
        stored = file.path.read_bytes()
    except FileNotFoundError as error:
        raise Unknown("文件内容不在存储中，请联系系统管理员检查数据目录。") from error
    response = HttpResponse(stored, content_type=file.media_type)
    disposition = content_disposition_header(file.media_type not in INLINE, name)
    response["Content-Disposition"] = disposition or "inline"
    # What people upload runs nothing, even when it is opened by itself.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"  # nothing stays after the logout
    return response
