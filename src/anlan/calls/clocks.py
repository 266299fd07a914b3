"""The clock of an explanation: it runs to the moment of the meeting while an answer is owed."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from anlan.calls import audience
from anlan.calls.choices import RUNNING, ExplanationState
from anlan.calls.models import Explanation
from anlan.calls.reminding import hours_before
from anlan.kernel.deadlines import services as deadlines
from anlan.kernel.deadlines.handlers import on_step
from anlan.kernel.deadlines.ladder import Rung
from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.norms.values import values
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write

SUBJECT, NAME = "calls.explanation", "answer"
REMINDERS = "call.reminder_hours"


def keep(write: Write, explanation: Explanation) -> None:
    """Make the clock say what explanation and call say, after the state of either has changed."""
    clock = deadlines.find(explanation, NAME)
    due_at = explanation.call.meets_at
    if explanation.call.state not in RUNNING or explanation.state == ExplanationState.STRUCK:
        if clock is not None and clock.met_at is None:
            deadlines.end(write, explanation, NAME)
    elif explanation.state == ExplanationState.ANSWERED:
        if clock is not None:
            deadlines.meet(write, explanation, NAME)
    elif explanation.after_meeting:
        return  # there is no moment any more to which it could run
    elif clock is None:
        deadlines.start(write, explanation, NAME, due_at=due_at, ladder=_ladder(due_at))
    elif clock.met_at or clock.ended_at:
        deadlines.reopen(write, explanation, NAME, due_at=due_at)


def _ladder(meets_at: datetime) -> list[Rung]:
    """So many hours before, by the norm in force, in hours of work; two that come to lie together
    are one. And at the meeting's moment itself."""
    wanted, now = values({REMINDERS: [24, 4]})[REMINDERS], timezone.now()
    hours = {hours_before(int(each), meets_at, now) for each in wanted}
    before = [Rung(step="remind", hours_before=each) for each in sorted(hours, reverse=True)]
    return [*before, Rung(step="escalate", hours_after=0)]


@on_step(SUBJECT, NAME)
def remind(write: Write, clock: Deadline, step: str) -> str:
    """Before the meeting remind the organisation; at its moment tell the office who is silent."""
    found = Explanation.objects.select_related("organisation", "call__plan__area").get(
        pk=clock.subject_id
    )
    call = found.call
    at = f"{timezone.localtime(call.meets_at):%Y-%m-%d %H:%M}"
    if step == "remind":
        users = list(audience.asked(found))
        title, text = f"{call}：说明将到期", f"会议时间 {at}，请在会前填写说明。"
        link = reverse("calls:explanation", args=[found.pk])
    else:
        users = list(audience.office(call))
        title, text = f"{call}：有单位尚未说明", f"到会议时间 {at}，{found.organisation}没有说明。"
        link = reverse("calls:call", args=[call.pk])
    notify(users=users, kind=f"call.{step}", title=title, text=text, link=link)
    return f"{title}（{found.organisation}），告知 {len(users)} 人"
