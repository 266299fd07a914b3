"""What people decide while they check a document that was read."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from anlan.intake.choices import Decision
from anlan.intake.models import Clause, Document, Item, Unit
from anlan.intake.services.carrying import carry_over
from anlan.intake.services.review import changed, lock
from anlan.intake.services.suggesting import suggest
from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.orgs.models import Group, Organisation
from anlan.kernel.write import Write
from anlan.plan.periods import FIRST, LAST, require_possible


def points_decide(
    *, actor: Actor, document: int, points: list[int], decision: Decision, note: str = ""
) -> int:
    """Decide several points at once; "no action" needs a reason, "corrected" says how.

    ``OPEN`` takes a decision back. How many points changed.
    """
    note = note.strip()
    if decision in (Decision.IGNORED, Decision.CORRECTED) and not note:
        raise Refused("reason_needed", f"选择“{decision.label}”须写明理由或更正内容。")
    with Write(actor, "intake.points.decide", reason=note) as write:
        row = lock(write, document)
        chosen = list(row.points.filter(pk__in=points))
        for point in chosen:
            write.change(
                point,
                decision=decision,
                note=note,
                decided_by=actor.user if decision != Decision.OPEN else None,
                decided_at=timezone.now() if decision != Decision.OPEN else None,
            )
        changed(write, row)
    return len(chosen)


def unit_bind(
    *,
    actor: Actor,
    unit: int,
    organisation: Organisation | None = None,
    group: Group | None = None,
    everywhere: bool = True,
) -> int:
    """Bind a named unit to an organisation or a group; ``everywhere``: wherever it is so named."""
    if (organisation is None) == (group is None):
        raise Refused("one_of_both", "请选择一个单位或一个单位组。")
    bound = {"organisation": organisation, "group": group, "left_out": False, "how": "person"}
    return _on_units(actor, unit, "intake.unit.bind", bound, everywhere=everywhere)


def unit_leave_out(*, actor: Actor, unit: int, reason: str, everywhere: bool = True) -> int:
    """Decide that nobody is bound by this name, with a reason that is kept."""
    if not reason.strip():
        raise Refused("reason_needed", "不对应任何单位时须写明理由。")
    fields = {"organisation": None, "group": None, "left_out": True, "note": reason.strip()[:300]}
    return _on_units(
        actor, unit, "intake.unit.leave_out", fields, everywhere=everywhere, reason=reason.strip()
    )


def _on_units(
    actor: Actor,
    unit: int,
    verb: str,
    fields: dict[str, Any],
    *,
    everywhere: bool,
    reason: str = "",
) -> int:
    document = _document_of(actor, Unit, unit)
    with Write(actor, verb, reason=reason) as write:
        row = lock(write, document)
        units = Unit.objects.filter(item__document=row)
        first = write.lock(units, unit)
        named = list(units.filter(name=first.name)) if everywhere else [first]
        for each in named:
            write.change(each, **fields)
        changed(write, row)
    return len(named)


def unit_add(
    *, actor: Actor, item: int, role: str, organisation: Organisation, part: str = ""
) -> Unit:
    """Add a responsible unit that the text lacks (a difference decided for the table's side)."""
    document = _document_of(actor, Item, item)
    with Write(actor, "intake.unit.add") as write:
        row = lock(write, document)
        owner = write.lock(row.items.all(), item)
        if owner.units.filter(part=part, organisation=organisation).exists():
            raise Refused("unit_twice", f"{organisation}已经是这一项的责任单位。")
        unit = write.add(
            Unit(
                item=owner,
                part=part,
                name=organisation.short_name,
                role=role,
                organisation=organisation,
                how="person",
            )
        )
        changed(write, row)
    return unit


def unit_remove(*, actor: Actor, unit: int) -> None:
    """Take a responsible unit off its item."""
    document = _document_of(actor, Unit, unit)
    with Write(actor, "intake.unit.remove") as write:
        row = lock(write, document)
        write.lock(Unit.objects.filter(item__document=row), unit).delete()
        changed(write, row)


def item_edit(*, actor: Actor, item: int, **fields: Any) -> Item:
    """Correct an item: title, text, due_on. Refused: a date no duty can have."""
    if due_on := fields.get("due_on"):
        require_possible(due_on)
    document = _document_of(actor, Item, item)
    with Write(actor, "intake.item.edit") as write:
        row = lock(write, document)
        found = write.lock(row.items.all(), item)
        write.change(found, **fields)
        changed(write, row)
    return found


def clause_edit(*, actor: Actor, clause: int, **fields: Any) -> Clause:
    """Correct a clause's words, arithmetic, date, indicator, or whether it is a duty of its own.

    Refused: a date no duty can have.
    """
    if deadline := fields.get("deadline"):
        require_possible(deadline)
    document = _document_of(actor, Clause, clause)
    with Write(actor, "intake.clause.edit") as write:
        row = lock(write, document)
        found = write.lock(Clause.objects.filter(item__document=row), clause)
        write.change(found, **fields)
        changed(write, row)
    return found


def document_edit(*, actor: Actor, document: int, **fields: Any) -> Document:
    """Correct the document's title, issuer, year or kind. Refused: a year no plan can have.

    With another year it may have another version before it, and another plan: see ``carrying`` and
    ``suggesting``.
    """
    if (year := fields.get("year")) is not None and not FIRST.year <= year <= LAST.year:
        raise Refused(
            "year_impossible",
            f"年度须在 {FIRST.year} 至 {LAST.year} 之间（填写的是 {year}），请核对。",
        )
    with Write(actor, "intake.document.edit") as write:
        row = lock(write, document)
        years = {row.year, fields.get("year", row.year)}
        write.change(row, **fields)
        if len(years) > 1 and not row.carried.exists():
            carry_over(actor=actor, document=row)
            suggest(actor=actor, document=row)
        changed(write, row)
    return row


def _document_of(actor: Actor, model: type[Item] | type[Unit] | type[Clause], pk: int) -> int:
    path = "document" if model is Item else "item__document"
    visible = Document.objects.visible_to(actor)
    found = model._default_manager.filter(pk=pk, **{f"{path}__in": visible})
    document: int | None = found.values_list(path, flat=True).first()
    if document is None:
        raise Unknown
    return document
