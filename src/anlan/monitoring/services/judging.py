"""What people find out about a sign of tampering."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.evidence import services as evidence_of
from anlan.kernel.evidence.models import File
from anlan.kernel.write import Write
from anlan.monitoring import flow, policies
from anlan.monitoring.choices import TamperState
from anlan.monitoring.models import TamperSignal

VERBS = {
    TamperState.TOUCHED: "touch",
    TamperState.EXPLAINED: "explain",
    TamperState.FALSE: "dismiss",
}


def signal_judge(
    *,
    actor: Actor,
    signal: int,
    verdict: TamperState,
    text: str,
    evidence: Iterable[File] = (),
) -> TamperSignal:
    """Say what was found out, with proof. Refused: no words; that somebody touched it without any
    proof. WrongState if another was first."""
    text, files = text.strip(), list(dict.fromkeys(evidence))
    verb = VERBS[verdict]
    with Write(actor, f"monitoring.tamper.{verb}", reason=text) as write:
        found = write.lock(TamperSignal.objects.visible_to(actor), signal)
        fields = {"finding": text, "judged_by": actor.person, "judged_at": timezone.now()}
        flow.TAMPER.move(write, found, verb, fields=fields, text=text, evidence=files)
        has = set(evidence_of.of(found).values_list("file", flat=True))
        for file in (each for each in files if each.pk not in has):
            evidence_of.attach(
                write, file=file, subject=found,
                organisation=policies.JUDGE.grants(actor)[0].organisation,
            )  # fmt: skip
        _tell(write, found, verb)
    return found


def signal_reopen(*, actor: Actor, signal: int, reason: str) -> TamperSignal:
    """Take a verdict back, for a reason; what was found out stays on record."""
    reason = reason.strip()
    with Write(actor, "monitoring.tamper.reopen", reason=reason) as write:
        found = write.lock(TamperSignal.objects.visible_to(actor), signal)
        fields = {"judged_by": None, "judged_at": None}
        flow.TAMPER.move(write, found, "reopen", fields=fields, reason=reason)
        _tell(write, found, "reopen")
    return found


def _tell(write: Write, signal: TamperSignal, verb: str) -> None:
    site = signal.site
    write.event(f"tamper.{verb}", signal, area=site.area, organisation=site.regulator)
