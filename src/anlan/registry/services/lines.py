"""A decision for a whole line of business: its default regulator, and the subjects that follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.selectors import areas_of_county_rank
from anlan.kernel.write import Write
from anlan.registry.models import Dispute, Enterprise, Sector, Site
from anlan.registry.regulators import Regulators

_BATCH = 1000


@dataclass(frozen=True)
class Move:
    """So many enterprises, or sites, went with their line; ``left`` None: nobody had them."""

    kind: str  # enterprise or site
    left: Organisation | None
    joined: Organisation
    count: int


def give(
    write: Write, subject: Enterprise | Site, regulator: Organisation, *, reason: str = ""
) -> None:
    """Let it regulate the subject. ``reason``: why another than the default, which a subject
    without one follows."""
    write.change(
        subject, regulator=regulator, regulator_reason=reason, revision=subject.revision + 1
    )


def settle(
    write: Write, subject: Enterprise | Site, regulator: Organisation
) -> tuple[Organisation, list[Move]]:
    """Let the organisation regulate the subject's line of business; who regulates the subject now,
    and which others moved with it.

    The subject follows the default as they do, whatever it was given before.
    """
    before = Regulators()
    write.change(
        subject.sector,
        city_regulator=regulator,
        county_regulator=_ending(regulator),
        verified=True,
    )
    after = Regulators()
    named = after.of(subject.sector_id, subject.area) or regulator
    give(write, subject, named)
    parts = _with_parts(after.sectors.values(), subject.sector_id)
    enterprises = _follow(Enterprise, "enterprise", parts, before, after)
    return named, [*enterprises, *_follow(Site, "site", parts, before, after)]


def _ending(regulator: Organisation) -> str:
    """What the codes of the counties' counterparts end with; empty where there is none."""
    ending: str = regulator.code.removeprefix(f"{regulator.area.code}-")
    counties = areas_of_county_rank().values_list("code", flat=True)
    codes = [f"{county}-{ending}" for county in counties]
    return ending if Organisation.objects.filter(code__in=codes).exists() else ""


def _with_parts(sectors: Iterable[Sector], root: int) -> set[int]:
    """The sector and all that are part of it."""
    all_of_them, found = list(sectors), {root}
    while more := {s.pk for s in all_of_them if s.parent_id in found} - found:
        found |= more
    return found


def _follow(
    model: type[Enterprise] | type[Site],
    kind: str,
    sectors: set[int],
    before: Regulators,
    after: Regulators,
) -> Iterator[Move]:
    """Give subjects that follow the default the new one; one with an open dispute of its own waits
    for what is decided on it."""
    disputed = Dispute.objects.open().filter(**{f"{kind}__isnull": False}).order_by().values(kind)
    rows = model.objects.standing().filter(sector__in=sectors, regulator_reason="")
    rows = rows.exclude(pk__in=disputed)
    wanted: dict[tuple[Organisation | None, Organisation], list[int]] = defaultdict(list)
    for each in rows.select_related("area", "regulator").order_by("pk").iterator(_BATCH):
        old, new = (who.of(each.sector_id, each.area) for who in (before, after))
        if new and each.regulator != new and each.regulator in (None, old):
            wanted[each.regulator, new].append(each.pk)
    for (left, joined), subjects in wanted.items():
        chunks = (subjects[start : start + _BATCH] for start in range(0, len(subjects), _BATCH))
        if count := sum(_hand_over(rows, chunk, left, joined) for chunk in chunks):
            yield Move(kind, left, joined, count)


def _hand_over(
    rows: QuerySet[Any], subjects: list[int], left: Organisation | None, joined: Organisation
) -> int:
    """How many went over: those that were merged, or given a regulator, since they were read keep
    what they have."""
    still = rows.filter(pk__in=subjects, regulator=left)
    # Locked first: the update then sees a dispute that was raised while we waited for the lock.
    list(still.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    return still.update(regulator=joined, revision=F("revision") + 1)
