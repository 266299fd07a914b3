"""Disputes about who regulates a subject: raising one, asking for opinions, giving one, taking it
back. Deciding stands in ``settling``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.selectors import exists_on
from anlan.kernel.write import Write
from anlan.registry import flow, opinion_clocks, policies
from anlan.registry.models import Dispute, Enterprise, Opinion, Site
from anlan.registry.services import telling
from anlan.registry.visibility import of_grant

MOST_DAYS = 90  # to answer in; an assumption, and a guard against a mistyped year
MOST_ASKED = 30


def dispute_raise(*, actor: Actor, subject: Enterprise | Site, reason: str, basis: str) -> Dispute:
    """Say that it is not clear, or not agreed upon, who regulates the subject.

    ``basis``: the law, rule or document that it cites. Unknown: not in the actor's sight.
    Forbidden: he sees it as a leader alone. WrongState: merged, or disputed already.
    """
    policies.DISPUTE.require(actor)
    reason, basis = _words(reason, "争议理由"), _words(basis, "引用的法律法规或文件")
    with Write(actor, "registry.dispute.raise", reason=reason) as write:
        found: Any = write.lock(type(subject).objects.visible_to(actor), subject.pk)
        if found.merged_into_id:
            raise WrongState(f"“{found}”已并入“{found.merged_into}”，请到那里提出。")
        if found.disputes.open().exists():
            raise WrongState(f"“{found}”已有一项没有办结的归属争议，请到那里补充意见。")
        made = write.add(
            Dispute(
                **{"site" if isinstance(found, Site) else "enterprise": found},
                organisation=_raiser(actor, found),
                raised_by=actor.person,
                makers=sorted(actor.people),
                reason=reason,
                basis=basis,
                regulator_before=found.regulator,
            )
        )
        happened(write, made, "raised", made.organisation)
        telling.raised(made)
    return made


def opinions_ask(
    *, actor: Actor, dispute: int, organisations: Sequence[Organisation], until: date
) -> Dispute:
    """Ask the organisations for their opinion, to be given by ``until`` (the last day).

    One that was asked before and has not answered gets the new date. Refused: none or too many
    named; one that is dissolved or has answered; a day that is past or too far off.
    """
    policies.ASK.require(actor)
    with Write(actor, "registry.dispute.ask") as write:
        found = _locked(write, dispute, "ask")
        flow.DISPUTE.move(write, found, "ask", fields={}, until=until)
        _check_asked(found, organisations)
        _check_until(until)
        asked = [_ask(write, found, each, until) for each in organisations]
        happened(write, found, "asked", *organisations)
        telling.asked(found, asked)
    return found


def opinion_give(
    *,
    actor: Actor,
    dispute: int,
    organisation: Organisation,
    text: str,
    regulator: Organisation | None = None,
    basis: str = "",
) -> Opinion:
    """Say what the organisation holds, for good. ``regulator``: who should regulate in its view.

    Late answers are taken while the dispute is open. Forbidden: it was not asked, or the actor
    does not speak for it. WrongState: it has answered, or the dispute is closed.
    """
    policies.OPINE.require(actor)
    text = _words(text, "意见")
    with Write(actor, "registry.dispute.opine") as write:
        found = write.lock(Dispute.objects.visible_to(actor), dispute)
        opinion = _own(found, actor, organisation)
        if not found.is_open:
            raise WrongState(f"这项争议{found.get_state_display()}，不再接收意见。")
        if opinion.given_at:
            raise WrongState(f"{organisation}已经答复，答复后不能更改。请刷新后再看。")
        if regulator is not None:
            require_existing(regulator)
        write.change(
            opinion,
            text=text,
            basis=basis.strip(),
            regulator=regulator,
            given_by=actor.person,
            given_at=timezone.now(),
        )
        opinion_clocks.meet(write, opinion)
        happened(write, found, "answered", organisation)
        telling.answered(found, opinion)
    return opinion


def dispute_withdraw(*, actor: Actor, dispute: int, reason: str) -> Dispute:
    """Take it back; the regulator stays what it is. Forbidden: another organisation raised it."""
    policies.DISPUTE.require(actor)
    reason = reason.strip()
    with Write(actor, "registry.dispute.withdraw", reason=reason) as write:
        found = _locked(write, dispute, "withdraw")
        closing = {
            "closing_reason": reason,
            "closed_by": actor.person,
            "closed_at": timezone.now(),
        }
        flow.DISPUTE.move(write, found, "withdraw", fields=closing, reason=reason)
        opinion_clocks.end(write, found)
        happened(write, found, "withdrawn", found.organisation)
        telling.withdrawn(found)
    return found


# --- what deciding needs too ----------------------------------------------------------------------


def require_place(dispute: Dispute, verb: str, actor: Actor) -> None:
    """Forbidden unless the actor stands where who does ``verb`` must stand."""
    transition = flow.DISPUTE[verb]
    if transition.guard and (said := transition.guard(dispute, actor)):
        raise Forbidden(said)


def require_existing(organisation: Organisation) -> None:
    """Refused if the organisation is dissolved."""
    if not exists_on(organisation, timezone.localdate()):
        raise Refused("organisation_dissolved", f"{organisation}已经撤销，请另选一个。")


def happened(write: Write, dispute: Dispute, what: str, *organisations: Organisation) -> None:
    """An event for each organisation, in the subject's area."""
    for each in organisations:
        write.event(f"dispute.{what}", dispute, area=dispute.subject.area, organisation=each)


