"""Files to take along: the assignment table and the opinion sheet."""

from __future__ import annotations

import io

from django.http import FileResponse
from django.http.response import HttpResponseBase

from anlan.intake import policies
from anlan.intake.choices import DocumentState
from anlan.intake.exports import assignments, opinions
from anlan.intake.exports import assignments_xlsx as sheets
from anlan.intake.exports.assignments_docx import docx
from anlan.intake.models import Document
from anlan.intake.pages.documents import get
from anlan.kernel import official
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Unknown, WrongState
from anlan.plan import policies as plan_policies
from anlan.plan.models import Plan

_UNREAD = (DocumentState.READING, DocumentState.FAILED)


@page(policies.VIEW)
def document_assignments(request: Request, pk: int, form: str) -> HttpResponseBase:
    """The assignment table of a document; of its plan once it is published."""
    return _table(assignments.of_document(_read(request, pk)), form)


@page(plan_policies.VIEW)
def plan_assignments(request: Request, pk: int, form: str) -> HttpResponseBase:
    """The assignment table of a published plan: known to all who work on it."""
    plan = Plan.objects.select_related("area").filter(pk=pk).first()
    if plan is None:
        raise Unknown("没有这份年度计划。")
    return _table(assignments.of_plan(plan), form)


@page(policies.VIEW)
def document_opinions(request: Request, pk: int) -> HttpResponseBase:
    """The opinion sheet of a document."""
    sheet = opinions.of_document(_read(request, pk))
    return _file(opinions.docx(sheet), f"{sheet.file_name}.docx", official.TYPE)


def _read(request: Request, pk: int) -> Document:
    found = get(request.actor, pk)
    if found.state in _UNREAD:
        raise WrongState("这份通知还没有读出内容，读取完成后才能导出。")
    return found


def _table(table: assignments.AssignmentTable, form: str) -> FileResponse:
    if form == "xlsx":
        return _file(sheets.xlsx(table), f"{table.file_name}.xlsx", sheets.TYPE)
    return _file(docx(table), f"{table.file_name}.docx", official.TYPE)


def _file(content: bytes, name: str, kind: str) -> FileResponse:
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=kind)
