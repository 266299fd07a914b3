"""The hours in which an accident must be reported, and whom Anlan calls before they have passed.

Once a person says that it is an accident the clock ``report`` of the draft runs: Art. 11 of 生产
安全事故报告和调查处理条例 gives each level two hours from when the department had the report. It
is met when the office takes the report over, which then reports upwards.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.deadlines import services as deadlines
from anlan.kernel.deadlines.handlers import on_step
from anlan.kernel.deadlines.ladder import Rung
from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.norms.values import values
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.monitoring.alarms import line
from anlan.monitoring.alarms.reporting import DEFAULTS, LEVEL_HOURS
from anlan.monitoring.choices import DraftState
from anlan.monitoring.models import IncidentDraft

SUBJECT, NAME = "monitoring.incidentdraft", "report"
# An assumption until the office decides: enough to finish a report, and twice when it is late.
LADDER = [
    Rung(step="soon", minutes_before=60),
    Rung(step="now", minutes_before=20),
    Rung(step="passed", minutes_after=0),
    Rung(step="long", minutes_after=60),
]
# Who is called at each step: those who write the report, and those who take it over.
_CALLED = {
    "soon": ("staff", "office"), "now": ("head", "office"),
    "passed": ("head", "chief"), "long": ("head", "chief"),
}  # fmt: skip


def until(knew_at: datetime) -> datetime:
    """When the hours of the department's level have passed."""
    return knew_at + timedelta(hours=float(values(DEFAULTS)[LEVEL_HOURS]))


def run(write: Write, draft: IncidentDraft, knew_at: datetime) -> None:
    """From when the department knew; again where that is mended."""
    due_at = until(knew_at)
    clock = deadlines.find(draft, NAME)
    if clock is None:
        deadlines.start(write, draft, NAME, due_at=due_at, ladder=LADDER)
    elif clock.running:
        deadlines.move(write, draft, NAME, due_at=due_at)
    else:
        deadlines.reopen(write, draft, NAME, due_at=due_at)


def met(write: Write, draft: IncidentDraft) -> None:
    """It was taken over."""
    if deadlines.find(draft, NAME):
        deadlines.meet(write, draft, NAME)


def ended(write: Write, draft: IncidentDraft) -> None:
    """It was no accident."""
    if deadlines.find(draft, NAME):
        deadlines.end(write, draft, NAME)


@on_step(SUBJECT, NAME)
def call(write: Write, clock: Deadline, step: str) -> str:
    """Those with whom the report lies now are called."""
    found = IncidentDraft.objects.select_related("site__regulator", "site__area", "alarm")
    draft = found.get(pk=clock.subject_id)
    writer, receiver = _CALLED[step]
    submitted = draft.state == DraftState.SUBMITTED
    users, capacity = line.people(draft.site, receiver if submitted else writer)
    said = _said(clock, step, submitted=submitted)
    if not users:
        return f"{said}，没有可以通知的账号，请指定值班人员"
    notify(
        users=users, kind="draft.hours", title=f"{said}：{draft.site}"[:120],
        text=f"{draft.alarm.point}，{draft.alarm.rule}。{_ask(submitted=submitted)}"[:1000],
        link=reverse("monitoring:draft", args=[draft.pk]), urgent=True,
    )  # fmt: skip
    return f"{said}，通知{capacity} {len(users)} 人"


def _said(clock: Deadline, step: str, *, submitted: bool) -> str:
    still = "已提交、未接收" if submitted else "未提交"
    at = f"{timezone.localtime(clock.due_at):%-m月%-d日 %H:%M}"
    passed = step in ("passed", "long")
    return f"事故上报时限{at}{'已届满' if passed else '将届满'}，初报{still}"


def _ask(*, submitted: bool) -> str:
    return "请立即接收并逐级上报。" if submitted else "请立即填写并提交，不清楚的写明“正在核实”。"
