"""Carrying over into a new version of a notice what people decided about the version before.

Where the new version was read as the one before was, the decision holds; where its text is
another, the new text stands and the decision is shown beside it. Each can be taken or undone
until the document is submitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import models

from anlan.intake.choices import CarriedKind, CarriedState, DocumentKind, DocumentState
from anlan.intake.decided import TAKE, UNDO, UNIT, added, as_read, plain, removed, typed
from anlan.intake.models import Carried, Clause, Document, Item, Unit
from anlan.intake.services.review import changed, lock
from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import WrongState
from anlan.kernel.write import Write
from anlan.plan.matching import match_clauses, match_key_duties

ITEM = ("title", "text", "due_on")
CLAUSE = (
    "text",
    "kind",
    "subject",
    "value",
    "value_max",
    "unit",
    "op",
    "period",
    "deadline",
    "window_months",
    "working_day",
    "measure",
    "assigned",
)
BINDING = ("organisation_id", "group_id", "left_out", "note")
HOW = "carried"  # how a unit came to be bound


def predecessor(document: Document) -> Document | None:
    """The version before: the one last published for the year and area. Supplements add only."""
    published = Document.objects.filter(
        area=document.area, year=document.year, state=DocumentState.PUBLISHED
    ).exclude(kind=DocumentKind.SUPPLEMENT)
    return published.order_by("-published_at", "-pk").first() if document.year else None


def carry_over(*, actor: Actor, document: Document) -> None:
    """Take over what holds, and note what does not; nothing without a version before."""
    before = predecessor(document)
    if before is None:
        return
    with Write(actor, TAKE, reason=f"沿用上一版《{before}》中的更正") as write:
        for each in _decisions(before, document):
            write.add(each)
            if each.state == CarriedState.TAKEN:
                put(write, each, each.after)


def carried_undo(*, actor: Actor, document: int, carried: list[int]) -> int:
    """Put back what this version was read as. How many; what was corrected since stays.

    Refused: none of them stands as it was taken over.
    """
    with Write(actor, UNDO) as write:
        row = lock(write, document)
        chosen = [
            each
            for each in row.carried.filter(pk__in=carried, state=CarriedState.TAKEN)
            if _present(each) == each.after
        ]
        if not chosen:
            raise WrongState("这些地方后来又作了更正，没有撤销。需要改动时请直接更正。")
        for each in chosen:
            put(write, each, each.before)
            write.change(each, state=CarriedState.UNDONE)
        changed(write, row)
    return len(chosen)


def carried_take(*, actor: Actor, document: int, carried: list[int]) -> int:
    """Take over, by a person's word, what was left or undone. How many. Refused: none can be."""
    left = (CarriedState.DIFFERS, CarriedState.UNDONE)
    with Write(actor, TAKE) as write:
        row = lock(write, document)
        chosen = [e for e in row.carried.filter(pk__in=carried, state__in=left) if _possible(e)]
        if not chosen:
            raise WrongState("这些更正已经沿用，或新版中已没有对应的内容，没有改动。")
        for each in chosen:
            write.change(each, before=_present(each), state=CarriedState.TAKEN)
            put(write, each, each.after)
        changed(write, row)
    return len(chosen)


# --- what was decided, and whether it holds ----------------------------------------------------


def _decisions(before: Document, document: Document) -> Iterator[Carried]:
    """Bindings come before added units: these are left where their organisation is bound now."""
    items = list(before.items.prefetch_related("clauses", "units"))
    read, new = as_read(items), list(document.items.prefetch_related("clauses", "units"))
    found = match_key_duties([read[each.pk] for each in items], new)
    later = {old.pk: new[index] for index, old in found.items()}
    yield from _bindings(document, items, new)
    for item in items:
        now = later.get(item.pk)
        old = (read[item.pk], item)
        yield from _change(document, CarriedKind.ITEM, ITEM, old, now, item=now)
        yield from _clauses(document, item, now)
    gone = removed(before)
    for item in items:
        now = later.get(item.pk)
        yield from _added(document, item, now)
        yield from _removed(document, [u for u in gone if u.item_id == item.pk], item, now)


