"""The page 系统状态: what is checked, what is wrong, what was."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from anlan.kernel.access.policies import page
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag
from anlan.kernel.watchman import beats
from anlan.kernel.watchman.models import Finding
from anlan.kernel.watchman.policies import STATUS
from anlan.kernel.watchman.registry import checks
from anlan.kernel.watchman.watching import NAME

OPEN, CLOSED = "未消除", "已消除"


@dataclass(frozen=True)
class State:
    """A check as it stands: what is true while all is well, and how many faults there are."""

    label: str
    faults: int
    applies: bool


def _label(finding: Finding) -> str:
    labels = {each.name: each.label for each in checks()}
    return labels.get(finding.rule, finding.rule)


def _state(finding: Finding) -> str:
    return tag(CLOSED, "green") if finding.closed_at else tag(OPEN, "red")


def _by_state(rows: Rows, value: str) -> Rows:
    return rows.filter(closed_at__isnull=value == "open")


FINDINGS = List(
    key="watchman.findings",
    name="系统问题",
    columns=(
        Column(
            "state", "状态", lambda f: CLOSED if f.closed_at else OPEN,
            cell=_state, width=10,
        ),
        Column("text", "问题", lambda f: f.text, main=True, width=70),
        Column("rule", "检查", _label, sort="rule", width=24),
        Column("first", "首次发现", lambda f: f.first_seen, sort="first_seen", width=18),
        Column("last", "最近发现", lambda f: f.last_seen, sort="last_seen", width=18),
        Column("closed", "消除时间", lambda f: f.closed_at, sort="closed_at", width=18),
    ),
    filters=(Filter("state", "状态", [("open", OPEN), ("closed", CLOSED)], _by_state),),
    search=("text", "rule"),
    empty=Empty("没有发现过问题", "系统每分钟检查一次各项自动任务，发现的问题会列在这里。"),
)  # fmt: skip


@page(STATUS)
def status(request: HttpRequest) -> HttpResponseBase:
    """Each check with its open faults, and all findings, open ones first."""
    open_ = Finding.objects.filter(closed_at=None)
    counts = dict(open_.order_by("rule").values_list("rule").annotate(Count("pk")))
    states = [State(each.label, counts.pop(each.name, 0), each.applies()) for each in checks()]
    context = {
        "states": states,
        "others": sum(counts.values()),
        "last": beats.last(NAME),
    }
    rows = Finding.objects.order_by(F("closed_at").desc(nulls_first=True), "-first_seen", "-pk")
    return FINDINGS.respond(request, rows, "watchman/status.html", context)
