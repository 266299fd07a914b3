"""Which organisations a name in a document means: one organisation, a group's members, or unknown.

A name is looked for where the document comes from, then in the areas around that, then below it.
Below, it must be unique: 三交镇 means nothing certain in a document of the city, for two counties
have one. Nothing is guessed; what is not certain comes back as unknown, with suggestions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from enum import StrEnum

from django.db.models import Q

from anlan.kernel.orgs.models import Area, Group, Organisation, OrganisationName
from anlan.kernel.orgs.naming import key
from anlan.kernel.orgs.selectors import COUNTY_RANK, ancestors, in_force, members

_SUGGESTIONS = 3
_ALIKE = 0.5  # difflib's ratio; below it a suggestion would be noise


class How(StrEnum):
    EXACT = "exact"  # the organisation's full or short name
    ALIAS = "alias"  # another name of it on record, or a former one
    NORMALISED = "normalised"  # a name on record but for width, brackets, 各, 有关, 等部门
    GROUP = "group"  # a collective name; ``organisations`` are its members on the day
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Resolution:
    """What ``name`` means. ``suggestions``: for an unknown name, at most three that are like it."""

    name: str
    how: How
    organisations: list[Organisation] = field(default_factory=list)
    group: Group | None = None
    suggestions: list[str] = field(default_factory=list)


def resolve(name: str, *, area: Area, on: date, suggest: bool = True) -> Resolution:
    """What ``name`` means in a document of ``area`` on the day ``on``.

    Organisations that did not exist on the day are not meant. A group found in an area around
    ``area`` stands for its members within ``area``, if it has any there. ``suggest``: look for what
    an unknown name may have meant, which compares it with every name.
    """
    around = [area, *ancestors(area)]
    found = (
        _among_organisations(name, around, on)
        or _among_groups(name, around, on)
        or _below(name, area, on)
    )
    if found:
        return found
    suggestions = _suggestions(name, around, on) if suggest else []
    return Resolution(name, How.UNKNOWN, suggestions=suggestions)


def resolve_all(names: Iterable[str], *, area: Area, on: date) -> dict[str, Resolution]:
    """:func:`resolve` for many names, each once."""
    return {name: resolve(name, area=area, on=on) for name in dict.fromkeys(names)}


# --- the organisations of an area and of those around it ------------------------------------------


def _among_organisations(name: str, around: list[Area], on: date) -> Resolution | None:
    order = {area.pk: number for number, area in enumerate(around)}
    candidates = [row for row in _named(name, on) if row.area_id in order]
    best = min(
        candidates, key=lambda row: (order[row.area_id], *_rank(row, name, on)), default=None
    )
    if best is None:
        return None
    # Two names of equal standing that mean different bodies settle nothing.
    rivals = [row for row in candidates if _standing(row, best, name, on)]
    if len({row.organisation_id for row in rivals}) > 1:
        return _ambiguous(name, rivals)
    return Resolution(name, _how(best, name), [best.organisation])


def _named(name: str, on: date) -> list[OrganisationName]:
    """Names on record, present or former, that are this one or have its normal form."""
    return list(
        OrganisationName.objects.filter(
            in_force(on, "organisation__"), Q(name=name) | Q(key=key(name)), valid_from__lte=on
        )
        .select_related("organisation__area")
        .order_by("pk")
    )


def _rank(row: OrganisationName, name: str, on: date) -> tuple[bool, bool]:
    former = row.valid_to is not None and row.valid_to < on
    return (former, row.name != name)


def _standing(row: OrganisationName, best: OrganisationName, name: str, on: date) -> bool:
    return row.area_id == best.area_id and _rank(row, name, on) == _rank(best, name, on)


def _how(row: OrganisationName, name: str) -> How:
    if row.name != name:
        return How.NORMALISED
    own = (row.organisation.name, row.organisation.short_name)
    return How.EXACT if name in own else How.ALIAS


def _ambiguous(name: str, rows: list[OrganisationName]) -> Resolution:
    names = dict.fromkeys(row.organisation.name for row in rows)
    return Resolution(name, How.UNKNOWN, suggestions=list(names)[:_SUGGESTIONS])


# --- groups -----------------------------------------------------------------------------------


def _among_groups(name: str, around: list[Area], on: date) -> Resolution | None:
    groups = list(Group.objects.filter(area__in=around))
    for area in around:
        for test in (_is_called, _is_called_like):
            for group in groups:
                if group.area_id == area.pk and test(group, name):
                    return _of_group(name, group, around[0], on)
    return None


def _is_called(group: Group, name: str) -> bool:
    return name == group.name or name in group.aliases


def _is_called_like(group: Group, name: str) -> bool:
    wanted = key(name)
    return any(key(each) == wanted for each in (group.name, *group.aliases))


def _of_group(name: str, group: Group, area: Area, on: date) -> Resolution:
    found = list(members(group, on=on, within=area)) or list(members(group, on=on))
    return Resolution(name, How.GROUP, found, group)


# --- below ------------------------------------------------------------------------------------


def _below(name: str, area: Area, on: date) -> Resolution | None:
    prefix = f"{area.path}/"
    rows = [row for row in _named(name, on) if row.organisation.area.path.startswith(prefix)]
    if not rows:
        return None
    rank = min(_rank(row, name, on) for row in rows)
    best = [row for row in rows if _rank(row, name, on) == rank]
    if len({row.organisation_id for row in best}) > 1:
        return _ambiguous(name, best)
    return Resolution(name, _how(best[0], name), [best[0].organisation])


# --- suggestions ------------------------------------------------------------------------------


def _suggestions(name: str, around: list[Area], on: date) -> list[str]:
    meant = dict(_suggestible(around, on))
    alike = get_close_matches(key(name), meant, n=3 * _SUGGESTIONS, cutoff=_ALIKE)
    return list(dict.fromkeys(meant[like] for like in alike))[:_SUGGESTIONS]


def _suggestible(around: list[Area], on: date) -> Iterator[tuple[str, str]]:
    """Normal forms and what to show for them: of the area, those around it, and the counties."""
    near = Q(area__in=around) | Q(area__level__in=COUNTY_RANK)
    yield from OrganisationName.objects.filter(
        near, in_force(on), in_force(on, "organisation__")
    ).values_list("key", "organisation__short_name")
    for group in Group.objects.filter(area__in=around):
        for each in (group.name, *group.aliases):
            yield key(each), group.name
