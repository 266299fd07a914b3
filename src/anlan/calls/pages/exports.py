"""The call as files, for who sees it whole."""

from __future__ import annotations

import io

from django.http import FileResponse

from anlan.calls import policies, selectors
from anlan.calls.exports import figures, papers
from anlan.calls.models import Call
from anlan.calls.paper import Paper, paper
from anlan.kernel import official
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Forbidden
from anlan.kernel.ui.export import TYPE as XLSX


@page(policies.VIEW)
def bulletin_docx(request: Request, pk: int) -> FileResponse:
    """The bulletin on the call's figures."""
    made = _paper(request, pk)
    return _file(papers.bulletin(made), made.call, "通报稿.docx", official.TYPE)


@page(policies.VIEW)
def minutes_docx(request: Request, pk: int) -> FileResponse:
    """The minutes."""
    made = _paper(request, pk)
    return _file(papers.minutes(made), made.call, "会议纪要.docx", official.TYPE)


@page(policies.VIEW)
def figures_xlsx(request: Request, pk: int) -> FileResponse:
    """The figures and the frozen rows."""
    made = _paper(request, pk)
    rows = selectors.rows(request.actor, made.call)
    return _file(figures.xlsx(made, rows), made.call, "数据.xlsx", XLSX)


def _paper(request: Request, pk: int) -> Paper:
    made = paper(request.actor, selectors.call(request.actor, pk))
    if not made.whole:
        raise Forbidden(
            "整份调度材料由组织调度的安委办和本级领导导出；您可以在页面上看本单位的内容。"
        )
    return made


def _file(content: bytes, call: Call, name: str, kind: str) -> FileResponse:
    return FileResponse(
        io.BytesIO(content), as_attachment=True, filename=f"{call}-{name}", content_type=kind
    )
