"""The second person: accepting records, sending them back; and taking back what was said."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.records import flow
from anlan.records.choices import RecordState
from anlan.records.models import Record
from anlan.records.services.recording import happened

MOST = 200  # accepted by one press


def record_verify(*, actor: Actor, record: int, reason: str = "") -> Record:
    """Accept a record: from now on it counts, by the day on which the work was done.

    A marked record needs a reason. Refused: not the verifier of this unit, or one of its makers.
    """
    reason = reason.strip()
    with Write(actor, "records.record.verify", reason=reason) as write:
        row = write.lock(Record.objects.visible_to(actor), record)
        _verify(write, row, reason)
    return row


def records_verify(*, actor: Actor, records: Iterable[int], reason: str = "") -> list[Record]:
    """Accept several records, all or none; those that no longer wait are passed over.

    Refused as by :func:`record_verify`, naming the record.
    """
    reason = reason.strip()
    chosen = sorted(set(records))
    if not chosen:
        raise Refused("none_chosen", "没有选择记录。请先勾选要核验通过的记录。")
    if len(chosen) > MOST:
        raise Refused("too_many", f"一次最多核验 {MOST} 条（选择了 {len(chosen)} 条）。")
    verified = []
    with Write(actor, "records.record.verify", reason=reason) as write:
        for pk in chosen:  # in one order, so that two verifiers do not wait for each other
            row = write.lock(Record.objects.visible_to(actor), pk)
            if row.state == RecordState.SUBMITTED:
                _verify_named(write, row, reason)
                verified.append(row)
    return verified


def _verify_named(write: Write, record: Record, reason: str) -> None:
    try:
        _verify(write, record, reason)
    except Refused as refused:
        if refused.status != Refused.status:
            raise
        said = f"“{record.title}”：{refused.message}没有一条被核验。"
        raise Refused(refused.code, said) from refused


def _verify(write: Write, record: Record, reason: str) -> None:
    flow.RECORD.check(record, "verify", write.actor)
    if record.mark_count and not reason:
        raise Refused("reason_needed", "有疑点的记录核验通过须写明意见：怎样核实的。")
    _decide(write, record, "verify", reason)


def record_return(*, actor: Actor, record: int, reason: str) -> Record:
    """Send a record back to its unit with a reason; tells the author."""
    reason = reason.strip()
    with Write(actor, "records.record.return", reason=reason) as write:
        row = write.lock(Record.objects.visible_to(actor), record)
        _decide(write, row, "return", reason)
        _tell(row, "record.returned", "工作记录被退回")
    return row


def record_withdraw(*, actor: Actor, record: int, reason: str) -> Record:
    """Take a record back: it counts no longer, what counted it is counted anew.

    By its unit while it waits or after; by the verifying side once it was verified, which tells
    the author. The reason stays.
    """
    reason = reason.strip()
    with Write(actor, "records.record.withdraw", reason=reason) as write:
        row = write.lock(Record.objects.visible_to(actor), record)
        fields = {"reason": reason}
        flow.RECORD.move(write, row, "withdraw", fields=fields, reason=reason)
        happened(write, row)
        if row.author_id not in actor.people:
            _tell(row, "record.withdrawn", "工作记录被撤回，不再计数")
    return row


def _decide(write: Write, record: Record, verb: str, reason: str) -> None:
    fields = {"verifier": write.actor.user, "verified_at": timezone.now(), "reason": reason}
    flow.RECORD.move(write, record, verb, fields=fields, reason=reason)
    happened(write, record)


def _tell(record: Record, kind: str, title: str) -> None:
    notify(
        users=[record.author],
        kind=kind,
        title=title,
        text=f"{record.title}（{record.held_on}）。{record.reason}".rstrip("。") + "。",
        link=reverse("records:record", args=[record.pk]),
    )
