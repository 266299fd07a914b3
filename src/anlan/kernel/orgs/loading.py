"""Loading an area's facts into the database. Safe to repeat: what stands already is left alone.

A fact changed in the files is changed in the database; what a person has edited is kept as it is
and reported; nothing is ever deleted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, models

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.facts import AreaFact, Facts, GroupFact, OrganisationFact, read
from anlan.kernel.orgs.models import Area, Group, Membership, Organisation, OrganisationName
from anlan.kernel.orgs.naming import key
from anlan.kernel.write import Write

M = TypeVar("M", bound=models.Model)
Progress = Callable[[str, int, int], None]
_BATCH = 1000


@dataclass
class Report:
    """What loading did, by kind of row; ``kept``: in Chinese, what was left alone and why."""

    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)

    @property
    def nothing_new(self) -> bool:
        return not (self.created.total() or self.changed.total())


def load(folder: Path, *, actor: Actor, progress: Progress | None = None) -> Report:
    """Load ``divisions.csv`` and ``organisations.yaml`` of ``folder``, all or nothing.

    ``progress(what, done, total)`` is called after each step. Sends ``orgs.loaded`` if anything
    changed. Raises FactsError, before anything
    is written, if the files contradict themselves.
    """
    facts = read(folder)
    report = Report()
    steps: list[tuple[str, Callable[[Facts, Report], None]]] = [
        ("区划", _load_areas),
        ("单位", _load_organisations),
        ("单位名称", _load_names),
        ("单位组", _load_groups),
        ("单位组成员", _load_members),
    ]
    with Write(actor, "orgs.load", reason=f"载入 {folder.name}") as write:
        _take_turns()
        for number, (what, step) in enumerate(steps, start=1):
            step(facts, report)
            if progress:
                progress(what, number, len(steps))
        if not report.nothing_new:
            # Who answers to whom may be another now: what is counted along paths counts anew.
            write.event("orgs.loaded", Area.objects.order_by("path")[0])
    return report


def _take_turns() -> None:
    """Of two loads at once, the second waits for the first and then finds all in place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('anlan.orgs.load', 0))")


# --- areas and organisations ------------------------------------------------------------------


def _load_areas(facts: Facts, report: Report) -> None:
    order = {fact.code: number for number, fact in enumerate(facts.areas)}
    depth = {fact.code: fact.path.count("/") for fact in facts.areas}
    for level in _by(facts.areas, lambda fact: depth[fact.code]):
        ids = _ids(Area)

        def wanted(fact: AreaFact, ids: dict[str, int] = ids) -> dict[str, Any]:
            return {
                "name": fact.name,
                "level": fact.level,
                "parent_id": fact.parent and ids[fact.parent],
                "path": fact.path,
                "sort": order[fact.code],
            }

        _store(Area, {fact.code: wanted(fact) for fact in level}, report)


def _load_organisations(facts: Facts, report: Report) -> None:
    areas = _ids(Area)
    order = {fact.code: number for number, fact in enumerate(facts.organisations)}
    paths: dict[str, str] = {}
    for fact in facts.organisations:
        paths[fact.code] = f"{paths[fact.parent]}/{fact.code}" if fact.parent else fact.code
    for level in _by(facts.organisations, lambda fact: paths[fact.code].count("/")):
        ids = _ids(Organisation)

        def wanted(fact: OrganisationFact, ids: dict[str, int] = ids) -> dict[str, Any]:
            return {
                "name": fact.name,
                "short_name": fact.short,
                "kind": fact.kind,
                "area_id": areas[fact.area],
                "parent_id": fact.parent and ids[fact.parent],
                "host_id": fact.host and ids.get(fact.host),
                "path": paths[fact.code],
                "verified": fact.verified,
                "note": fact.note,
                "sort": order[fact.code],
            }

        _store(Organisation, {fact.code: wanted(fact) for fact in level}, report)
    _complete_hosts(facts.organisations)


def _complete_hosts(facts: list[OrganisationFact]) -> None:
    """An office may have been created before the body that houses it."""
    ids = _ids(Organisation)
    hosts = {fact.code: {"host_id": ids[fact.host]} for fact in facts if fact.host}
    _store(Organisation, hosts, Report())


# --- names ------------------------------------------------------------------------------------


