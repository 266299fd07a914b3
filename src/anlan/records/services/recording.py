"""Writing a record down, changing it while it is one's own, submitting it, giving it up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from django.db import IntegrityError
from django.utils import timezone

from anlan.kernel.access.actor import Actor, system
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.evidence import services as evidence_of
from anlan.kernel.evidence.models import File
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.typed.finding import Finder
from anlan.kernel.write import Write
from anlan.records import flow, marking, policies, rules, selectors
from anlan.records.choices import OPEN, STANDING, RecordSource, RecordState
from anlan.records.models import Record, RecordTypeVersion
from anlan.records.searching import grams


def record_draft(
    *,
    actor: Actor,
    type_code: str,
    organisation: int,
    held_on: date,
    title: str,
    values: Mapping[str, object],
    held_until: date | None = None,
    evidence: Iterable[File] = (),
    source: RecordSource = RecordSource.PAGE,
) -> Record:
    """Write down that ``organisation`` did something on ``held_on``; only the unit sees it yet.

    ``values`` are by the type's fields and may have gaps. Refused: not one's own unit; a type
    that the unit does not record; a day to come or of a closed year; the same record twice.
    """
    unit = _unit(actor, organisation)
    version = selectors.version_of(type_code)
    with _once(), Write(actor, "records.record.draft") as write:
        made = Record(
            type=version.type,
            organisation=unit,
            area=unit.area,
            author=actor.person,
            makers=sorted(actor.people),
            source=source,
        )
        _fill(made, version, held_on, held_until, title, values, Finder(actor))
        write.add(made)
        _attach(write, made, evidence)
    return made


def record_change(
    *,
    actor: Actor,
    record: int,
    held_on: date,
    title: str,
    values: Mapping[str, object],
    held_until: date | None = None,
    evidence: Iterable[File] = (),
) -> Record:
    """Write a draft or a returned record anew, by the newest rules of its type; more evidence
    joins what is there. Refused as by :func:`record_draft`, and once it is submitted (409)."""
    with _once(), Write(actor, "records.record.change") as write:
        row = write.lock(Record.objects.visible_to(actor), record)
        _may_write(row, actor)
        version = selectors.newest_version(row)
        _fill(row, version, held_on, held_until, title, values, Finder(actor))
        row.makers = sorted({*row.makers, *actor.people})
        write.change(row, **{name: getattr(row, name) for name in WRITTEN})
        _attach(write, row, evidence)
    return row


WRITTEN = (
    "version", "several", "held_on", "held_until", "title", "grams", "values", "makers",
)  # fmt: skip


def record_submit(*, actor: Actor, record: int) -> Record:
    """Say that the work was done as written: it now waits for another person.

    Refused: fields that the newest rules ask for are empty; too little evidence; a year that was
    closed meanwhile; somebody else was faster (409). What is unusual is marked.
    """
    with _once(), Write(actor, "records.record.submit") as write:
        row = write.lock(Record.objects.visible_to(actor), record)
        flow.RECORD.check(row, "submit", actor)
        uses = list(evidence_of.of(row))
        written = _judged(row, len(uses))
        now = timezone.now()
        entered_on = row.entered_on or timezone.localdate(now)
        for name, value in written.items():
            setattr(row, name, value)
        fields = {
            **written,
            "entered_on": entered_on,
            "submitted_at": now,
            "mark_count": marking.mark(row, uses, entered_on=entered_on, now=now),
            "makers": sorted({*row.makers, *actor.people}),
            "reason": "",
        }
        flow.RECORD.move(write, row, "submit", fields=fields)
        happened(write, row)
    return row


def record_drop(*, actor: Actor, record: int) -> Record:
    """Give a draft or a returned record up; it stays in the log."""
    with Write(actor, "records.record.drop") as write:
        row = write.lock(Record.objects.visible_to(actor), record)
        flow.RECORD.move(write, row, "drop", fields={})
        happened(write, row)
    return row


def record_copy(*, actor: Actor, record: int) -> Record:
    """A draft of today with the unit, the title and the fields of an earlier record; what the
    newest rules do not know is left out, and so is the evidence: it proves that day's work."""
    earlier = selectors.record(actor, record)
    version = selectors.version_of(earlier.type.code)
    values = rules.lenient(version.schema).clean(earlier.values, Finder(actor)).values
    return record_draft(
        actor=actor,
        type_code=earlier.type.code,
        organisation=earlier.organisation_id,
        held_on=timezone.localdate(),
        title=earlier.title,
        values=values,
        source=RecordSource.COPY,
    )


