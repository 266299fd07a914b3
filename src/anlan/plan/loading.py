"""Loading a year's duties from a file of facts (``data/<city>/plan.yaml``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from anlan.kernel.access.actor import ActorSource, system
from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.kernel.orgs.resolving import resolve_all
from anlan.kernel.write import Write
from anlan.plan.drafts import ClauseDraft, KeyDutyDraft, OwnerDraft, PlanDraft
from anlan.plan.models import Plan
from anlan.plan.publishing import publish
from anlan.plan.subjects import named

# A number to reach, a date to keep, a frequency to hold is a duty of its own; a trigger or a
# condition says when and to whom the item applies and is shown with it.
ASSIGNED = {"quota", "deadline", "frequency"}


def load(file: Path) -> str:
    """Publish the duties of ``file`` unless their year has a plan already; says what it did."""
    facts = yaml.safe_load(file.read_text(encoding="utf-8"))
    city = Area.objects.get(level=AreaLevel.CITY)
    if Plan.objects.filter(year=facts["year"], area=city).exists():
        return f"{facts['year']} 年度计划已在，未改动"
    with Write(system(ActorSource.IMPORT), "plan.load", reason="随程序提供的年度任务") as write:
        plan, changes = publish(write, draft(facts, city))
    duties = sum(1 for each in changes if each.what == "duty")
    return f"{plan.year} 年 {plan.key_duties.count()} 项重点任务、{duties} 项单位任务"


def draft(facts: dict[str, Any], city: Area) -> PlanDraft:
    """The file's facts with its units resolved; ValueError names a unit that nobody knows."""
    items = [(chapter, item) for chapter in facts["chapters"] for item in chapter["items"]]
    year = int(facts["year"])
    inherited = facts["inherited"]
    named = {unit["name"] for _, item in items for unit in _units(item)} | set(inherited["units"])
    owners = _Owners(named, city, year)
    return PlanDraft(
        year=year,
        area=city.pk,
        title=facts["title"],
        issuer=facts["issuer"],
        key_duties=tuple(
            KeyDutyDraft(
                number=item["number"],
                title=item["title"],
                text=item["summary"],
                chapter_number=chapter["number"],
                chapter_title=chapter["title"],
                due_on=date(year, 12, 31),
                owners=tuple(
                    owners.of(
                        item, inherited["units"] if item["number"] > inherited["after_item"] else ()
                    )
                ),
                observed=tuple(item.get("observed", ())),
                clauses=tuple(
                    replace(each, owners=owners.named(each.subject)) for each in _clauses(item)
                ),
            )
            for chapter, item in items
        ),
    )


class _Owners:
    def __init__(self, names: set[str], city: Area, year: int) -> None:
        self.city, self.on = city, date(year, 1, 1)
        self.resolved = resolve_all(names, area=city, on=self.on)
        unknown = sorted(name for name, found in self.resolved.items() if not found.organisations)
        if unknown:
            raise ValueError(f"单位库中没有：{'、'.join(unknown)}")

    def named(self, subject: str) -> tuple[int, ...]:
        """Whom a clause itself names."""
        return tuple(each.pk for each in named(subject, area=self.city, on=self.on))

    def of(self, item: dict[str, Any], inherited: Iterable[str]) -> Iterable[OwnerDraft]:
        """Each organisation once per part; a name said once for all binds whom none names."""
        seen: set[tuple[str, int]] = set()
        for unit in _units(item):
            for organisation in self.resolved[unit["name"]].organisations:
                key = (unit.get("part", ""), organisation.pk)
                if key not in seen:
                    seen.add(key)
                    yield OwnerDraft(organisation.pk, unit["role"], unit["name"], key[0])
        already = {pk for _, pk in seen}
        for name in inherited:
            for organisation in self.resolved[name].organisations:
                if organisation.pk not in already:
                    already.add(organisation.pk)
                    yield OwnerDraft(organisation.pk, "responsible", name, inherited=True)


def _units(item: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield from item.get("units", ())
    for part in item.get("parts", ()):
        yield from ({**unit, "part": part["sector"]} for unit in part.get("units", ()))


def _clauses(item: dict[str, Any]) -> Iterable[ClauseDraft]:
    yield from (_clause(each) for each in item.get("obligations", ()))
    for part in item.get("parts", ()):
        yield from (_clause(each, part["sector"]) for each in part.get("obligations", ()))


def _clause(fact: dict[str, Any], part: str = "") -> ClauseDraft:
    return ClauseDraft(
        text=fact["label"],
        kind=fact["kind"],
        part=part,
        subject=fact.get("subject", ""),
        value=_number(fact.get("value")),
        value_max=_number(fact.get("value_max")),
        unit=fact.get("unit", ""),
        op=fact.get("op", ""),
        period=fact.get("period", ""),
        deadline=fact.get("deadline"),
        window_months=fact.get("window_months"),
        working_day=fact.get("working_day", False),
        measure=fact.get("measure", ""),
        assigned=fact["kind"] in ASSIGNED,
    )


def _number(value: float | str | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
