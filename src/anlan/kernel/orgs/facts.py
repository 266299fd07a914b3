"""Reading an area's files of facts: ``divisions.csv`` and ``organisations.yaml``.

Nothing is stored here; what is read is complete and consistent, or :class:`FactsError` names the
file and the entry that is not.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from anlan.kernel.orgs.models import AreaLevel, OrganisationKind
from anlan.kernel.orgs.naming import local_names

_ALWAYS = date(2000, 1, 1)
_COMMITTEE_ENDINGS = ("居民委员会", "村民委员会", "居委会", "村委会", "村委")


class FactsError(Exception):
    """A file of facts that contradicts itself. The message is Chinese and names the entry."""


@dataclass(frozen=True)
class AreaFact:
    code: str
    name: str
    level: AreaLevel
    parent: str | None
    path: str
    listed_as: str  # the name in the list of divisions, which lists villages by their committees


@dataclass(frozen=True)
class OrganisationFact:
    code: str
    name: str
    short: str
    kind: OrganisationKind
    area: str
    parent: str | None
    host: str | None
    names: tuple[str, ...]
    verified: bool
    note: str


@dataclass(frozen=True)
class GroupFact:
    code: str
    area: str
    name: str
    aliases: tuple[str, ...]
    members: tuple[str, ...]
    valid_from: date
    verified: bool
    note: str


@dataclass(frozen=True)
class Facts:
    """Areas and organisations stand after the one that they belong to."""

    areas: list[AreaFact]
    organisations: list[OrganisationFact] = field(default_factory=list)
    groups: list[GroupFact] = field(default_factory=list)


def read(folder: Path) -> Facts:
    """Read the facts of the folder; FactsError if they are missing or contradict themselves."""
    areas = list(_areas(folder / "divisions.csv"))
    by_code = {area.code: area for area in areas}
    path = folder / "organisations.yaml"
    document = _yaml(path)
    try:
        organisations = _organisations(document, by_code)
        groups = [_group(entry, document, organisations, by_code) for entry in document["groups"]]
    except (KeyError, TypeError, ValueError) as error:
        raise FactsError(f"{path.name}：条目不完整或取值不对：{error!r}") from error
    _check(path.name, by_code, organisations, groups)
    return Facts(areas, organisations, groups)


def _yaml(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise FactsError(f"{path.name}：读不了：{error}") from error
    if not isinstance(document, dict):
        raise FactsError(f"{path.name}：应为键值形式")
    return document


# --- areas ------------------------------------------------------------------------------------


def _areas(path: Path) -> Iterator[AreaFact]:
    paths: dict[str, str] = {"": ""}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                fact = _area(row, paths)
                if fact.code in paths:
                    raise FactsError(f"{path.name}：代码 {fact.code} 重复")
                paths[fact.code] = fact.path
                yield fact
    except (OSError, KeyError, ValueError) as error:
        raise FactsError(f"{path.name}：读不了：{error!r}") from error


def _area(row: dict[str, str], paths: dict[str, str]) -> AreaFact:
    above = paths[row["parent"]]
    level = AreaLevel(row["level"])
    return AreaFact(
        code=row["code"],
        name=village_name(row["name"]) if level is AreaLevel.VILLAGE else row["name"],
        level=level,
        parent=row["parent"] or None,
        path=f"{above}/{row['code']}" if above else row["code"],
        listed_as=row["name"],
    )


def village_name(committee: str) -> str:
    """The village of a committee: 大中局村委会 → 大中局村, 东关社区居委会 → 东关社区."""
    for ending in _COMMITTEE_ENDINGS:
        if committee.endswith(ending) and len(committee) > len(ending):
            stem = committee.removesuffix(ending)
            return stem + "村" if ending[0] == "村" and not stem.endswith("村") else stem
    return committee


# --- organisations ----------------------------------------------------------------------------


def _organisations(document: dict[str, Any], areas: dict[str, AreaFact]) -> list[OrganisationFact]:
    city = areas[document["area"]]
    listed = [_organisation(entry, city) for entry in document["organisations"]]
    return listed + [
        _of_area(template, area, areas)
        for area in areas.values()
        for template in document.get("each", [])
        if area.level == template["level"]
        and area.listed_as.endswith(tuple(template.get("ending", ("",))))
    ]


def _organisation(entry: dict[str, Any], city: AreaFact) -> OrganisationFact:
    return _fact(
        entry,
        area=city,
        code=entry["code"],
        parent=entry.get("parent", f"{city.code}-government"),
        host=entry.get("host"),
    )


def _of_area(
    template: dict[str, Any], area: AreaFact, areas: dict[str, AreaFact]
) -> OrganisationFact:
    outer = areas[area.parent] if area.parent else area
    plain = area.name[:-1] if len(area.name) > 2 else area.name
    words = {"area": area.listed_as, "outer": outer.name, "plain": plain}
    filled = template | {
        "name": template["name"].format(**words),
        "short": template["short"].format(**words),
        "names": [name.format(**words) for name in template.get("names", [])],
    }
    return _fact(
        filled,
        area=area,
        code=f"{area.code}-{template['suffix']}",
        parent=_reference(template.get("parent"), area, outer),
        host=_reference(template.get("host"), area, outer),
    )


def _reference(name: str | None, area: AreaFact, outer: AreaFact) -> str | None:
    """A code; ``outer`` is the government around; a bare suffix means a body of the same area."""
    if name is None or "-" in name:
        return name
    return f"{outer.code}-government" if name == "outer" else f"{area.code}-{name}"


def _fact(
    entry: dict[str, Any], *, area: AreaFact, code: str, parent: str | None, host: str | None
) -> OrganisationFact:
    called = (entry["name"], entry["short"], *entry.get("names", ()))
    names = [local for name in called for local in local_names(name, area.name)]
    return OrganisationFact(
        code=code,
        name=entry["name"],
        short=entry["short"],
        kind=OrganisationKind(entry.get("kind", OrganisationKind.BUREAU)),
        area=area.code,
        parent=parent,
        host=host,
        names=tuple(dict.fromkeys(names)),
        verified=entry.get("verified", True),
        note=entry.get("note", ""),
    )


# --- groups -----------------------------------------------------------------------------------


def _group(
    entry: dict[str, Any],
    document: dict[str, Any],
    organisations: list[OrganisationFact],
    areas: dict[str, AreaFact],
) -> GroupFact:
    members = entry["members"]
    terms = members if isinstance(members, list) else [members]
    codes = [code for term in terms for code in _members(term, organisations, areas)]
    return GroupFact(
        code=entry["code"],
        area=document["area"],
        name=entry["name"],
        aliases=tuple(entry.get("aliases", ())),
        members=tuple(dict.fromkeys(codes)),
        valid_from=entry.get("valid_from", document.get("valid_from", _ALWAYS)),
        verified=entry.get("verified", True),
        note=entry.get("note", ""),
    )


def _members(
    term: str | dict[str, str], organisations: list[OrganisationFact], areas: dict[str, AreaFact]
) -> Iterator[str]:
    if isinstance(term, str):
        yield term
        return
    for each in organisations:
        if each.kind == term["kind"] and areas[each.area].level == term["level"]:
            yield each.code


# --- consistency ------------------------------------------------------------------------------


def _check(
    file: str,
    areas: dict[str, AreaFact],
    organisations: list[OrganisationFact],
    groups: list[GroupFact],
) -> None:
    codes = [each.code for each in organisations]
    known: set[str | None] = {None, *codes}
    _once(file, "单位代码", codes)
    _once(file, "单位组代码", [each.code for each in groups])
    named = (f"{areas[each.area].path} {name}" for each in organisations for name in each.names)
    _once(file, "单位名称", named)
    seen: set[str | None] = {None}
    for each in organisations:
        if each.parent not in seen or each.host not in known:
            raise FactsError(f"{file}：{each.code} 的上级或所设单位不存在，或排在它之后")
        seen.add(each.code)
    for group in groups:
        if unknown := set(group.members) - known:
            raise FactsError(f"{file}：{group.name} 的成员 {sorted(map(str, unknown))} 不存在")


def _once(file: str, what: str, values: Iterable[str]) -> None:
    twice = [value for value, count in Counter(values).items() if count > 1]
    if twice:
        raise FactsError(f"{file}：{what}重复：{'、'.join(twice[:5])}")
