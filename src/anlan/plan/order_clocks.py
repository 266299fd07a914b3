"""The clock of a supervision order: it runs while the unit owes an answer."""

from __future__ import annotations

from django.urls import reverse

from anlan.kernel.deadlines import services as deadlines
from anlan.kernel.deadlines.calendar import end_of
from anlan.kernel.deadlines.handlers import on_step
from anlan.kernel.deadlines.ladder import ladder
from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.plan import audience
from anlan.plan.choices import OrderState
from anlan.plan.models import SupervisionOrder

SUBJECT, NAME = "plan.supervisionorder", "answer"
LADDER = ladder(before=[1], after=[1])


def keep(write: Write, order: SupervisionOrder) -> None:
    """Make the clock say what the order says, after its state has changed."""
    clock = deadlines.find(order, NAME)
    if order.state == OrderState.ISSUED and order.until is not None:
        if clock is None:
            deadlines.start(write, order, NAME, due_at=end_of(order.until), ladder=LADDER)
        elif clock.met_at:
            deadlines.reopen(write, order, NAME)
    elif clock is not None:
        deadlines.meet(write, order, NAME)


@on_step(SUBJECT, NAME)
def remind(write: Write, clock: Deadline, step: str) -> str:
    """The day before remind the unit; the day after tell the office that no answer came."""
    order = SupervisionOrder.objects.select_related(
        "duty__organisation", "duty__key_duty__plan__area"
    ).get(pk=clock.subject_id)
    duty = order.duty
    if step == "remind":
        users, title = list(audience.owners(duty)), f"督办 {order.number} 将到回复期限"
    else:
        users = list(audience.office(duty.key_duty.plan.area))
        title = f"督办 {order.number} 逾期未回复"
    notify(
        users=users,
        kind=f"order.{step}",
        title=title,
        text=f"回复期限 {order.until:%Y-%m-%d}，责任单位{duty.organisation}。{order.grounds}",
        link=reverse("plan:duty", args=[duty.pk]),
    )
    return f"{title}，告知 {len(users)} 人"
