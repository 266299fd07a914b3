"""Which mines must have a steward, of which levels, and whose a mine is.

Notice, item 4: 市县政府负责人带头落实包保矿山安全生产责任制, the leaders of the city's and the
counties' governments. That each mine has one of both levels, and that ponds count as mines, are
assumptions.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from anlan.kernel.norms.values import values
from anlan.kernel.orgs.models import Organisation, OrganisationKind
from anlan.registry.choices import Business
from anlan.registry.indicators import CLOSED, belonging
from anlan.registry.models import Entry, Site
from anlan.registry.models.subjects import SubjectQuerySet
from anlan.registry.referables import MINE_KINDS
from anlan.stewardship.choices import Level, level_of

LEVELS = "stewardship.levels"


def asked() -> SubjectQuerySet:
    """Mines and ponds that must have a steward: stopped ones too, for danger does not stop with
    the work; not those that are closed for good or were merged into another."""
    shut = Entry.objects.filter(register__code="tailings-pond", values__use__in=CLOSED)
    mines: SubjectQuerySet = Site.objects.standing()
    return mines.filter(kind__in=MINE_KINDS).exclude(
        Q(business=Business.CLOSED) | Q(entries__in=shut.order_by())
    )


def required(on: date | None = None) -> tuple[Level, ...]:
    """The levels of which each mine must have a steward (``data/norms/work.yaml``)."""
    return tuple(Level(each) for each in values({LEVELS: ["city", "county"]}, on=on)[LEVELS])


def levels_for(organisation: Organisation, on: date) -> tuple[Level, ...]:
    """The levels that an organisation answers for: a government its own, others all required."""
    wanted = required(on)
    if organisation.kind != OrganisationKind.GOVERNMENT:
        return wanted
    return tuple(each for each in wanted if each == level_of(organisation.area))


def of(organisation: Organisation) -> SubjectQuerySet:
    """The mines of an organisation: a government's lie in its area, others' are regulated by it."""
    mines: SubjectQuerySet = asked().filter(belonging(organisation))
    return mines
