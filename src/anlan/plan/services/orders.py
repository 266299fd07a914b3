"""Supervision orders: a rule proposes, a person signs, the unit answers, the office closes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor, system
from anlan.kernel.access.models import User
from anlan.kernel.deadlines.calendar import add_working_days
from anlan.kernel.errors import Forbidden, Refused
from anlan.kernel.norms.values import values
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.plan import audience, flow, order_clocks
from anlan.plan.choices import DutyState, OrderState
from anlan.plan.models import Duty, SupervisionOrder
from anlan.plan.periods import require_possible
from anlan.plan.services.standings import restand

SUPERVISION = "duty.supervision_after_days"
_NUMBERING = 0x6E756D626572  # advisory lock: order numbers have no gaps and no twins


def propose_for_overdue(*, today: date | None = None) -> list[SupervisionOrder]:
    """Propose an order for every overdue duty that the same date has not yet given one.

    The rule only proposes; the office's chief signs or dismisses. It waits as many working days
    as the norm says. Sub-duties are the business of the unit that handed them down; and what was
    over when its plan was published (a year loaded afterwards) was never asked of anybody here:
    none is proposed for either.
    """
    today = today or timezone.localdate()
    running = SupervisionOrder.objects.exclude(state__in=[OrderState.DISMISSED, OrderState.CLOSED])
    overdue = (
        Duty.objects.filter(state=DutyState.OPEN, due_on__lt=_grace_began(today), parent=None)
        .filter(key_duty__plan__published_at__date__lte=F("due_on"))
        .exclude(orders__proposed_at__date__gt=F("due_on"))
        .exclude(pk__in=running.values("duty"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    made = (_propose(pk, today) for pk in list(overdue))
    return [order for order in made if order]


def _grace_began(today: date) -> date:
    """What was due before this day is overdue for as many working days as the norm allows."""
    days = int(values({SUPERVISION: 0}, on=today)[SUPERVISION])
    return min(today, add_working_days(today + timedelta(days=1), -days))


def _propose(pk: int, today: date) -> SupervisionOrder | None:
    """None if the duty was closed, or an order made for it, while this waited for the lock."""
    with Write(system(), "plan.order.propose") as write:
        duty = write.lock(Duty.objects.all(), pk)
        over = (OrderState.DISMISSED, OrderState.CLOSED)
        if duty.state != DutyState.OPEN or duty.orders.exclude(state__in=over).exists():
            return None
        days = (today - duty.due_on).days
        order = write.add(
            SupervisionOrder(
                duty=duty,
                grounds=f"{duty.organisation}的任务“{duty.title}”期限 {duty.due_on:%Y-%m-%d}，"
                f"截至 {today:%Y-%m-%d} 逾期 {days} 天未办结。",
            )
        )
        restand(write, duty)
        _tell(
            order,
            audience.office(duty.key_duty.plan.area, chief=True),
            "order.proposed",
            "有任务逾期，建议督办",
        )
    return order


def order_issue(*, actor: Actor, order: int, until: date, reason: str = "") -> SupervisionOrder:
    """Sign the order; it gets its number and goes to the unit, to be answered by ``until``."""
    reason = reason.strip()
    fields = {
        "until": until,
        "reason": reason,
        "signatory": actor.user,
        "issued_at": timezone.now(),
    }
    with Write(actor, "plan.order.issue", reason=reason) as write:
        row = _lock(write, order, "issue")
        require_possible(until)
        if until < timezone.localdate():
            raise Refused("date_past", f"回复期限不能早于今天（填写的是 {until}）。")
        flow.ORDER.move(write, row, "issue", fields=fields, until=until)
        write.change(row, number=_next_number(timezone.localdate().year))
        order_clocks.keep(write, row)
        _tell(row, audience.owners(row.duty), "order.issued", f"收到督办 {row.number}")
        _happened(write, row)
    return row


def order_dismiss(*, actor: Actor, order: int, reason: str) -> SupervisionOrder:
    """Decide not to supervise, with a reason that is kept."""
    return _move(actor, order, "dismiss", {"reason": reason.strip()}, reason=reason.strip())


def order_answer(*, actor: Actor, order: int, text: str) -> SupervisionOrder:
    """The unit says what it did."""
    fields = {"answer": text.strip(), "answered_at": timezone.now()}
    return _move(actor, order, "answer", fields, text=text.strip())


def order_reject(*, actor: Actor, order: int, reason: str) -> SupervisionOrder:
    """Send the answer back with a reason."""
    return _move(actor, order, "reject", {"reason": reason.strip()}, reason=reason.strip())


def order_close(*, actor: Actor, order: int, reason: str = "") -> SupervisionOrder:
    """Accept the answer."""
    return _move(actor, order, "close", {"reason": reason.strip()}, reason=reason.strip())


def _move(
    actor: Actor, order: int, verb: str, fields: dict[str, object], **inputs: str
) -> SupervisionOrder:
    with Write(actor, f"plan.order.{verb}", reason=inputs.get("reason", "")) as write:
        row = _lock(write, order, verb)
        flow.ORDER.move(write, row, verb, fields=fields, **inputs)
        order_clocks.keep(write, row)
        _tell_of(row, verb)
        _happened(write, row)
    return row


def _tell_of(order: SupervisionOrder, verb: str) -> None:
    """Within the write: people are told of what is committed, and only of that."""
    duty = order.duty
    if verb == "answer":
        office = audience.office(duty.key_duty.plan.area)
        _tell(order, office, "order.answered", f"督办 {order.number} 已回复")
    elif verb in ("reject", "close"):
        kind, done = {
            "reject": ("order.rejected", "被退回重办"),
            "close": ("order.closed", "已办结"),
        }[verb]
        _tell(order, audience.owners(duty), kind, f"督办 {order.number} {done}")


def _lock(write: Write, order: int, verb: str) -> SupervisionOrder:
    """Lock order: the duty first, then its order. Forbidden unless the actor may do ``verb``."""
    visible = SupervisionOrder.objects.filter(duty__in=Duty.objects.visible_to(write.actor))
    duty = visible.filter(pk=order).values_list("duty", flat=True).first()
    write.lock(Duty.objects.visible_to(write.actor), duty)
    row = write.lock(visible, order)
    transition = flow.ORDER[verb]
    transition.policy.require(write.actor)
    if transition.guard and (reason := transition.guard(row, write.actor)):
        raise Forbidden(reason)
    return row


def _next_number(year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERING])
    count = SupervisionOrder.objects.filter(number__contains=f"〔{year}〕").count()
    return f"吕安办督〔{year}〕{count + 1}号"


def _happened(write: Write, order: SupervisionOrder) -> None:
    duty = order.duty
    write.event(
        "order.changed", order, area=duty.area, organisation=duty.organisation, duty=duty.pk
    )


def _tell(order: SupervisionOrder, users: Iterable[User], kind: str, title: str) -> None:
    notify(
        users=users,
        kind=kind,
        title=title,
        text=order.grounds,
        link=reverse("plan:duty", args=[order.duty_id]),
    )
