"""The figures as files."""

from __future__ import annotations

import io

from django.http import FileResponse
from django.utils import timezone

from anlan.cockpit import figures, policies, selectors
from anlan.cockpit.exports import bulletin, ranking
from anlan.kernel import official
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Unknown
from anlan.kernel.ui.export import TYPE as XLSX
from anlan.plan.selectors import plan_of


@page(policies.VIEW)
def ranking_xlsx(request: Request) -> FileResponse:
    """The ranking as it stands."""
    shown = _shown(request)
    return _file(ranking.xlsx(shown), f"排名-{_stamp()}.xlsx", XLSX)


@page(policies.DRAFT)
def bulletin_docx(request: Request) -> FileResponse:
    """The draft of a bulletin."""
    actor, today = request.actor, timezone.localdate()
    shown = _shown(request)
    before = figures.week_ago(actor, shown.plan, today)
    paper = bulletin.Bulletin(
        shown=shown,
        week=figures.since_week(shown, before),
        delayed=list(selectors.most_delayed(actor, shown.plan)),
        day=today,
    )
    return _file(bulletin.docx(paper), f"通报稿-{_stamp()}.docx", official.TYPE)


def _shown(request: Request) -> figures.Overview:
    plan = plan_of()
    if plan is None:
        raise Unknown("还没有发布年度通知，没有可以导出的数据。")
    return figures.overview(request.actor, plan)


def _stamp() -> str:
    return f"{timezone.localtime():%Y%m%d-%H%M}"


def _file(content: bytes, name: str, kind: str) -> FileResponse:
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=kind)
