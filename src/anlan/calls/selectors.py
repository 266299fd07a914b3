"""Reads of calls, always scoped to the viewer."""

from __future__ import annotations

from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, QuerySet, When
from django.utils import timezone

from anlan.calls.choices import ExplanationState
from anlan.calls.models import Call, Charge, Decision, Explanation, FrozenDuty
from anlan.calls.visibility import sees_whole
from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.selectors import in_force
from anlan.plan.models import Duty, Plan


def calls(actor: Actor) -> QuerySet[Call]:
    """The calls that the actor sees, newest first."""
    return Call.objects.visible_to(actor).select_related("plan__area", "previous")


def call(actor: Actor, pk: int) -> Call:
    """One call; Unknown if it is none of the actor's."""
    found = calls(actor).filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这次调度，或它没有涉及您的单位。")
    return found


def plans(actor: Actor) -> list[Plan]:
    """The plans for which the actor may take calls, newest first."""
    found = Plan.objects.select_related("area").order_by("-year")
    return [each for each in found if sees_whole(actor, each.area)]


def listed(actor: Actor) -> QuerySet[Call]:
    """The calls with how many were asked and have answered, of those the actor sees."""
    mine = Explanation.objects.visible_to(actor)
    asked = Q(explanations__in=mine) & ~Q(explanations__state=ExplanationState.STRUCK)
    answered = asked & Q(explanations__state=ExplanationState.ANSWERED)
    return calls(actor).annotate(
        asked=Count("explanations", filter=asked, distinct=True),
        answered=Count("explanations", filter=answered, distinct=True),
    )


def rows(actor: Actor, call: Call) -> QuerySet[FrozenDuty]:
    """The frozen rows of a call that the actor sees, in the order in which they were frozen.
    ``opens``: whether he sees its duty as it is today, too."""
    live = Duty.objects.visible_to(actor).filter(pk=OuterRef("duty"))
    return (
        FrozenDuty.objects.visible_to(actor)
        .filter(call=call)
        .select_related("duty", "key_duty", "area", "organisation")
        .annotate(opens=Exists(live))
    )


def explanation(actor: Actor, pk: int) -> Explanation:
    """One explanation; Unknown outside the actor's scope."""
    found = (
        Explanation.objects.visible_to(actor)
        .select_related("call__plan__area", "organisation__area", "answered_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Unknown("没有这份说明，或它不是您单位的。")
    return found


def explanations(actor: Actor, call: Call) -> QuerySet[Explanation]:
    """Those of a call that the actor sees: who has not answered first."""
    order = ("organisation__area__sort", "organisation__sort", "pk")
    found = Explanation.objects.visible_to(actor).filter(call=call)
    return found.select_related("call", "organisation", "answered_by").order_by(*order)


def decisions(actor: Actor, call: Call) -> QuerySet[Decision]:
    """The decisions of a call that the actor sees, with whom they bind and what they became."""
    found = Decision.objects.visible_to(actor).filter(call=call)
    charges = Charge.objects.visible_to(actor).select_related("organisation__area", "duty")
    return found.select_related("key_duty", "author").prefetch_related(Prefetch("charges", charges))


def decision(actor: Actor, pk: int) -> Decision:
    """One decision; Unknown outside the actor's scope."""
    found = Decision.objects.visible_to(actor).select_related("call__plan__area").filter(pk=pk)
    if (row := found.first()) is None:
        raise Unknown("没有这项议定事项，或它没有涉及您的单位。")
    return row


def organisations_in(call: Call) -> QuerySet[Organisation]:
    """The organisations that have duties in the call."""
    return Organisation.objects.filter(pk__in=call.rows.values("organisation")).order_by(
        "area__sort", "sort", "pk"
    )


def not_asked(call: Call) -> QuerySet[Organisation]:
    """Of these those that are not on the list of who must explain."""
    return organisations_in(call).exclude(pk__in=call.explanations.values("organisation"))


def chargeable(call: Call) -> QuerySet[Organisation]:
    """Whom a decision may bind today: who has duties in the call and exists. The counties first."""
    found = organisations_in(call).filter(in_force(timezone.localdate()))
    of_the_city = Case(When(area=call.plan.area, then=1), default=0)
    return found.order_by(of_the_city, "area__sort", "sort", "pk")
