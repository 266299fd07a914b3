"""Work records of the demonstration: what its counted duties count, through the services that
people use. Some units did all, some a part, some nothing; a few records wait for the office."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from django.db.models import QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.evidence.services import file_store
from anlan.kernel.typed.fields import Field, Kind, Stored
from anlan.plan.demo import people, pictures
from anlan.plan.models import Duty, Plan
from anlan.plan.services import counting
from anlan.records.models import Record, RecordTypeVersion
from anlan.records.selectors import version_of
from anlan.records.services.recording import record_draft, record_submit
from anlan.records.services.verifying import record_verify

LEDGER = "records."
ALL, PART = 55, 25  # in percent of the duties; the rest has nothing on record
OBSERVED = (0, 0, 1, 2)  # records of one kind on which no number is asked
WAITING = 6  # the last records are left for the office to verify
SEEN = "演示：已抽查原件。"  # what was entered late is marked, and needs an opinion


class Ledger:
    """The records of ``plan``."""

    def __init__(self, plan: Plan, acting: people.People) -> None:
        self.plan = plan
        self.today = timezone.localdate()
        self.people = acting
        self.office = acting.account(people.OFFICE)
        self.told: set[tuple[str, int]] = set()

    def do(self, duties: QuerySet[Duty]) -> str:
        """Record for the counted ones of ``duties``, verify most, count; says how much."""
        counted = duties.filter(
            clause__measure__startswith=LEDGER, period_start__lte=self.today
        ).select_related("clause", "organisation")
        told = duties.filter(clause=None, period_start__lte=self.today)
        submitted = [made for duty in told for made in self._observed(duty)]
        submitted += [made for duty in counted for made in self._of(duty)]
        for record in submitted[:-WAITING]:
            record_verify(actor=self.office, record=record, reason=SEEN)
        counting.recount(counting.counted().filter(key_duty__plan=self.plan))
        return f"工作记录 {len(submitted)}"

    def _of(self, duty: Duty) -> list[int]:
        if duty.clause is None or duty.target is None:
            return []
        version = version_of(duty.clause.measure.removeprefix(LEDGER))
        if not version.open_to(duty.organisation):
            return []
        chance = Random(f"{duty.clause.text}|{duty.organisation.code}|{duty.period_start}")
        drawn, target = chance.randrange(100), int(duty.target)
        share = 1.0 if drawn < ALL else chance.uniform(0.2, 0.8) if drawn < ALL + PART else 0.0
        count = round(target * share)
        actor = self.people.of(duty.organisation)
        return [self._record(actor, duty, version, chance, number) for number in range(count)]

    def _observed(self, duty: Duty) -> list[int]:
        """What the indicators of an item without a number tell of: a few of some kinds."""
        keys = [each for each in duty.key_duty.observed if each.startswith(LEDGER)]
        made: list[int] = []
        codes = {key.removeprefix(LEDGER).partition(".")[0] for key in keys}
        for code in sorted(codes):
            if (code, duty.organisation_id) in self.told:  # by another item
                continue
            self.told.add((code, duty.organisation_id))
            version = version_of(code)
            chance = Random(f"{code}|{duty.organisation.code}")
            count = chance.choice(OBSERVED)
            # What must name a subject of another ledger is told by that ledger's demonstration.
            refers = any(e.required and e.kind == Kind.REFERENCE for e in version.schema)
            if count and version.open_to(duty.organisation) and not refers:
                actor = self.people.of(duty.organisation)
                made += [self._record(actor, duty, version, chance, n) for n in range(count)]
        return made

    def _record(
        self, actor: Actor, duty: Duty, version: RecordTypeVersion, chance: Random, number: int
    ) -> int:
        day = self._day(duty, chance)
        title = f"演示：{version.type.name}（{day:%m-%d}之{number + 1}）"
        words = f"{title}，{duty.organisation}，全部为虚构内容。"
        name = f"{duty.pk}-{number}"
        made: Record = record_draft(
            actor=actor,
            type_code=version.type.code,
            organisation=duty.organisation_id,
            held_on=day,
            title=title,
            values={each.key: _sample(each, day) for each in version.schema if each.required},
            evidence=[file_store(actor=actor, upload=pictures.note(words, name))],
        )
        return int(record_submit(actor=actor, record=made.pk).pk)

    def _day(self, duty: Duty, chance: Random) -> date:
        last = min(duty.due_on, self.today)
        return duty.period_start + timedelta(
            days=chance.randrange((last - duty.period_start).days + 1)
        )


def _sample(field: Field, day: date) -> Stored:
    """Something that a required field takes."""
    match field.kind:
        case Kind.INTEGER | Kind.NUMBER:
            return str(int(field.minimum or 0) + 1)
        case Kind.DATE:
            return day.isoformat()
        case Kind.YES_NO:
            return True
        case Kind.CHOICE:
            return field.choices[0].code
        case Kind.CHOICES:
            return [field.choices[0].code]
        case _:
            return "演示内容"