def _change(
    document: Document,
    kind: CarriedKind,
    columns: Sequence[str],
    old: tuple[models.Model, models.Model],
    new: models.Model | None,
    **rows: Any,
) -> Iterator[Carried]:
    """One for each column that ``old`` (as read, as decided) tells of; a binding is one thing."""
    groups = [columns] if kind == CarriedKind.BINDING else [(name,) for name in columns]
    for group in groups:
        was, after = (plain(each, group) for each in old)
        before = plain(new, group) if new else {}
        if after in (was, before):
            continue
        state = CarriedState.TAKEN if before == was else CarriedState.DIFFERS
        yield Carried(
            document=document,
            kind=kind,
            state=state if new else CarriedState.MISSING,
            label=str(old[1])[:200],
            was=was,
            before=before,
            after=after,
            **rows,
        )


def _bindings(document: Document, items: list[Item], new: list[Item]) -> Iterator[Carried]:
    """A name means the same wherever it stands."""
    units = [unit for item in items for unit in item.units.all()]
    read, by_hand = as_read(units), {unit.pk for unit in added(units)}
    decided = {u.name: (read[u.pk], u) for u in units if u.pk not in by_hand}
    for item in new:
        for unit in item.units.all():
            if old := decided.get(unit.name):
                yield from _change(
                    document, CarriedKind.BINDING, BINDING, old, unit, item=item, unit=unit
                )


def _clauses(document: Document, item: Item, now: Item | None) -> Iterator[Carried]:
    old, new = list(item.clauses.all()), list(now.clauses.all()) if now else []
    read = as_read(old)
    found = match_clauses([read[each.pk] for each in old], new)
    later = {each.pk: new[index] for index, each in found.items()}
    for each in old:
        clause = later.get(each.pk)
        rows = {"item": now, "clause": clause}
        yield from _change(
            document, CarriedKind.CLAUSE, CLAUSE, (read[each.pk], each), clause, **rows
        )


def _added(document: Document, item: Item, now: Item | None) -> Iterator[Carried]:
    for unit in added(item.units.all()):
        if now is None or not _has(now, unit):
            yield _of_unit(document, CarriedKind.ADDED, unit, item, now, after=plain(unit, UNIT))


def _removed(
    document: Document, gone: Iterable[Unit], item: Item, now: Item | None
) -> Iterator[Carried]:
    """What stands in the version before after all (put back) is not removed."""
    for unit in gone:
        same = {"part": unit.part, "name": unit.name}
        again = now.units.filter(**same).first() if now else None
        if again and not item.units.filter(**same).exists():
            before = plain(again, UNIT)
            kind = CarriedKind.REMOVED
            yield _of_unit(document, kind, unit, item, now, unit=again, before=before)


def _of_unit(
    document: Document, kind: CarriedKind, named: Unit, item: Item, now: Item | None, **more: Any
) -> Carried:
    """A unit added or removed by hand: it holds where the words on responsibility are the same."""
    if now is None:
        state = CarriedState.MISSING
    else:
        same = now.responsible == item.responsible
        state = CarriedState.TAKEN if same else CarriedState.DIFFERS
    label = f"{item}：{named.name}"[:200]
    return Carried(document=document, kind=kind, state=state, label=label, item=now, **more)


def _has(item: Item, unit: Unit) -> bool:
    same = models.Q(name=unit.name)
    if unit.organisation_id:
        same |= models.Q(organisation_id=unit.organisation_id)
    return item.units.filter(same, part=unit.part).exists()


# --- taking and putting back -------------------------------------------------------------------


def _row(each: Carried) -> Item | Clause | Unit | None:
    if each.kind == CarriedKind.ITEM:
        return each.item
    return each.clause if each.kind == CarriedKind.CLAUSE else each.unit


def _present(each: Carried) -> dict[str, Any]:
    """What the columns hold now; nothing where the unit is not there."""
    row = _row(each)
    return plain(row, list(each.after or each.before)) if row else {}


def _possible(each: Carried) -> bool:
    if each.kind != CarriedKind.ADDED:
        return _row(each) is not None
    return each.item is not None and not _has(each.item, Unit(**each.after))


def put(write: Write, each: Carried, values: dict[str, Any]) -> None:
    """Let the row hold ``values``: none takes the unit off, of a unit not there make it."""
    row = _row(each)
    if not values and isinstance(row, Unit):
        write.change(each, unit=None)
        row.delete()
        return
    model = type(row) if row else Unit
    fields = {name: typed(model, name, value) for name, value in values.items()}
    if model is Unit:
        fields["how"] = HOW if values == each.after else ""
    if row:
        write.change(row, **fields)
    else:
        write.change(each, unit=write.add(Unit(item=each.item, **fields)))
