"""Deciding a dispute: the regulator is set with the decision, or neither is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import F
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, Unknown, WrongState
from anlan.kernel.orgs.models import Area, AreaLevel, Organisation
from anlan.kernel.orgs.selectors import areas_of_county_rank
from anlan.kernel.write import Write
from anlan.registry import flow, opinion_clocks, policies
from anlan.registry.choices import DisputeScope
from anlan.registry.models import Dispute, Enterprise, Sector, Site
from anlan.registry.regulators import Regulators
from anlan.registry.services import telling
from anlan.registry.services.disputes import happened, require_existing, require_place

_BATCH = 1000


def dispute_decide(
    *,
    actor: Actor,
    dispute: int,
    regulator: Organisation,
    scope: str,
    reason: str,
    basis: str,
    effective_on: date,
) -> Dispute:
    """Name who regulates the subject, or the whole line of business, from a day on.

    For a line of business the organisation of the city becomes its default regulator, and in a
    county the organisation there whose code ends alike, where the counties have one. Subjects
    that follow the default follow the new one; one that was given a regulator for a reason of its
    own keeps it. Second person: not who raised it. Refused: an answer is still awaited; a
    regulator out of the office's area; a day before it was raised, or to come. WrongState:
    decided or withdrawn meanwhile.
    """
    policies.DECIDE.require(actor)
    reason, basis = reason.strip(), basis.strip()
    with Write(actor, "registry.dispute.decide", reason=reason) as write:
        found, subject = _both(write, dispute, scope)
        require_place(found, "decide", actor)
        flow.DISPUTE.check(found, "decide", actor, reason=reason)
        _check(found, actor, regulator, scope, basis, effective_on)
        decision = {
            "regulator": regulator,
            "scope": scope,
            "sector": subject.sector if scope == DisputeScope.SECTOR else None,
            "closing_reason": reason,
            "decision_basis": basis,
            "effective_on": effective_on,
            "closed_by": actor.person,
            "closed_at": timezone.now(),
        }
        flow.DISPUTE.move(write, found, "decide", fields=decision, reason=reason)
        named = regulator
        if scope == DisputeScope.SECTOR:
            named = _settle_sector(write, subject, regulator)
        write.change(
            subject,
            regulator=named,
            regulator_reason=f"归属争议决定：{basis}"[:300],
            revision=subject.revision + 1,
        )
        opinion_clocks.end(write, found)
        happened(write, found, "decided", *dict.fromkeys([found.organisation, named]))
        telling.decided(found)
    return found


def _both(write: Write, pk: int, scope: str) -> tuple[Dispute, Enterprise | Site]:
    """The dispute and its subject, locked: the line of business first, then the subject, then the
    dispute, so that two who decide never lock each other up."""
    visible = Dispute.objects.visible_to(write.actor)
    seen: Dispute | None = visible.filter(pk=pk).first()
    if seen is None:
        raise Unknown
    before = seen.subject
    if scope == DisputeScope.SECTOR:
        Sector.objects.select_for_update().get(pk=before.sector_id)
    # Who was asked sees the dispute and not its subject: that he may not decide is told below.
    subject = write.lock(type(before).objects.all(), before.pk)
    found = write.lock(visible, pk)
    if found.subject != subject or subject.sector_id != before.sector_id:
        raise WrongState("对象刚刚被另一人修改或合并，决定没有保存。请刷新后再看。")
    return found, subject


def _check(
    dispute: Dispute,
    actor: Actor,
    regulator: Organisation,
    scope: str,
    basis: str,
    effective_on: date,
) -> None:
    today = timezone.localdate()
    if waiting := [str(o.organisation) for o in dispute.opinions.all() if o.awaited(today)]:
        raise Refused(
            "answers_awaited",
            f"{'、'.join(waiting)}还没有答复，答复期限未到。都答复或期限过后才能决定。",
        )
    if not basis:
        raise Refused("basis_missing", "请填写决定依据，如法律条款、会议纪要、文号。")
    if scope not in DisputeScope.values:
        raise Refused("scope_unknown", "请选择决定只对这个对象，还是对整个行业领域。")
    if not timezone.localdate(dispute.raised_at) <= effective_on <= today:
        raise Refused(
            "effective_day",
            f"起始日期须在提出争议之日（{timezone.localdate(dispute.raised_at)}）至今天之间："
            "监管责任不追溯到争议之前，监管部门随决定当时确定。",
        )
    require_existing(regulator)
    _check_reach(dispute, actor, regulator, scope)


def _check_reach(dispute: Dispute, actor: Actor, regulator: Organisation, scope: str) -> None:
    areas = _offices(actor, dispute.subject.area)
    if not any(each.covers(regulator.area) for each in areas):
        raise Refused("regulator_beyond", f"{regulator}不在您的管辖范围内，请由上一级安委办决定。")
    if scope != DisputeScope.SECTOR:
        return
    if not any(each.level == AreaLevel.CITY for each in areas):
        raise Refused("sector_of_the_city", "整个行业领域的监管部门由市安委办决定。")
    if regulator.area.level != AreaLevel.CITY:
        raise Refused(
            "regulator_of_a_part",
            f"{regulator}是{regulator.area}的单位，不能监管全市的行业领域。请选择市级部门，"
            "县级由与它对应的部门监管。",
        )


def _offices(actor: Actor, area: Area) -> list[Area]:
    """The areas of the grants by which the actor decides here."""
    grants = policies.DECIDE.grants(actor)
    return [each.area for each in grants if each.area.covers(area)]


# --- a whole line of business ---------------------------------------------------------------------


def _settle_sector(
    write: Write, subject: Enterprise | Site, regulator: Organisation
) -> Organisation:
    """Let the organisation regulate the subject's line of business; who regulates the subject."""
    before = Regulators()
    write.change(
        subject.sector,
        city_regulator=regulator,
        county_regulator=_ending(regulator),
        verified=True,
    )
    after = Regulators()
    parts = _with_parts(after.sectors.values(), subject.sector_id)
    for model in (Enterprise, Site):
        _follow(model, parts, before, after)
    return after.of(subject.sector_id, subject.area) or regulator


def _ending(regulator: Organisation) -> str:
    """What the codes of the counties' counterparts end with; empty where there is none."""
    ending: str = regulator.code.removeprefix(f"{regulator.area.code}-")
    counties = areas_of_county_rank().values_list("code", flat=True)
    codes = [f"{county}-{ending}" for county in counties]
    return ending if Organisation.objects.filter(code__in=codes).exists() else ""


def _with_parts(sectors: Iterable[Sector], root: int) -> set[int]:
    """The sector and all that are part of it."""
    all_of_them, found = list(sectors), {root}
    while more := {s.pk for s in all_of_them if s.parent_id in found} - found:
        found |= more
    return found


def _follow(
    model: type[Enterprise] | type[Site], sectors: set[int], before: Regulators, after: Regulators
) -> None:
    """Give subjects that follow the default the new one."""
    rows = model.objects.standing().filter(sector__in=sectors, regulator_reason="")
    moves: dict[int, list[int]] = defaultdict(list)
    for each in rows.select_related("area").order_by("pk").iterator(_BATCH):
        old, new = (who.of(each.sector_id, each.area) for who in (before, after))
        if new and each.regulator_id != new.pk and each.regulator_id in (None, old and old.pk):
            moves[new.pk].append(each.pk)
    for regulator, subjects in moves.items():
        for start in range(0, len(subjects), _BATCH):
            chunk = model.objects.filter(pk__in=subjects[start : start + _BATCH])
            chunk.update(regulator=regulator, revision=F("revision") + 1)
