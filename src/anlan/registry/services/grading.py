"""Setting the grade of risk of an enterprise or a site."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused
from anlan.kernel.write import Write
from anlan.registry import policies
from anlan.registry.choices import Colour
from anlan.registry.models import Enterprise, Grade, Site
from anlan.registry.services.locking import Stale, locked


def grade_set(
    *,
    actor: Actor,
    subject: Enterprise | Site,
    colour: str,
    basis: str,
    reason: str,
    set_on: date,
    seen: int | None = None,
) -> Grade:
    """Give the subject a grade; the one before stays on record.

    ``seen``: the key of the newest grade that the clerk saw, 0 for none; None where it is no
    matter. Refused: no colour, basis or reason; a day to come, or before the newest grade's.
    WrongState: another has graded it since.
    """
    policies.KEEP.require(actor)
    basis, reason = basis.strip(), reason.strip()
    if not basis or not reason:
        raise Refused("grade_without_reason", "请写明评定依据和理由。")
    if colour not in Colour.values:
        raise Refused("grade_unknown", "请选择红、橙、黄、蓝之一。")
    with Write(actor, "registry.grade.set", reason=reason) as write:
        found = locked(write, type(subject), subject.pk)
        newest = found.grades.first()
        if seen is not None and seen != (newest.pk if newest else 0):
            raise Stale(found)
        _check_day(set_on, newest)
        kind = "site" if isinstance(found, Site) else "enterprise"
        made = write.add(
            Grade(
                colour=colour,
                basis=basis,
                reason=reason,
                set_on=set_on,
                set_by=actor.user,
                **{kind: found},
            )
        )
        if found.grade != colour:
            write.change(found, grade=colour)
        write.event(f"{kind}.graded", found, area=found.area, organisation=found.regulator)
    return made


def _check_day(set_on: date, newest: Grade | None) -> None:
    if set_on > timezone.localdate():
        raise Refused("grade_in_future", "评定日期不能晚于今天。")
    if newest and set_on < newest.set_on:
        raise Refused("grade_before_newest", f"评定日期不能早于上一次评定的日期 {newest.set_on}。")
