"""Reads of the plan, always scoped to the viewer."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy
from anlan.kernel.access.scope import within_areas
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.kernel.orgs.selectors import COUNTY_RANK
from anlan.plan.choices import ExtensionState, OrderState, ReportState
from anlan.plan.models import Duty, Extension, KeyDuty, Plan, Report, SupervisionOrder
from anlan.plan.policies import DECIDE, FOLLOW, OFFICE, SUPERVISE, UNIT, VERIFY
from anlan.plan.tally import Tally, suffices


def plan_of(year: int | None = None) -> Plan | None:
    """The plan of ``year``, or the newest one; None while nothing is published."""
    plans = Plan.objects.select_related("area").order_by("-year")
    return plans.filter(year=year).first() if year else plans.first()


def plans() -> QuerySet[Plan]:
    """All plans, newest first."""
    return Plan.objects.order_by("-year")


def duties(actor: Actor) -> QuerySet[Duty]:
    """The duties that the actor sees, with what lists show of them."""
    return (
        Duty.objects.visible_to(actor)
        .running()
        .select_related("key_duty", "clause", "organisation", "area", "parent__organisation")
    )


def my_duties(actor: Actor) -> QuerySet[Duty]:
    """What waits for the actor's own organisations: their duties, most urgent first."""
    own = [g.organisation_id for g in actor.grants if g.role in UNIT]
    waiting = Report.objects.filter(duty=OuterRef("pk"), state=ReportState.SUBMITTED)
    return (
        duties(actor)
        .filter(organisation_id__in=own)
        .annotate(waits=Exists(waiting))
        .order_by("due_on", "key_duty__number", "pk")
    )


def duty(actor: Actor, pk: int) -> Duty:
    """One duty; Unknown outside the actor's scope. A cancelled one stays readable."""
    found = (
        Duty.objects.visible_to(actor)
        .select_related(
            "key_duty__plan",
            "clause",
            "organisation",
            "area",
            "parent__organisation",
            "counted_by__definition",
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Unknown("没有这项任务，或它不在您的管辖范围内。")
    return found


def key_duty(actor: Actor, pk: int) -> KeyDuty:
    """A key duty: the notice is known to all who work on it."""
    found = KeyDuty.objects.select_related("plan__area").filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这项重点任务。")
    return found


# --- what waits for a decision -----------------------------------------------------------------


def to_verify(actor: Actor) -> QuerySet[Report]:
    """Submitted reports that fall to the actor to verify."""
    return (
        Report.objects.filter(_falls_to(actor, VERIFY), state=ReportState.SUBMITTED)
        .select_related("duty__organisation", "duty__key_duty", "duty__clause", "author")
        .order_by("submitted_at")
    )


def to_decide(actor: Actor) -> QuerySet[Extension]:
    """Applications for more time that fall to the actor to decide."""
    return (
        Extension.objects.filter(_falls_to(actor, DECIDE), state=ExtensionState.APPLIED)
        .select_related("duty__organisation", "duty__key_duty", "applicant")
        .order_by("applied_at")
    )


def orders_to_decide(actor: Actor) -> QuerySet[SupervisionOrder]:
    """Orders that wait for the office: a proposal for its chief, an answer for any of it."""
    if not FOLLOW.allows(actor):
        return SupervisionOrder.objects.none()
    plan = "duty__key_duty__plan__area"
    answered = Q(state=OrderState.ANSWERED) & within_areas(actor, plan, *FOLLOW.roles)
    proposed = Q(state=OrderState.PROPOSED) & within_areas(actor, plan, *SUPERVISE.roles)
    return orders(actor).filter(answered | proposed).order_by("proposed_at", "pk")


def waiting_count(actor: Actor) -> int:
    """How much waits for the actor to decide."""
    decides = DECIDE.allows(actor)
    return (
        to_verify(actor).count()
        + (to_decide(actor).count() if decides else 0)
        + (orders_to_decide(actor).count() if FOLLOW.allows(actor) else 0)
    )


def orders(actor: Actor) -> QuerySet[SupervisionOrder]:
    """The supervision orders on duties that the actor sees; a mere proposal only the office."""
    seen = SupervisionOrder.objects.filter(duty__in=Duty.objects.visible_to(actor)).select_related(
        "duty__organisation", "duty__key_duty__plan__area", "signatory"
    )
    mere = Q(state__in=[OrderState.PROPOSED, OrderState.DISMISSED])
    return seen.exclude(mere & ~within_areas(actor, "duty__area", *OFFICE))


def _falls_to(actor: Actor, policy: Policy) -> Q:
    """Duties given by the notices of his office's areas; sub-duties that his organisations gave:
    by those grants that are enough for ``policy``."""
    falls = Q(pk__in=[])
    for grant in actor.grants:
        if grant.role not in frozenset(policy.roles):
            continue
        if grant.role in OFFICE:
            area = "duty__key_duty__plan__area__path"
            inside = Q(**{area: grant.area.path}) | Q(
                **{f"{area}__startswith": f"{grant.area.path}/"}
            )
            falls |= Q(duty__parent=None) & inside
        elif grant.role in UNIT:
            falls |= Q(duty__parent__organisation_id=grant.organisation_id)
    return falls


def by_standing(rows: QuerySet[Duty]) -> dict[str, int]:
    """How many of ``rows`` stand where."""
    counted = rows.order_by().values("standing").annotate(count=Count("pk"))
    return {row["standing"]: row["count"] for row in counted}


def tallied(
    actor: Actor,
    *,
    plan: int | str = "",
    key_duty: int | str = "",
    area: str = "",
    level: str = "",
    year: int | None = None,
) -> dict[str, int] | None:
    """How many of the duties that the actor sees stand where: the same work whatever their number.

    Narrowed by the year or the id of a plan, by a key duty, by the code of an area of county rank
    or of the city (its own units), by ``top`` or ``handed``. None where the tally does not tell:
    of smaller areas, and see :func:`anlan.plan.tally.suffices`.
    """
    if not suffices(actor) or (area and not _is_tallied(area)):
        return None
    rows = Tally.objects.visible_to(actor)
    named = {
        "key_duty__plan": plan,
        "key_duty": key_duty,
        "area__code": area,
        "key_duty__plan__year": year,
    }
    rows = rows.filter(**{name: value for name, value in named.items() if value})
    if level:
        rows = rows.filter(handed=level == "handed")
    counted = rows.values("standing").annotate(count=Sum("count")).filter(count__gt=0)
    return {row["standing"]: row["count"] for row in counted}


def _is_tallied(code: str) -> bool:
    return Area.objects.filter(code=code, level__in=[AreaLevel.CITY, *COUNTY_RANK]).exists()