def _load_names(facts: Facts, report: Report) -> None:
    organisations = {each.code: each for each in Organisation.objects.all()}
    standing = {
        (name.area_id, name.name): name.organisation_id for name in OrganisationName.objects.all()
    }
    _refresh_keys(report)
    new: list[OrganisationName] = []
    for fact in facts.organisations:
        organisation = organisations[fact.code]
        for name in fact.names:
            owner = standing.get((organisation.area_id, name))
            if owner is None and not organisation.edited:
                new.append(_name(organisation, name))
            elif owner is None:
                report.kept.append(f"{organisation.short_name}已由人工修改，未加入名称“{name}”")
            elif owner != organisation.pk:
                report.kept.append(f"名称“{name}”已归其他单位，未改归{organisation.short_name}")
    OrganisationName.objects.bulk_create(new, batch_size=_BATCH)
    report.created[str(OrganisationName._meta.verbose_name)] += len(new)


def _name(organisation: Organisation, name: str) -> OrganisationName:
    return OrganisationName(
        organisation=organisation, area_id=organisation.area_id, name=name, key=key(name)
    )


def _refresh_keys(report: Report) -> None:
    """Names stored by an older normal form get the present one."""
    stale = [name for name in OrganisationName.objects.all() if name.key != key(name.name)]
    for name in stale:
        name.key = key(name.name)
    OrganisationName.objects.bulk_update(stale, ["key"], batch_size=_BATCH)
    report.changed[str(OrganisationName._meta.verbose_name)] += len(stale)


# --- groups -----------------------------------------------------------------------------------


def _load_groups(facts: Facts, report: Report) -> None:
    areas = _ids(Area)

    def wanted(fact: GroupFact) -> dict[str, Any]:
        return {
            "area_id": areas[fact.area],
            "name": fact.name,
            "aliases": list(fact.aliases),
            "note": fact.note,
            "verified": fact.verified,
        }

    _store(Group, {fact.code: wanted(fact) for fact in facts.groups}, report)


def _load_members(facts: Facts, report: Report) -> None:
    organisations = _ids(Organisation)
    groups = {group.code: group for group in Group.objects.all()}
    standing = set(Membership.objects.values_list("group_id", "organisation_id"))
    new = [
        Membership(group=group, organisation_id=organisations[code], valid_from=fact.valid_from)
        for fact in facts.groups
        if not (group := groups[fact.code]).edited
        for code in fact.members
        if (group.pk, organisations[code]) not in standing
    ]
    Membership.objects.bulk_create(new, batch_size=_BATCH)
    report.created[str(Membership._meta.verbose_name)] += len(new)


# --- storing ----------------------------------------------------------------------------------


def _store(model: type[M], wanted: Mapping[str, dict[str, Any]], report: Report) -> None:
    """Create what is missing by ``code``; change what differs, unless a person has edited it."""
    kind = str(model._meta.verbose_name)
    standing = {_code(row): row for row in model._default_manager.filter(code__in=wanted)}
    new = [model(code=code, **values) for code, values in wanted.items() if code not in standing]
    changed = []
    for code, row in standing.items():
        values = wanted[code]
        if all(getattr(row, name) == value for name, value in values.items()):
            continue
        if getattr(row, "edited", False):
            report.kept.append(f"{kind}“{row}”已由人工修改，保留现状")
            continue
        for name, value in values.items():
            setattr(row, name, value)
        changed.append(row)
    model._default_manager.bulk_create(new, batch_size=_BATCH)
    if changed:
        fields = next(iter(wanted.values()))
        model._default_manager.bulk_update(changed, list(fields), batch_size=_BATCH)
    report.created[kind] += len(new)
    report.changed[kind] += len(changed)


def _ids(model: type[models.Model]) -> dict[str, int]:
    return dict(model._default_manager.values_list("code", "pk"))


def _code(row: models.Model) -> str:
    return str(row.code)  # type: ignore[attr-defined]


F = TypeVar("F", AreaFact, OrganisationFact)


def _by(facts: Iterable[F], depth: Callable[[F], int]) -> Iterable[list[F]]:
    """The facts level by level, from the root: a row needs the id of the one above it."""
    for _, level in groupby(sorted(facts, key=depth), key=depth):
        yield list(level)
