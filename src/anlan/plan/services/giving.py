"""Giving duties that the notice does not name: what a progress call decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.errors import Refused
from anlan.kernel.notify.services import notify
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.selectors import in_force
from anlan.kernel.write import Write
from anlan.plan import audience, clocks
from anlan.plan.choices import DutyOrigin, UnitRole
from anlan.plan.models import Duty, KeyDuty
from anlan.plan.periods import require_possible
from anlan.plan.services.standings import standing_of


def give(
    *,
    write: Write,
    key_duty: KeyDuty,
    organisations: Iterable[Organisation],
    title: str,
    due_on: date,
    origin: DutyOrigin,
    source: int,
    source_name: str,
) -> list[Duty]:
    """A duty of ``key_duty`` for each organisation, from today on, within the caller's ``write``:
    who may give duties is the business of the one who decides on them.

    Refused: nobody to give it to; a date before today; a key duty that a revision took out; an
    organisation that does not exist today. Starts the clocks and tells the organisations' people.
    """
    if origin == DutyOrigin.NOTICE:
        raise ValueError("what the notice gives is published")
    receivers = list(organisations)
    check(key_duty=key_duty, organisations=receivers, due_on=due_on)
    duties = [
        _give(
            write,
            Duty(
                key_duty=key_duty,
                organisation=each,
                area=each.area,
                role=UnitRole.RESPONSIBLE,
                title=title,
                period_start=timezone.localdate(),
                due_on=due_on,
                origin=origin,
                source=source,
                source_name=source_name,
            ),
        )
        for each in receivers
    ]
    clocks.start(write, duties)
    return duties


def check(*, key_duty: KeyDuty, organisations: Iterable[Organisation], due_on: date) -> None:
    """Refused if such a duty cannot be given today."""
    today = timezone.localdate()
    wanted = {each.pk: each for each in organisations}
    require_possible(due_on)
    if due_on < today:
        raise Refused("date_past", f"完成期限不能早于今天（填写的是 {due_on}）。")
    if not wanted:
        raise Refused("nobody", "请至少选择一个责任单位。")
    if key_duty.retired_at is not None:
        raise Refused(
            "key_duty_retired", f"重点任务“{key_duty.title}”已因通知修订取消，请改选其他重点任务。"
        )
    there = Organisation.objects.filter(in_force(today), pk__in=wanted)
    gone = wanted.keys() - set(there.values_list("pk", flat=True))
    if gone:
        names = "、".join(str(wanted[pk]) for pk in sorted(gone))
        raise Refused("organisation_gone", f"{names}已撤销或尚未成立，不能承担任务，请改选单位。")


def _give(write: Write, duty: Duty) -> Duty:
    duty.standing = standing_of(duty)
    write.add(duty)
    notify(
        users=audience.owners(duty),
        kind="duty.given",
        title=f"{duty.get_origin_display()}安排了任务",
        text=f"{duty.title}。完成期限 {duty.due_on:%Y-%m-%d}，来源：{duty.source_name}。",
        link=reverse("plan:duty", args=[duty.pk]),
    )
    write.event("duty.given", duty, area=duty.area, organisation=duty.organisation)
    return duty
