"""Where the entries of a calendar come from. Each source asks one query, whatever the stretch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from anlan.almanac.days import FixedDay, Span, occurrences
from anlan.almanac.entries import Entry, Kind
from anlan.almanac.policies import OFFICE, OVERVIEW, UNIT
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.scope import within_areas
from anlan.kernel.orgs.models import Membership
from anlan.kernel.orgs.selectors import in_force
from anlan.plan.choices import DutyState, ExtensionState, OrderState
from anlan.plan.models import Duty, Extension, SupervisionOrder
from anlan.plan.selectors import my_duties
from anlan.registry.choices import OPEN_DISPUTE
from anlan.registry.models import Opinion

Source = Callable[[Actor, Span], Iterable[Entry]]


def fixed(actor: Actor, within: Span) -> Iterable[Entry]:
    """The fixed days; those that concern an organisation of the actor are his own."""
    codes, groups = _memberships(actor)
    for day, span in occurrences(within):
        own = bool(codes & set(day.organisations) or groups & set(day.groups))
        yield Entry(
            key=f"fixed-{day.code}-{span.first.year}",
            kind=Kind.FIXED,
            span=span,
            title=day.name,
            url=f"{reverse('almanac:fixed')}#{day.code}",
            note=_note(day, span),
            own=own,
        )


def duties(actor: Actor, within: Span) -> Iterable[Entry]:
    """The due dates of his own organisations' duties, each period by itself."""
    rows = my_duties(actor).filter(due_on__range=_edges(within))
    for each in rows:
        yield Entry(
            key=f"duty-{each.pk}",
            kind=Kind.DUTY,
            span=_on(each.due_on),
            title=each.title,
            url=_duty(each.pk),
            note=f"{each.organisation}，{each.get_role_display()}",
            done=each.state != DutyState.OPEN,
            standing=each.standing,
        )


def orders(actor: Actor, within: Span) -> Iterable[Entry]:
    """Orders that wait for an answer: of his own organisations, of his office's area."""
    whose = _of_units(actor, "duty__organisation") | within_areas(
        actor, "duty__key_duty__plan__area", *OFFICE
    )
    rows = SupervisionOrder.objects.filter(
        whose, state=OrderState.ISSUED, until__range=_edges(within)
    )
    for each in rows.select_related("duty__organisation"):
        if each.until is None:  # for the types: the range leaves none
            continue
        yield Entry(
            key=f"order-{each.pk}",
            kind=Kind.ORDER,
            span=_on(each.until),
            title=f"督办 {each.number} 回复期限",
            url=_duty(each.duty_id),
            note=f"{each.duty.organisation}：{each.duty.title}",
        )


def extensions(actor: Actor, within: Span) -> Iterable[Entry]:
    """Days that his own organisations have applied for and that nobody has decided on yet."""
    rows = Extension.objects.filter(
        _of_units(actor, "duty__organisation"),
        state=ExtensionState.APPLIED,
        until__range=_edges(within),
    )
    for each in rows.select_related("duty"):
        yield Entry(
            key=f"extension-{each.pk}",
            kind=Kind.EXTENSION,
            span=_on(each.until),
            title=f"申请延至今天，待审批：{each.duty.title}",
            url=_duty(each.duty_id),
            note=f"原期限 {each.was_due}",
        )


def opinions(actor: Actor, within: Span) -> Iterable[Entry]:
    """Opinions on disputes that his own organisations owe."""
    rows = Opinion.objects.filter(
        _of_units(actor, "organisation", (*OFFICE, *UNIT)),
        given_at__isnull=True,
        dispute__state__in=OPEN_DISPUTE,
        until__range=_edges(within),
    )
    for each in rows.select_related("organisation", "dispute__enterprise", "dispute__site"):
        yield Entry(
            key=f"opinion-{each.pk}",
            kind=Kind.OPINION,
            span=_on(each.until),
            title=f"归属意见答复期限：{each.dispute.subject}",
            url=reverse("registry:dispute", args=[each.dispute_id]),
            note=str(each.organisation),
        )


def counts(actor: Actor, within: Span) -> list[Entry]:
    """How many open duties of the areas that he oversees are due each day."""
    rows = (
        Duty.objects.filter(within_areas(actor, "area", *OVERVIEW), state=DutyState.OPEN)
        .filter(due_on__range=_edges(within))
        .order_by()
        .values("due_on")
        .annotate(count=Count("pk"))
    )
    return [
        Entry(
            key=f"count-{each['due_on']}",
            kind=Kind.COUNT,
            span=_on(each["due_on"]),
            title=f"{each['count']} 项任务到期未办结"
            if each["due_on"] < timezone.localdate()
            else f"{each['count']} 项任务到期",
            url=reverse("almanac:day", args=[each["due_on"]]),
        )
        for each in rows
    ]


EACH: Sequence[Source] = (fixed, duties, orders, extensions, opinions)


# --- parts ----------------------------------------------------------------------------------------


def _note(day: FixedDay, span: Span) -> str:
    until = f"至 {span.last:%-m 月 %-d 日}。" if span.days > 1 else ""
    announced = span.first.year in day.announced
    doubt = "" if day.verified or announced else "（日期待核实，以当年通知为准）"
    return f"{until}{day.todo}{doubt}"


def _memberships(actor: Actor) -> tuple[set[str], set[str]]:
    """The codes of his own organisations as a unit, and of the groups that they are in today."""
    grants = [each for each in actor.grants if each.role in UNIT]
    if not grants:
        return set(), set()
    rows = Membership.objects.filter(
        in_force(timezone.localdate()), organisation__in=[g.organisation_id for g in grants]
    )
    codes = {each.organisation.code for each in grants}
    return codes, set(rows.values_list("group__code", flat=True))


def _of_units(actor: Actor, field: str, roles: Iterable[str] = UNIT) -> Q:
    wanted = set(roles)
    own = [each.organisation_id for each in actor.grants if each.role in wanted]
    return Q(**{f"{field}__in": own})


def _edges(within: Span) -> tuple[date, date]:
    return within.first, within.last


def _on(day: date) -> Span:
    return Span(day, day)


def _duty(pk: int) -> str:
    return reverse("plan:duty", args=[pk])
