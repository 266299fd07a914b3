"""What a careful clerk would ask before saving; it refuses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.places import county_at, within
from anlan.registry.models import Enterprise, Site
from anlan.registry.naming import key
from anlan.registry.selectors import enterprises, sites
from anlan.registry.services.facts import SiteFacts, SubjectFacts

_SHOWN = 5


@dataclass(frozen=True)
class Doubt:
    """``others``: the subjects it is about, to look at."""

    text: str
    others: Sequence[Enterprise | Site] = field(default_factory=list)


def doubts(
    actor: Actor, facts: SubjectFacts, before: Enterprise | Site | None = None
) -> list[Doubt]:
    """The same name once more; a location outside of the area's county."""
    found = [_same_name(actor, facts, before), _elsewhere(facts)]
    return [each for each in found if each]


def _same_name(actor: Actor, facts: SubjectFacts, before: Enterprise | Site | None) -> Doubt | None:
    name_key = key(facts.name)
    if before is not None and before.name_key == name_key:
        return None
    rows = sites(actor) if isinstance(facts, SiteFacts) else enterprises(actor)
    same = [each for each in rows.filter(name_key=name_key)[: _SHOWN + 1] if each != before]
    return Doubt("已有名称相同的登记，请先看是不是同一个：", same[:_SHOWN]) if same else None


def _elsewhere(facts: SubjectFacts) -> Doubt | None:
    if facts.latitude is None or facts.longitude is None:
        return None
    place = {"latitude": float(facts.latitude), "longitude": float(facts.longitude)}
    if within(facts.area, **place) is not False:
        return None
    county = county_at(**place)
    lies = f"落在{county}" if county else "不在本市范围内"
    return Doubt(f"填写的经纬度{lies}，不在“{facts.area}”所属的县（市、区）。请核对经纬度和区划。")
