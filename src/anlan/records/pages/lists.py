"""The list of work records: filters, search, Excel."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.ui.addresses import address
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag
from anlan.records import policies, searching, selectors
from anlan.records.choices import MarkKind, RecordState
from anlan.records.models import Mark, Record, RecordType
from anlan.records.periods import PERIODS, span
from anlan.records.templatetags.records import state_tag


def _url(record: Record) -> str:
    return address("records:record", record.pk)


def _day(record: Record) -> str:
    until = f"—{record.held_until}" if record.held_until else ""
    return f"{record.held_on}{until}"


def _day_cell(record: Record) -> SafeString:
    """A day is never broken at its dashes; a span may be, between its days."""
    if record.held_until:
        said = '<span class="nowrap">{}</span>—<span class="nowrap">{}</span>'
        return format_html(said, record.held_on, record.held_until)
    return format_html('<span class="nowrap">{}</span>', record.held_on)


def _marks(record: Record) -> str:
    return "、".join(mark.get_kind_display() for mark in record.marks.all())


def _mark_tags(record: Record) -> SafeString:
    tags = [(tag(mark.get_kind_display(), "orange"),) for mark in record.marks.all()]
    return format_html_join(" ", "{}", tags)


def _marked(rows: Rows, value: str) -> Rows:
    if value in ("any", "none"):
        return rows.filter(mark_count__gt=0) if value == "any" else rows.filter(mark_count=0)
    return rows.filter(Exists(Mark.objects.filter(record=OuterRef("pk"), kind=value)))


def _types(request: HttpRequest) -> list[tuple[str, str]]:
    return list(RecordType.objects.values_list("code", "name"))


def _organisations(request: HttpRequest) -> list[tuple[int, str]]:
    """The viewer's own units and areas, and what stands directly below them: whole below that."""
    return [(each.pk, str(each)) for each in selectors.nearest(request.actor)]  # type: ignore[attr-defined]


def _of_unit(rows: Rows, value: str) -> Rows:
    """The organisation and all that answer to it."""
    path = Organisation.objects.values_list("path", flat=True).get(pk=value)
    under = Q(path=path) | Q(path__startswith=f"{path}/")
    return rows.filter(organisation__in=Organisation.objects.filter(under).values("pk"))


def _within(rows: Rows, value: str) -> Rows:
    return rows.filter(held_on__range=span(value, timezone.localdate()))


RECORDS = List(
    key="records.records",
    name="工作记录",
    columns=(
        Column("state", "状态", lambda r: r.get_state_display(), cell=state_tag, width=10),
        Column("title", "做了什么", lambda r: r.title, main=True, url=_url, width=50),
        Column("type", "类型", lambda r: str(r.type), width=22),
        Column("unit", "单位", lambda r: str(r.organisation), width=22),
        Column("day", "日期", _day, cell=_day_cell, sort="held_on", width=22),
        Column("marks", "疑点", _marks, cell=_mark_tags, width=20),
        Column("submitted", "提交时间", lambda r: r.submitted_at, width=18),
    ),
    filters=(
        Filter("type", "类型", _types, lambda rows, v: rows.filter(type__code=v)),
        Filter("unit", "单位", _organisations, _of_unit),
        Filter("state", "状态", RecordState.choices, lambda rows, v: rows.filter(state=v)),
        Filter("period", "期间", PERIODS, _within),
        Filter(
            "marks",
            "疑点",
            [("any", "有疑点"), ("none", "无疑点"), *MarkKind.choices],
            _marked,
        ),
    ),
    search=searching.matching,
    order="-day",
    live="live:record",
    empty=Empty("还没有工作记录", "做完一件工作，当天用手机记一条：日期、做了什么、一张照片。"),
)


@page(policies.VIEW)
def records(request: Request) -> HttpResponseBase:
    """Records of my units, or of the areas that I oversee, newest first."""
    rows: Any = selectors.records(request.actor).prefetch_related("marks")
    may = policies.RECORD.allows(request.actor)
    return RECORDS.respond(request, rows, "records/records.html", lambda shown: {"may_record": may})
