"""The measures that ledgers offer, declared in code or made from data, bound to duties as data.

measures.declare(Measure(
    key="plan.reports_verified", name="已核验的进展上报", unit="次", version=1,
    how="计入期内核验通过的上报，按责任单位", rows=verified_reports, by=("organisation", "area"),
))

A ledger whose types are rows offers a measure for each of them: it gives the function that makes
them, and their keys begin with its name.

measures.provide("records", records.indicators.measures)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from anlan.kernel.orgs.models import Organisation

Rows = Callable[[Organisation, date, date], "QuerySet[Any]"]


@dataclass(frozen=True)
class Measure:
    """``rows`` gives what an organisation did between two days, both included; each row counts
    one, unless ``total`` says how rows are summed. ``how`` is the rule in words, for people;
    ``version`` rises with every change of the rule. ``clause`` names the items of the notice."""

    key: str
    name: str
    unit: str
    how: str
    rows: Rows
    version: int = 1
    clause: str = ""
    total: Callable[[QuerySet[Any]], Decimal] | None = None

    def value(self, organisation: Organisation, start: date, end: date) -> Decimal:
        """The value over the period, counted anew from the rows."""
        rows = self.rows(organisation, start, end)
        return self.total(rows) if self.total else Decimal(rows.count())


Provider = Callable[[], Iterable[Measure]]

_measures: dict[str, Measure] = {}
_providers: dict[str, Provider] = {}


def declare(measure: Measure) -> None:
    """Offer a measure; a key is declared once."""
    known = _measures.setdefault(measure.key, measure)
    if known != measure:
        raise ValueError(f"measure {measure.key} is declared twice")


def provide(ledger: str, provider: Provider) -> None:
    """Offer the measures that ``provider`` makes from data whenever they are asked for; their keys
    begin with ``ledger`` and a dot. A ledger has one provider."""
    if _providers.setdefault(ledger, provider) is not provider:
        raise ValueError(f"ledger {ledger} has two providers")


def get(key: str) -> Measure:
    """The measure named ``key``; KeyError if no ledger offers it."""
    if key in _measures:
        return _measures[key]
    return {measure.key: measure for measure in _made(key.partition(".")[0])}[key]


def all_measures() -> list[Measure]:
    """All measures, by key."""
    made = [measure for ledger in _providers for measure in _made(ledger)]
    return sorted([*_measures.values(), *made], key=lambda measure: measure.key)


def _made(ledger: str) -> list[Measure]:
    """What the provider of ``ledger`` offers now, if there is one."""
    return list(_providers[ledger]()) if ledger in _providers else []
