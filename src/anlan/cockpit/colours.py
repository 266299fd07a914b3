"""The figure that a viewer chose for the map: a share of the plan's duties, or an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from anlan.cockpit.colouring import FIRST, SHARES, Colouring, Counted
from anlan.kernel.access.actor import Actor
from anlan.kernel.indicators import values
from anlan.kernel.indicators.models import DefinitionVersion
from anlan.kernel.indicators.pages import rows_url
from anlan.kernel.indicators.selectors import Book
from anlan.plan.models import Plan


@dataclass(frozen=True)
class Chosen:
    """``offered``: the indicators that may be chosen, key and label. ``rows``: the page of the
    rows behind an indicator's numbers."""

    colouring: Colouring
    offered: list[tuple[str, str]]
    rows: str = ""

    def url_of(self, code: str) -> str:
        """Where an area's figure leads: to the rows that it counts, or to the area's own page."""
        return f"{self.rows}?area={code}" if self.rows else reverse("cockpit:area", args=[code])


def chosen(by: str, actor: Actor, plan: Plan, today: date) -> Chosen:
    """What ``by`` names; the first share for what it does not."""
    first, last = date(plan.year, 1, 1), min(date(plan.year, 12, 31), today)
    if last < first:
        return Chosen(SHARES.get(by, SHARES[FIRST]), [])
    book = Book()
    versions = {each.definition.key: each for each in book.all_on(last)}
    offered = [(key, _label(each)) for key, each in versions.items()]
    if by not in versions:
        return Chosen(SHARES.get(by, SHARES[FIRST]), offered)
    version = versions[by]
    found = values.by_area(book.measure(version), actor, first, last, plan.area)
    ranks = ((path.rpartition("/"), number) for path, number in found.items())
    by_code = {code: number for (above, _, code), number in ranks if above == plan.area.path}
    counted = Counted(by, version.name, version.unit, by_code)
    return Chosen(counted, offered, rows_url(by, first, last))


def _label(version: DefinitionVersion) -> str:
    items = f"第 {'、'.join(map(str, version.items))} 项 · " if version.items else ""
    return f"{items}{version.name}（{version.unit}）"
