"""The mines that an actor sees with their stewards: one look at the whole, in a few queries.

A city has some hundred mines, so that what a list is ordered and narrowed by is worked out here and
not in SQL.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from django.db.models import Case, IntegerField, Value, When

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.models import Area
from anlan.kernel.orgs.selectors import areas_of_county_rank
from anlan.registry.models import Site
from anlan.registry.models.subjects import SubjectQuerySet
from anlan.stewardship import mines
from anlan.stewardship.choices import Level
from anlan.stewardship.models import Stewardship
from anlan.stewardship.visits import Span, Visit, missing, per_quarter, quarter, visits


class Need(StrEnum):
    """What a mine lacks, the worst first."""

    STEWARD = "vacant"  # a level that must have one has none
    VISIT = "due"  # all are there, and one of them has not been to it this quarter
    NOTHING = "fine"


LABELS = {Need.STEWARD: "有空缺", Need.VISIT: "本季未到齐", Need.NOTHING: "已落实"}


@dataclass
class Mine:
    """A mine's stewards of the day by level, the levels that must have one and have none, who has
    still to visit it this quarter, and the year's visits by whomever, the newest first."""

    stewards: dict[Level, Stewardship] = field(default_factory=dict)
    vacant: tuple[Level, ...] = ()
    due: list[Stewardship] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)

    @property
    def need(self) -> Need:
        if self.vacant:
            return Need.STEWARD
        return Need.VISIT if self.due else Need.NOTHING

    def count(self, span: Span) -> int:
        """How many verified visits lie in the span."""
        return sum(each.verified and span[0] <= each.day <= span[1] for each in self.visits)

    @property
    def waiting(self) -> int:
        """How many visits wait to be verified."""
        return sum(not each.verified for each in self.visits)

    @property
    def last(self) -> date | None:
        """The day of the last verified visit of the year."""
        return next((each.day for each in self.visits if each.verified), None)


@dataclass(frozen=True)
class County:
    """How many mines of a county lack what."""

    area: Area
    total: int
    needs: Counter[Need]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The label of each need, and of how many mines it is the worst."""
        return [(LABELS[need], self.needs[need]) for need in Need]


class Board:
    """All mines that ``actor`` sees, as of ``on``."""

    def __init__(self, actor: Actor, on: date) -> None:
        self.on = on
        self.required = mines.required(on)
        self.needed = per_quarter(on)
        self.quarter = quarter(on)
        self.month = on.replace(day=1), on
        self.year = date(on.year, 1, 1), on
        self.rows: SubjectQuerySet = mines.asked().visible_to(actor)
        self.areas = dict(self.rows.order_by().values_list("pk", "area__path"))
        self.mines = self._mines()

    def _mines(self) -> dict[int, Mine]:
        found: defaultdict[int, Mine] = defaultdict(Mine)
        for each in of_day(self.on, self.areas):
            found[each.site_id].stewards[Level(each.level)] = each
        made = [each for each in visits(*self.year) if each.mine in self.areas]
        for visit in made:
            found[visit.mine].visits.append(visit)
        for each in self._due(found.values(), made):
            found[each.site_id].due.append(each)
        for pk in self.areas:
            mine = found[pk]
            mine.vacant = tuple(each for each in self.required if each not in mine.stewards)
        return dict(found)

    def _due(self, shown: Iterable[Mine], made: list[Visit]) -> list[Stewardship]:
        """The required stewards of the day who have still to go this quarter."""
        asked = [
            s for mine in shown for level, s in mine.stewards.items() if level in self.required
        ]
        return missing(asked, made, self.quarter, self.needed)

    def of(self, site: Site) -> Mine:
        return self.mines[site.pk]

    def needing(self, need: Need) -> list[int]:
        """The keys of the mines of which this is the worst."""
        return [pk for pk, mine in self.mines.items() if mine.need == need]

    def unvisited(self) -> list[int]:
        """The keys of the mines to which a steward has still to go this quarter, be a level of
        theirs vacant or not."""
        return [pk for pk, mine in self.mines.items() if mine.due]

    def lacking(self, level: Level) -> list[int]:
        """The keys of the mines without a steward of the level, where one is required."""
        return [pk for pk, mine in self.mines.items() if level in mine.vacant]

    @cached_property
    def ordered(self) -> SubjectQuerySet:
        """The mines with ``need_rank``: 0 for what is worst."""
        ranks = [When(pk__in=self.needing(n), then=Value(rank)) for rank, n in enumerate(Need)]
        return self.rows.annotate(
            need_rank=Case(*ranks, default=Value(len(Need)), output_field=IntegerField())
        ).select_related("area__parent", "sector", "regulator")

    @cached_property
    def counties(self) -> list[County]:
        """The counties in which a mine lies, in official order."""
        found = []
        for area in areas_of_county_rank():
            below = f"{area.path}/"
            inside = [self.mines[pk] for pk, path in self.areas.items() if _in(path, below)]
            if inside:
                found.append(County(area, len(inside), Counter(each.need for each in inside)))
        return found


def _in(path: str, below: str) -> bool:
    return f"{path}/".startswith(below)


def of_day(on: date, sites: Sequence[int] | dict[int, str]) -> list[Stewardship]:
    """The stewardships of the mines that are in force on the day."""
    running = Stewardship.objects.in_force(on).filter(site__in=list(sites))
    return list(running.select_related("post__organisation").order_by("valid_from", "pk"))
