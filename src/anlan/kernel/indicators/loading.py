"""Loading definitions of indicators from a city's file (``data/<city>/indicators.yaml``). Safe to
repeat.

Every measure that a ledger offers and that the file does not name gets a definition of its own
key, an organisation's own rows: a clause always names a definition, never a measure. Changed facts
make the next version; what a person has changed is left alone. Nothing is deleted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import connection
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.indicators import registry
from anlan.kernel.indicators.choices import Reach
from anlan.kernel.indicators.models import Definition, DefinitionVersion
from anlan.kernel.indicators.registry import Measure
from anlan.kernel.write import Write

_FACTS = {"key", "name", "unit", "measure", "reach", "items", "how", "effective_from"}
_FIELDS = ("name", "unit", "measure", "rule", "reach", "items", "how")
_REACHES = {
    Reach.OWN: "",
    Reach.ANSWERING: "；连同所属单位的一并计入",
    Reach.AREA: "；所在区划内全部单位的一并计入",
}


class DefinitionFactsError(Exception):
    """A file of definitions that contradicts itself. The message is Chinese and names the entry."""


@dataclass
class Report:
    """What loading did. ``kept``: keys left alone because a person has changed them."""

    created: int = 0
    versions: int = 0
    kept: list[str] = field(default_factory=list)


def load(file: Path, *, actor: Actor) -> Report:
    """Load all definitions of ``file`` and of the measures that it does not name, all or nothing.

    DefinitionFactsError if one is not described well.
    """
    facts = yaml.safe_load(file.read_text(encoding="utf-8"))
    since = facts["effective_from"]
    offered = {measure.key: measure for measure in registry.all_measures()}
    wanted = {entry["key"]: _checked(entry, offered) for entry in facts["definitions"]}
    plain = [_plain(measure) for key, measure in offered.items() if key not in wanted]
    report = Report()
    with Write(actor, "indicators.load", reason=f"载入 {file.name}") as write:
        _take_turns()
        for sort, entry in enumerate([*wanted.values(), *plain], start=1):
            _load(write, entry, sort, entry.pop("effective_from", since), report)
    return report


def define(write: Write, measure: Measure, since: date) -> Definition:
    """The definition of the measure's own key: an organisation's own rows."""
    entry = _plain(measure)
    return _load(write, entry, Definition.objects.count() + 1, since, Report())


def how(measure: Measure, reach: str) -> str:
    """The measure's rule in words, with whose rows count."""
    return f"{measure.how}{_REACHES[Reach(reach)]}"


def _take_turns() -> None:
    """Of two loads at once, the second waits for the first and then finds all in place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('anlan.indicators.load', 0))")


def _load(
    write: Write, entry: dict[str, Any], sort: int, since: date, report: Report
) -> Definition:
    row: Definition | None = Definition.objects.filter(key=entry["key"]).first()
    if row is None:
        row = write.add(Definition(key=entry["key"], sort=sort))
        report.created += 1
    elif row.edited:
        report.kept.append(row.key)
        return row
    elif row.sort != sort:
        write.change(row, sort=sort)
    newest = DefinitionVersion.objects.filter(definition=row).order_by("-number").first()
    wanted = {name: entry[name] for name in _FIELDS}
    if newest and all(getattr(newest, name) == value for name, value in wanted.items()):
        return row
    # A change cannot reach back before the version that it replaces.
    if newest and since <= newest.effective_from:
        since = max(timezone.localdate(), newest.effective_from)
    add_version(write, row, since, **wanted)
    report.versions += 1
    return row


def add_version(
    write: Write, definition: Definition, since: date, **fields: Any
) -> DefinitionVersion:
    """Add the next version; what counts by the definition counts anew."""
    number = definition.versions.count() + 1
    made = write.add(
        DefinitionVersion(definition=definition, number=number, effective_from=since, **fields)
    )
    write.event("indicator.changed", definition, key=definition.key)
    return made


def _plain(measure: Measure) -> dict[str, Any]:
    return _entry({"key": measure.key}, measure)


def _entry(entry: dict[str, Any], measure: Measure) -> dict[str, Any]:
    """All fields; what the file does not say is the measure's."""
    reach = entry.get("reach", Reach.OWN)
    items = [int(measure.clause)] if measure.clause.isdecimal() else []
    return {
        "name": measure.name,
        "unit": measure.unit,
        "items": items,
        "how": how(measure, reach),
        **entry,
        "measure": measure.key,
        "reach": reach,
        "rule": measure.version,
    }


def _checked(entry: dict[str, Any], offered: dict[str, Measure]) -> dict[str, Any]:
    key = entry.get("key", "?")
    if unknown := entry.keys() - _FACTS:
        raise DefinitionFactsError(f"指标“{key}”有不认识的项：{'、'.join(sorted(unknown))}")
    if entry.get("reach", Reach.OWN) not in Reach.values:
        raise DefinitionFactsError(f"指标“{key}”的统计口径有误：{entry['reach']}")
    source = entry.get("measure", key)
    if source not in offered:
        raise DefinitionFactsError(f"指标“{key}”的数据来源没有台账提供：{source}")
    return _entry(entry, offered[source])