def happened(write: Write, record: Record) -> None:
    """What counts and shows the unit's records looks again."""
    write.event(
        "record.changed",
        record,
        area=record.area,
        organisation=record.organisation,
        type_id=record.type_id,
    )


# --- parts ------------------------------------------------------------------------------------


def _unit(actor: Actor, organisation: int) -> Organisation:
    policies.RECORD.require(actor)
    unit = Organisation.objects.select_related("area").filter(pk=organisation).first()
    if unit is None:
        raise Unknown("没有这个单位。")
    if not flow.works_for(actor, unit):
        raise Forbidden(f"您不能代{unit}填报：它不是您的单位，也不由您的单位管理。")
    return unit


def _may_write(record: Record, actor: Actor) -> None:
    policies.RECORD.require(actor)
    if reason := flow.owns(record, actor):
        raise Forbidden(reason)
    if record.state not in OPEN:
        raise WrongState(f"这条记录{record.get_state_display()}，不能再修改。请刷新后再看。")


def _fill(
    record: Record,
    version: RecordTypeVersion,
    held_on: date,
    held_until: date | None,
    title: str,
    values: Mapping[str, object],
    finder: Finder,
) -> None:
    """Put what was typed into the record, judged by ``version``."""
    # What came back may keep its day, though its year has been closed meanwhile.
    if (held_on, held_until) != (record.held_on, record.held_until) or not record.entered_on:
        rules.check_day(held_on, held_until, spans_days=version.spans_days)
    rules.check_unit(version, record.organisation, held_on)
    record.version, record.several = version, version.several_a_day
    record.held_on, record.held_until = held_on, held_until
    record.title = rules.checked_title(title)
    record.grams = grams(record.title)
    record.values = rules.kept(version.schema, values, finder)
    _refuse_twice(record)


def _judged(record: Record, evidence: int) -> dict[str, object]:
    """The record's version, rules and values of today; Refused if it cannot be submitted so."""
    version = selectors.newest_version(record)
    if record.state == RecordState.DRAFT:
        rules.check_day(record.held_on, record.held_until, spans_days=version.spans_days)
    rules.check_unit(version, record.organisation, record.held_on)
    # What was within reach when it was chosen need not be so still; it must be there.
    values = rules.complete(version.schema, record.values, Finder(system()))
    rules.check_evidence(version, evidence)
    return {"version": version, "several": version.several_a_day, "values": values}


def _attach(write: Write, record: Record, files: Iterable[File]) -> None:
    """A file that this record has already is not attached again."""
    has = set(evidence_of.of(record).values_list("file", flat=True))
    for file in {file.pk: file for file in files if file.pk not in has}.values():
        evidence_of.attach(
            write,
            file=file,
            subject=record,
            organisation=record.organisation,
            since=record.held_on,
        )


def _refuse_twice(record: Record) -> None:
    same = Record.objects.filter(
        organisation=record.organisation,
        type=record.type,
        held_on=record.held_on,
        title=record.title,
        state__in=STANDING,
        several=False,
    )
    if not record.several and same.exclude(pk=record.pk).exists():
        raise _twice()


def _twice() -> Refused:
    return Refused(
        "record_twice",
        "本单位当天已有一条同名记录。如是同一件事，请在那一条上修改或补充佐证；不是同一件，请写明区别。",
    )


@contextmanager
def _once() -> Iterator[None]:
    """The database's refusal of the same record from two people at once, in words."""
    try:
        yield
    except IntegrityError as error:
        if "record_once" not in str(error):
            raise
        raise _twice() from error
