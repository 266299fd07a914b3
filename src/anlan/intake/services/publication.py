"""Submitting, previewing and publishing a document that was checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from anlan.intake import flow
from anlan.intake.choices import DocumentKind
from anlan.intake.models import Clause, Document, Item, Unit
from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import WrongState
from anlan.kernel.notify.services import notify
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.selectors import members
from anlan.kernel.write import Write
from anlan.plan import audience
from anlan.plan.drafts import CLAUSE_WORDS, ClauseDraft, KeyDutyDraft, OwnerDraft, PlanDraft
from anlan.plan.models import Plan
from anlan.plan.publishing import Change, publish
from anlan.plan.subjects import named


def document_submit(*, actor: Actor, document: int) -> Document:
    """Hand the checked document to the second person. Tells the office's chiefs."""
    with Write(actor, "intake.document.submit") as write:
        row = _change(write, document, "submit", {"submitted_by": actor.user})
        notify(
            users=audience.office(row.area, chief=True),
            kind="document.submitted",
            title="有通知等待发布",
            text=str(row),
            link=reverse("intake:document", args=[row.pk]),
        )
    return row


def document_return(*, actor: Actor, document: int, reason: str) -> Document:
    """Send it back to be checked again, with a reason."""
    return _move(actor, document, "return", {}, reason=reason.strip())


def document_withdraw(*, actor: Actor, document: int) -> Document:
    """Take it out of the way; nothing of it is deleted."""
    return _move(actor, document, "withdraw", {})


def document_publish(*, actor: Actor, document: int) -> tuple[Document, list[Change]]:
    """Make or revise the year's plan from the document: all of it, or nothing.

    Refused: not a second person; something still undecided or unbound.
    """
    with Write(actor, "intake.document.publish") as write:
        row = write.lock(Document.objects.visible_to(actor), document)
        flow.DOCUMENT.check(row, "publish", actor)
        plan, changes = publish(write, draft_of(row))
        flow.DOCUMENT.move(
            write,
            row,
            "publish",
            fields={
                "published_by": actor.user,
                "published_at": timezone.now(),
                "plan": plan,
                "changes": [_plain(each) for each in changes if each.what != "duty"],
            },
        )
        write.event("document.changed", row, area=row.area)
    return row, changes


class _Undo(Exception):
    """Ends a preview: the transaction is rolled back."""


def preview(*, actor: Actor, document: Document) -> list[Change]:
    """What publishing would change now: it is done and undone, so that it cannot be otherwise."""
    changes: list[Change] = []
    try:
        with transaction.atomic(), Write(actor, "intake.document.preview") as write:
            _, changes = publish(write, draft_of(document))
            raise _Undo
    except _Undo:
        return changes


def published_plan(document: Document) -> Plan | None:
    """The plan that publishing would revise, if there is one."""
    if document.year is None:
        return None
    return Plan.objects.filter(year=document.year, area=document.area).first()


# --- from the checked rows to a draft ----------------------------------------------------------


def draft_of(document: Document) -> PlanDraft:
    """The checked document as a draft of the plan; groups stand for their members on 1 January."""
    if document.year is None:
        raise WrongState("没有填写年度，请先填写。")
    on = date(document.year, 1, 1)
    items = document.items.prefetch_related("units__organisation", "units__group", "clauses")
    return PlanDraft(
        year=document.year,
        area=document.area_id,
        title=document.title,
        issuer=document.issuer,
        origin=document.pk,
        partial=document.kind == DocumentKind.SUPPLEMENT,
        key_duties=tuple(_key_duty(item, on) for item in items),
    )


def _key_duty(item: Item, on: date) -> KeyDutyDraft:
    return KeyDutyDraft(
        number=item.number,
        title=item.title,
        due_on=item.due_on,
        text=item.text,
        chapter_number=item.chapter_number,
        chapter_title=item.chapter_title,
        owners=tuple(_owners(item, on)),
        clauses=tuple(_clause(each, item, on) for each in item.clauses.all()),
    )


def _owners(item: Item, on: date) -> Iterable[OwnerDraft]:
    """Each organisation once per part; a unit said once for all only where it is not named."""
    seen: set[tuple[str, int]] = set()
    for unit in sorted(item.units.all(), key=lambda each: (each.inherited, each.pk)):
        for organisation in _meant(unit, item, on):
            named = any(pk == organisation.pk for _, pk in seen)
            key = (unit.part, organisation.pk)
            if key in seen or (unit.inherited and named):
                continue
            seen.add(key)
            yield OwnerDraft(organisation.pk, unit.role, unit.name, unit.part, unit.inherited)


def _meant(unit: Unit, item: Item, on: date) -> Iterable[Organisation]:
    if unit.organisation:
        return [unit.organisation]
    if unit.group:
        return members(unit.group, on=on, within=item.document.area)
    return []


def _clause(clause: Clause, item: Item, on: date) -> ClauseDraft:
    words = {name: getattr(clause, name) for name in CLAUSE_WORDS}
    owners = named(clause.subject, area=item.document.area, on=on) if clause.assigned else []
    return ClauseDraft(
        **words,
        lines=(item.first_line, item.last_line),
        owners=tuple(each.pk for each in owners),
    )


def _move(
    actor: Actor, document: int, verb: str, fields: dict[str, Any], reason: str = ""
) -> Document:
    with Write(actor, f"intake.document.{verb}", reason=reason) as write:
        return _change(write, document, verb, fields, reason)


def _change(
    write: Write, document: int, verb: str, fields: dict[str, Any], reason: str = ""
) -> Document:
    row = write.lock(Document.objects.visible_to(write.actor), document)
    flow.DOCUMENT.move(write, row, verb, fields=fields, reason=reason)
    write.event("document.changed", row, area=row.area)
    return row


def _plain(change: Change) -> dict[str, Any]:
    words = asdict(change)
    return {
        **words,
        "before": {k: str(v) for k, v in words["before"].items()},
        "after": {k: str(v) for k, v in words["after"].items()},
    }
