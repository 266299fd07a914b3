"""What is to be published: a notice's content with its units bound to organisations."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class OwnerDraft:
    """``organisation`` (its id) answers in ``role`` for the key duty or its ``part``."""

    organisation: int
    role: str
    name: str
    part: str = ""
    inherited: bool = False


@dataclass(frozen=True)
class ClauseDraft:
    """A binding clause; see ``plan.models.Clause``. ``owners``: the organisations (ids) that the
    clause itself names; none: it binds whoever answers for the item."""

    text: str
    kind: str
    part: str = ""
    subject: str = ""
    value: Decimal | None = None
    value_max: Decimal | None = None
    unit: str = ""
    op: str = ""
    period: str = ""
    deadline: date | None = None
    window_months: int | None = None
    working_day: bool = False
    measure: str = ""
    assigned: bool = False
    lines: tuple[int, int] = (0, 0)
    owners: tuple[int, ...] = ()


# What a clause has as it is read, checked and published alike.
_BESIDES = ("lines", "owners")
CLAUSE_WORDS = tuple(each.name for each in fields(ClauseDraft) if each.name not in _BESIDES)


@dataclass(frozen=True)
class KeyDutyDraft:
    """An item with its owners and clauses. ``due_on``: when the item as a whole is due.

    ``observed``: keys of indicators; None: what is published already says which.
    """

    number: int
    title: str
    due_on: date
    text: str = ""
    chapter_number: int | None = None
    chapter_title: str = ""
    owners: tuple[OwnerDraft, ...] = ()
    clauses: tuple[ClauseDraft, ...] = ()
    observed: tuple[str, ...] | None = None


@dataclass(frozen=True)
class PlanDraft:
    """One year's notice, ready to be published for ``area`` (its id).

    ``partial``: a supplement, which adds to the plan and takes nothing away.
    """

    year: int
    area: int
    title: str
    issuer: str
    key_duties: tuple[KeyDutyDraft, ...] = field(default=())
    origin: int | None = None
    is_demo: bool = False
    partial: bool = False
