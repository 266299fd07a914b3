"""How many duties stand where, kept as they change: pages read some hundred counts, not the duties.

The count of a cell (key duty, area of county rank or the city, given by the notice or handed down,
standing) is the **sum** of its rows. A change of duties only adds rows, so that writers never wait
for each other and cannot deadlock; ``fold`` puts the rows of a cell together every minute. Why this
and not one row per cell: docs/decisions/0007-counts-are-kept-as-sums.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

import pgtrigger
from django.db import connection, models, transaction

from anlan.kernel.access.actor import Actor
from anlan.plan.choices import Standing
from anlan.plan.visibility import OVERVIEW, UNIT, duty_scope

DEPTH = 2  # of the areas that are counted: the city and what lies directly in it


class TallyQuerySet(models.QuerySet["Tally"]):
    def visible_to(self, actor: Actor) -> Self:
        """The counts of what the actor oversees; only for whom :func:`suffices`."""
        return self.filter(duty_scope(actor))


class Tally(models.Model):
    """A summand of a cell. The database adds the rows, no program does; nothing here is audited,
    for the duties are, and all of this can be counted anew from them (:func:`recount`)."""

    # Without constraints of its own: each row comes from a duty, whose keys are checked.
    key_duty = models.ForeignKey(
        "plan.KeyDuty", models.CASCADE, related_name="+", db_constraint=False
    )
    area = models.ForeignKey("orgs.Area", models.PROTECT, related_name="+", db_constraint=False)
    handed = models.BooleanField("分解下达")
    standing = models.CharField("状态", max_length=12, choices=Standing)
    count = models.IntegerField("项数")

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务计数"

    def __str__(self) -> str:
        return f"{self.key_duty_id}/{self.area_id} {self.standing} {self.count:+}"


# --- written by the database -------------------------------------------------------------------

# The cells of duties with ``n`` (+1 or -1) each. PostgreSQL splits the path, so that the rule by
# which an area belongs to a county stands in one place, here.
CELLS = f"""
    SELECT d.key_duty_id, top.id AS area_id, d.parent_id IS NOT NULL AS handed, d.standing,
           sum(d.n) AS count
    FROM ({{duties}}) d
    JOIN orgs_area place ON place.id = d.area_id
    JOIN orgs_area top
      ON top.path = array_to_string((string_to_array(place.path, '/'))[1:{DEPTH}], '/')
    GROUP BY 1, 2, 3, 4 HAVING sum(d.n) <> 0
"""  # noqa: S608 - no value of a user
COLUMNS = "key_duty_id, area_id, handed, standing, count"


def _running(table: str, n: int) -> str:
    return (
        f"SELECT key_duty_id, area_id, parent_id, standing, {n} AS n FROM {table}"  # noqa: S608
        " WHERE state <> 'cancelled'"
    )


ALL = CELLS.format(duties=_running("plan_duty", 1))


def tallied() -> list[pgtrigger.Trigger]:
    """The triggers on duties: one run per statement, however many rows it changes."""
    return [
        _trigger("insert", pgtrigger.Insert, new=1),
        _trigger("update", pgtrigger.Update, old=-1, new=1),
        _trigger("delete", pgtrigger.Delete, old=-1),
    ]


def _trigger(name: str, operation: pgtrigger.Operation, **sides: int) -> pgtrigger.Trigger:
    tables = {side: f"{side}_rows" for side in sides}
    duties = " UNION ALL ".join(_running(tables[side], n) for side, n in sides.items())
    cells = CELLS.format(duties=duties)
    return pgtrigger.Trigger(
        name=f"tallied_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=f"INSERT INTO plan_tally ({COLUMNS}) {cells}; RETURN NULL;",
    )


# Folding and counting anew delete what they saw. They take turns: one that saw rows which the other
# was about to replace would count them twice. Writers of duties take no part in this.
TURN = "SELECT pg_advisory_xact_lock(hashtext('plan.tally'))"

FOLD = f"""
WITH several AS (
    SELECT key_duty_id, area_id, handed, standing FROM plan_tally
    GROUP BY 1, 2, 3, 4 HAVING count(*) > 1 OR sum(count) = 0
), gone AS (
    DELETE FROM plan_tally t USING several s
    WHERE (t.key_duty_id, t.area_id, t.handed, t.standing)
        = (s.key_duty_id, s.area_id, s.handed, s.standing)
    RETURNING t.*
)
INSERT INTO plan_tally ({COLUMNS})
SELECT key_duty_id, area_id, handed, standing, sum(count) FROM gone
GROUP BY 1, 2, 3, 4 HAVING sum(count) <> 0
"""  # noqa: S608

RECOUNT = f"""
WITH gone AS (DELETE FROM plan_tally)
INSERT INTO plan_tally ({COLUMNS}) {ALL}
"""  # noqa: S608

# What the duties of a key duty say, beside what the tally says, by one snapshot.
COMPARE = f"""
SELECT 1 FROM (
    SELECT key_duty_id, area_id, handed, standing, sum(count) AS count FROM plan_tally
    WHERE key_duty_id = ANY(%(key_duties)s) GROUP BY 1, 2, 3, 4 HAVING sum(count) <> 0
) kept FULL JOIN (
    {CELLS.format(duties=_running("plan_duty", 1) + " AND key_duty_id = ANY(%(key_duties)s)")}
) counted USING (key_duty_id, area_id, handed, standing)
WHERE kept.count IS DISTINCT FROM counted.count
"""  # noqa: S608


def fold() -> None:
    """Put the rows of each cell together; the sums stay what they are."""
    _in_turn(FOLD)


def recount() -> None:
    """Count all duties anew. What others write meanwhile is neither lost nor counted twice: their
    duty and its row of the tally become visible together."""
    _in_turn(RECOUNT)


def differs(key_duties: Iterable[int]) -> bool:
    """Whether the tally says anything else than the duties of these key duties."""
    with connection.cursor() as cursor:
        cursor.execute(COMPARE, {"key_duties": list(key_duties)})
        return cursor.fetchone() is not None


def _in_turn(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TURN)  # a statement of its own: the next one sees what the other has done
        cursor.execute(statement)


# --- read by pages -----------------------------------------------------------------------------


def suffices(actor: Actor) -> bool:
    """Whether the counts by county tell what this actor sees: he oversees whole counties or the
    city. Who sees less, or sees by organisation, has his own few duties counted."""
    if actor.is_system:
        return True
    tops = [grant.area.path for grant in actor.grants if grant.role in OVERVIEW]
    by_unit = any(grant.role in UNIT for grant in actor.grants)
    return bool(tops) and not by_unit and all(top.count("/") < DEPTH for top in tops)
