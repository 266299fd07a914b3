"""How urgent a duty is: a column that the database derives, so that lists are read in its order
from an index and not sorted anew for each page."""

from __future__ import annotations

from django.db.models import (
    Case,
    DateField,
    Func,
    GeneratedField,
    Index,
    PositiveSmallIntegerField,
    Q,
    Value,
    When,
)

from anlan.plan.choices import Standing
from anlan.plan.standing import ORDER

LATE = len(ORDER)

# The order of a list, most urgent first. The id of the key duty stands for its number: a number of
# another table could not be part of an index.
BY_URGENCY = ("urgency", "due_on", "key_duty_id")


def field() -> GeneratedField:
    """The rank of the standing: overdue first, then as ``ORDER``.

    What was over when it was given comes last, for nobody could have kept it. Such a duty is "not
    measured" and was made after its date; "not measured and past its date today" says the same,
    but a stored column may not depend on today.
    """
    made_on = Func(
        "created_at",
        template="(%(expressions)s AT TIME ZONE 'Asia/Shanghai')::date",
        output_field=DateField(),
    )
    late = When(
        standing=Standing.NOT_MEASURED,
        due_on__lt=made_on,
        then=Value(LATE),
    )
    ranks = [When(standing=each, then=Value(rank)) for rank, each in enumerate(ORDER)]
    return GeneratedField(
        expression=Case(late, *ranks, default=Value(LATE)),
        output_field=PositiveSmallIntegerField(),
        db_persist=True,
    )


def ranks(standing: str) -> list[int]:
    """The ranks that duties of this standing have: a filter by them reads a part of the index."""
    rank = ORDER.index(Standing(standing))
    return [rank, LATE] if standing == Standing.NOT_MEASURED else [rank]


def indexes() -> list[Index]:
    """For cells, for lists by urgency and by date, for the duties of a unit, for a title.

    What viewers are told apart by and what is counted stands in them: a page far back need not
    read the rows that it skips, and a count reads no row at all.
    """
    running = ~Q(state="cancelled")
    seen = ["area", "organisation", "parent", "standing"]
    return [
        Index(fields=["key_duty", "area", "standing"], name="duty_matrix"),
        Index(
            fields=["urgency", "due_on", "key_duty", "id"],
            name="duty_by_urgency",
            condition=running,
            include=seen,
        ),
        Index(fields=["due_on", "id"], name="duty_by_date", condition=running, include=seen),
        Index(
            fields=["organisation", "state", "due_on"],
            name="duty_work_list",
            include=["area", "key_duty", "parent", "standing"],
        ),
        Index(fields=["title"], name="duty_by_title"),
    ]
