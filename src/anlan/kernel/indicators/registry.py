"""The measures that ledgers offer, declared in code or made from data.

measures.declare(Measure(
    key="plan.reports_verified", name="已核验的进展上报", unit="次",
    how="期内核验通过的进展上报，每次计 1", rows=reports_verified,
    organisation="duty__organisation", area="duty__area",
))

A ledger whose types are rows offers a measure for each of them: it gives the function that makes
them, and their keys begin with its name.

measures.provide("records", records.indicators.measures)

What is asked of whom never names a measure: it names a definition, which says whose rows of the
measure count (``models.Definition``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Aggregate, Count, Q, QuerySet

from anlan.kernel.orgs.models import Organisation

Rows = Callable[[date, date], "QuerySet[Any]"]


@dataclass(frozen=True)
class Measure:
    """``rows`` gives what was done between two days, both included, whoever did it; ``amount`` is
    what they come to: each counts one, unless a field is summed.

    ``organisation`` and ``area`` lead from a row to whose it is and where it lies. ``own``: which
    rows are an organisation's own on the last day, where that is more than these fields say.
    ``how`` is the rule in words, for people; ``version`` rises with every change of the rule.
    ``clause`` names the item of the notice; ``url`` the page of a row.
    """

    key: str
    name: str
    unit: str
    how: str
    rows: Rows
    organisation: str = "organisation"
    area: str = "area"
    own: Callable[[Organisation, date], Q] | None = None
    amount: Aggregate = Count("pk")  # noqa: RUF009 - an expression is never changed
    version: int = 1
    clause: str = ""
    url: Callable[[Any], str] | None = None


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