# --- parts ----------------------------------------------------------------------------------------


def _locked(write: Write, pk: int, verb: str) -> Dispute:
    found = write.lock(Dispute.objects.visible_to(write.actor), pk)
    require_place(found, verb, write.actor)
    return found


def _raiser(actor: Actor, subject: Enterprise | Site) -> Organisation:
    """For which organisation the actor speaks here: the first of his grants that sees it."""
    rows = type(subject).objects.filter(pk=subject.pk)
    for grant in policies.DISPUTE.grants(actor):
        if rows.filter(of_grant(grant)).exists():
            found: Organisation = grant.organisation
            return found
    raise Forbidden("您能看到这个对象，但不是以单位或安委办的身份，不能提出争议。")


def _check_asked(dispute: Dispute, organisations: Sequence[Organisation]) -> None:
    if not organisations:
        raise Refused("nobody_asked", "请至少选择一个要征求意见的单位。")
    if len(organisations) > MOST_ASKED:
        raise Refused("too_many_asked", f"一次最多征求 {MOST_ASKED} 个单位的意见。")
    for each in organisations:
        require_existing(each)
    given = dispute.opinions.filter(organisation__in=organisations, given_at__isnull=False)
    if answered := [str(each.organisation) for each in given.select_related("organisation")]:
        raise Refused("answered_already", f"{'、'.join(answered)}已经答复，不用再征求。")


def _check_until(until: date) -> None:
    today = timezone.localdate()
    if not today <= until <= today + timedelta(days=MOST_DAYS):
        raise Refused(
            "until", f"答复期限须在今天至 {MOST_DAYS} 天以内（填写的是 {until}），请改正。"
        )


def _ask(write: Write, dispute: Dispute, organisation: Organisation, until: date) -> Opinion:
    opinion: Opinion | None = dispute.opinions.filter(organisation=organisation).first()
    if opinion is None:
        opinion = write.add(
            Opinion(
                dispute=dispute,
                organisation=organisation,
                asked_by=write.actor.person,
                until=until,
            )
        )
    else:
        write.change(opinion, until=until)
    opinion_clocks.keep(write, opinion)
    return opinion


def _own(dispute: Dispute, actor: Actor, organisation: Organisation) -> Opinion:
    grants = policies.OPINE.grants(actor)
    speaks = any(each.organisation_id == organisation.pk for each in grants)
    opinion: Opinion | None = (
        dispute.opinions.select_for_update(of=("self",)).filter(organisation=organisation).first()
    )
    if not speaks or opinion is None:
        raise Forbidden("没有就这项争议征求您单位的意见。")
    return opinion


def _words(given: str, what: str) -> str:
    given = given.strip()
    if not given:
        raise Refused("words_missing", f"请填写{what}。")
    return given
