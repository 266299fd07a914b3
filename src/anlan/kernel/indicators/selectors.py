"""Reads of definitions. How a number is counted is no secret to anybody who works with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from anlan.kernel.errors import Unknown
from anlan.kernel.indicators import registry
from anlan.kernel.indicators.models import Definition, DefinitionVersion
from anlan.kernel.indicators.registry import Measure


class Book:
    """All definitions whose measure a ledger offers, as they stand now: read once, asked often."""

    def __init__(self) -> None:
        offered = {measure.key: measure for measure in registry.all_measures()}
        versions: dict[str, list[DefinitionVersion]] = defaultdict(list)
        rows = DefinitionVersion.objects.select_related("definition")
        for row in rows.order_by("definition__sort", "definition__key", "number"):
            if row.measure in offered:
                versions[row.definition.key].append(row)
        self._offered, self._versions = offered, dict(versions)

    @property
    def keys(self) -> list[str]:
        return list(self._versions)

    def on(self, key: str, day: date) -> DefinitionVersion | None:
        """The version in force on the day; before the first one came into force, that one. None
        for a key that nobody defined, or whose measure no ledger offers."""
        versions = self._versions.get(key, [])
        in_force = [each for each in versions if each.effective_from <= day] or versions[:1]
        return in_force[-1] if in_force else None

    def versions(self, key: str) -> list[DefinitionVersion]:
        """All versions of the definition, the first one first."""
        return self._versions.get(key, [])

    def measure(self, version: DefinitionVersion) -> Measure:
        """The measure that the version counts by."""
        return self._offered[version.measure]

    def all_on(self, day: date) -> Iterator[DefinitionVersion]:
        """The version of each definition that is in force on the day, in the order of lists."""
        return (found for key in self._versions if (found := self.on(key, day)))


def definition(key: str) -> Definition:
    """The definition; Unknown for no such key."""
    found: Definition | None = Definition.objects.filter(key=key).first()
    if found is None:
        raise Unknown("没有这个指标。请从指标清单重新进入。")
    return found


def newest(found: Definition) -> DefinitionVersion:
    """Its newest version, which may come into force later."""
    version: DefinitionVersion = found.versions.order_by("-number")[0]
    return version
