"""Deciding a dispute: the regulator is set with the decision, or neither is."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, Unknown, WrongState
from anlan.kernel.orgs.models import AreaLevel, Organisation
from anlan.kernel.write import Write
from anlan.registry import flow, opinion_clocks, policies
from anlan.registry.choices import DisputeScope
from anlan.registry.models import Dispute, Enterprise, Sector, Site
from anlan.registry.services import lines, telling
from anlan.registry.services.disputes import happened, require_existing, require_place
from anlan.registry.services.lines import Move


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
    own keeps it, and one with an open dispute waits for that. Second person: not who raised it.
    Refused: an answer is still awaited; a regulator out of the office's area; a day before it was
    raised, or to come. WrongState: decided or withdrawn meanwhile.
    """
    policies.DECIDE.require(actor)
    reason, basis = reason.strip(), basis.strip()
    with Write(actor, "registry.dispute.decide", reason=reason) as write:
        found, subject = _both(write, dispute, scope)
        require_place(found, "decide", actor)
        flow.DISPUTE.check(found, "decide", actor, reason=reason)
        _check(found, regulator, scope, basis, effective_on)
        office = _office(found, actor, regulator, scope)
        decision = {
            "regulator": regulator,
            "scope": scope,
            "sector": subject.sector if scope == DisputeScope.SECTOR else None,
            "closing_reason": reason,
            "decision_basis": basis,
            "effective_on": effective_on,
            "closed_by": actor.person,
            "closed_at": timezone.now(),
            "decided_for": office,
        }
        flow.DISPUTE.move(write, found, "decide", fields=decision, reason=reason)
        named, moves = regulator, list[Move]()
        if scope == DisputeScope.SECTOR:
            named, moves = lines.settle(write, subject, regulator)
        else:
            lines.give(write, subject, regulator, reason=f"归属争议决定：{basis}"[:300])
        opinion_clocks.end(write, found)
        happened(write, found, "decided", *dict.fromkeys([found.organisation, named]))
        telling.decided(found, named)
        _tell_of(write, found, moves)
    return found


def _tell_of(write: Write, dispute: Dispute, moves: list[Move]) -> None:
    """Each organisation that others came to or went from counts anew, and is told how many."""
    concerned = {each for move in moves for each in (move.left, move.joined) if each}
    for each in sorted(concerned, key=lambda organisation: organisation.pk):
        gained = [move for move in moves if move.joined == each]
        lost = [move for move in moves if move.left == each]
        write.event(
            "dispute.moved",
            dispute,
            area=each.area,
            organisation=each,
            gained=sum(move.count for move in gained),
            lost=sum(move.count for move in lost),
        )
        telling.moved(dispute, each, gained, lost)


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


def _office(dispute: Dispute, actor: Actor, regulator: Organisation, scope: str) -> Organisation:
    """In whose name the actor decides: that of the first of his grants that reaches so far."""
    grants = [g for g in policies.DECIDE.grants(actor) if g.area.covers(dispute.subject.area)]
    grants = [each for each in grants if each.area.covers(regulator.area)]
    if not grants:
        raise Refused("regulator_beyond", f"{regulator}不在您的管辖范围内，请由上一级安委办决定。")
    if scope == DisputeScope.SECTOR:
        grants = [each for each in grants if each.area.level == AreaLevel.CITY]
        if not grants:
            raise Refused("sector_of_the_city", "整个行业领域的监管部门由市安委办决定。")
        if regulator.area.level != AreaLevel.CITY:
            raise Refused(
                "regulator_of_a_part",
                f"{regulator}是{regulator.area}的单位，不能监管全市的行业领域。请选择市级部门，"
                "县级由与它对应的部门监管。",
            )
    found: Organisation = grants[0].organisation
    return found
