"""What indicators tell of the work on a key duty: by area, by unit. They close no duty, and no
number of them is called good or bad: the notice asks for none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from anlan.kernel.access.actor import Actor
from anlan.kernel.indicators import values
from anlan.kernel.indicators.models import DefinitionVersion
from anlan.kernel.indicators.pages import rows_url
from anlan.kernel.indicators.selectors import Book
from anlan.kernel.orgs.models import Area, Organisation
from anlan.kernel.orgs.selectors import COUNTY_RANK
from anlan.plan.models import KeyDuty
from anlan.plan.selectors import duties


@dataclass(frozen=True)
class Cell:
    """A number, and the page of its rows; none for nothing."""

    value: Decimal
    url: str

    def __str__(self) -> str:
        return f"{self.value.normalize():f}"


@dataclass(frozen=True)
class Line:
    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Observed:
    """``versions``: the indicators, one column each; ``lines``: areas or units."""

    versions: list[DefinitionVersion]
    first: date
    last: date
    lines: list[Line]


def keys_of(key_duty: KeyDuty) -> list[str]:
    """Its own, and those of clauses that nobody has a duty of his own for."""
    unassigned = key_duty.clauses.filter(retired_at=None, assigned=False).exclude(measure="")
    return list(dict.fromkeys([*key_duty.observed, *unassigned.values_list("measure", flat=True)]))


def observed(actor: Actor, key_duty: KeyDuty, today: date, *, by_unit: bool) -> Observed | None:
    """From the first day of the plan's year through the last one, or through ``today``; as far as
    the actor sees it. None where nothing is observed yet."""
    year = key_duty.plan.year
    first, last = date(year, 1, 1), min(date(year, 12, 31), today)
    if last < first:
        return None
    book = Book()
    versions = [found for key in keys_of(key_duty) if (found := book.on(key, last))]
    if not versions:
        return None
    span = _Span(actor, key_duty, book, first, last)
    columns, names = (span.of_units if by_unit else span.of_areas)(versions)
    lines = [
        Line(name, [column.get(code, Cell(Decimal(0), "")) for column in columns])
        for code, name in names
    ]
    return Observed(versions, first, last, lines)


Column = dict[str, Cell]
Names = list[tuple[str, str]]  # code, name


@dataclass(frozen=True)
class _Span:
    actor: Actor
    key_duty: KeyDuty
    book: Book
    first: date
    last: date

    def of_areas(self, versions: list[DefinitionVersion]) -> tuple[list[Column], Names]:
        """The whole, and the areas of county rank where the viewer sees duties; one query each."""
        city = self.key_duty.plan.area
        own = duties(self.actor).filter(key_duty=self.key_duty, parent=None).order_by()
        seen = {
            path for at in own.values_list("area__path", flat=True) for path in values.under(at)
        }
        ranks = Area.objects.filter(parent=city, level__in=COUNTY_RANK, path__in=seen)
        areas = [city, *ranks] if len(ranks) != 1 else list(ranks)
        columns = [self._by_area(version, city, areas) for version in versions]
        return columns, [(a.code, "合计" if a == city else a.name) for a in areas]

    def _by_area(self, version: DefinitionVersion, city: Area, areas: list[Area]) -> Column:
        measure = self.book.measure(version)
        found = values.by_area(measure, self.actor, self.first, self.last, city)
        return {
            each.code: Cell(found[each.path], self._url(version, f"area={each.code}"))
            for each in areas
            if each.path in found
        }

    def of_units(self, versions: list[DefinitionVersion]) -> tuple[list[Column], Names]:
        """Those that answer for the key duty, as far as the viewer sees their duties."""
        own = duties(self.actor).filter(key_duty=self.key_duty, parent=None)
        units = list(
            Organisation.objects.filter(pk__in=own.order_by().values("organisation"))
            .select_related("area")
            .order_by("area__sort", "sort", "code")
        )
        columns = [self._by_unit(version, units) for version in versions]
        return columns, [(each.code, str(each)) for each in units]

    def _by_unit(self, version: DefinitionVersion, units: list[Organisation]) -> Column:
        measure = self.book.measure(version)
        found = values.values(measure, version.reach, units, self.first, self.last)
        return {
            each.code: Cell(found[each.pk], self._url(version, f"of={each.code}"))
            for each in units
            if found[each.pk]
        }

    def _url(self, version: DefinitionVersion, narrowed: str) -> str:
        return f"{rows_url(version.definition.key, self.first, self.last)}?{narrowed}"
