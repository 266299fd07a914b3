"""Proposing for the clauses of a notice what the published plan has for the same ones: the
indicator that counts them, and whom they bind where the notice does not say it.

No notice names an indicator. A proposal is taken over at once, told beside what was carried over
from the version before, and undone in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator

from anlan.intake.choices import CarriedKind, CarriedSource, CarriedState
from anlan.intake.decided import TAKE
from anlan.intake.models import Carried, Clause, Document, Item
from anlan.intake.services.carrying import put
from anlan.kernel.access.actor import Actor
from anlan.kernel.indicators.selectors import Book
from anlan.kernel.write import Write
from anlan.plan.matching import match_clauses, match_key_duties
from anlan.plan.models import KeyDuty, Plan

COLUMNS = ("measure", "subject")


def suggest(*, actor: Actor, document: Document) -> None:
    """Propose for what nobody decided; nothing where no plan of this year or before is published.

    The plan of the document's own year comes first: it may be the one that it revises.
    """
    plan = _plan(document)
    if plan is None:
        return
    with Write(actor, TAKE, reason=f"按《{plan}》建议的指标和主体") as write:
        for each in _proposals(document, plan):
            write.add(each)
            put(write, each, each.after)


def _plan(document: Document) -> Plan | None:
    if document.year is None:
        return None
    plans = Plan.objects.filter(area=document.area, year__lte=document.year)
    return plans.order_by("-year").first()


def _proposals(document: Document, plan: Plan) -> Iterator[Carried]:
    items = list(document.items.prefetch_related("clauses"))
    published = list(plan.key_duties.filter(retired_at=None).order_by("number"))
    known, decided = set(Book().keys), _decided(document)
    for index, key_duty in match_key_duties(published, items).items():
        for clause, column, value in _lacking(items[index], key_duty):
            if (clause.pk, column) in decided or (column == "measure" and value not in known):
                continue
            empty = {column: ""}
            yield Carried(
                document=document,
                kind=CarriedKind.CLAUSE,
                source=CarriedSource.PLAN,
                state=CarriedState.TAKEN,
                label=clause.text[:200],
                item=items[index],
                clause=clause,
                was=empty,
                before=empty,
                after={column: value},
            )


def _lacking(item: Item, key_duty: KeyDuty) -> Iterator[tuple[Clause, str, str]]:
    """What the clauses of the item lack and the published ones have."""
    clauses = list(item.clauses.all())
    published = list(key_duty.clauses.filter(retired_at=None).order_by("number"))
    for index, old in match_clauses(published, clauses).items():
        for column in COLUMNS:
            if getattr(old, column) and not getattr(clauses[index], column):
                yield clauses[index], column, getattr(old, column)


def _decided(document: Document) -> set[tuple[int | None, str]]:
    """Clause and column of what the version before already says something about."""
    rows = document.carried.filter(kind=CarriedKind.CLAUSE)
    return {(each.clause_id, column) for each in rows for column in each.after}
