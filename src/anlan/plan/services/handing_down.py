"""Handing a duty down the tree: city → county → township → village."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.notify.services import notify
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.selectors import answering_to
from anlan.kernel.write import Write
from anlan.plan import audience, clocks, flow, policies
from anlan.plan.choices import DutyState
from anlan.plan.models import Duty
from anlan.plan.services.standings import standing_of


def below(duty: Duty) -> QuerySet[Organisation]:
    """The organisations directly below the duty's owner: to whom it may be handed down."""
    return answering_to(duty.organisation, on=timezone.localdate())


def hand_down(
    *,
    actor: Actor,
    duty: int,
    organisations: Iterable[int],
    due_on: date,
    note: str = "",
    target: Decimal | None = None,
) -> list[Duty]:
    """Give each of ``organisations`` a sub-duty, due no later than the duty itself.

    Those that have it already keep theirs. Refused: not the owner's head; an organisation that is
    not directly below; a date outside the duty's own; a target where the duty has none. Tells the
    organisations' people.
    """
    wanted = set(organisations)
    with Write(actor, "plan.duty.hand_down", reason=note) as write:
        row = write.lock(Duty.objects.visible_to(actor), duty)
        _may_hand_down(row, actor)
        _check_date(row, due_on)
        _check_target(row, target)
        receivers = list(below(row).filter(pk__in=wanted))
        if not wanted:
            raise Refused("nobody", "请至少选择一个下级单位。")
        if len(receivers) != len(wanted):
            raise Refused("not_below", "所选单位中有不属于本单位直接下级的，请重新选择。")
        has = set(row.parts.running().values_list("organisation_id", flat=True))
        return [
            _give(write, row, each, due_on=due_on, note=note.strip(), target=target)
            for each in receivers
            if each.pk not in has
        ]


def _check_date(duty: Duty, due_on: date) -> None:
    if due_on > duty.due_on or due_on < duty.period_start:
        raise Refused(
            "date_outside",
            f"完成期限须在 {duty.period_start} 至 {duty.due_on} 之间（填写的是 {due_on}）。",
        )


def _check_target(duty: Duty, target: Decimal | None) -> None:
    if target is None:
        return
    if duty.target is None:
        raise Refused("target_unwanted", "这项任务没有数量要求，不能给下级单位定目标值。")
    if not target.is_finite() or target <= 0:
        raise Refused("target_not_positive", f"目标值须大于 0（填写的是 {target}）。")


def _may_hand_down(duty: Duty, actor: Actor) -> None:
    if not policies.HAND_DOWN.allows(actor):
        raise Forbidden("分解下达由单位负责人办理。")
    if reason := flow.owns(duty, actor, policies.HAND_DOWN):
        raise Forbidden(reason)
    if duty.state != DutyState.OPEN:
        raise WrongState(f"任务{duty.get_state_display()}，不能再分解下达。")


def _give(
    write: Write,
    parent: Duty,
    organisation: Organisation,
    *,
    due_on: date,
    note: str,
    target: Decimal | None,
) -> Duty:
    duty = Duty(
        key_duty=parent.key_duty,
        clause=parent.clause,
        parent=parent,
        organisation=organisation,
        area=organisation.area,
        role=parent.role,
        origin=parent.origin,
        source=parent.source,
        source_name=parent.source_name,
        title=parent.title,
        note=note,
        target=target,
        period_start=parent.period_start,
        due_on=due_on,
    )
    duty.standing = standing_of(duty)
    write.add(duty)
    clocks.start(write, [duty])
    notify(
        users=audience.owners(duty),
        kind="duty.handed_down",
        title=f"{parent.organisation}下达了任务",
        text=duty.title,
        link=reverse("plan:duty", args=[duty.pk]),
    )
    write.event(
        "duty.handed_down", duty, area=duty.area, organisation=organisation, parent=parent.pk
    )
    return duty
