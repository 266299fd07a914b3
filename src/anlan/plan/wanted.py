"""The duties that a draft asks for: of whom, for what, over which stretch of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from anlan.kernel.deadlines.calendar import NoCalendar
from anlan.kernel.errors import Refused
from anlan.kernel.orgs.models import Organisation
from anlan.plan.choices import UnitRole
from anlan.plan.drafts import ClauseDraft, KeyDutyDraft, OwnerDraft
from anlan.plan.goals import asked_of, number_of
from anlan.plan.models import Clause, Duty, KeyDuty
from anlan.plan.periods import name, spans
from anlan.plan.quotas import Quota, Span
from anlan.plan.services.standings import standing_of

# Where an organisation is named in several roles, the strongest counts.
_WEIGHT = ["lead", "responsible", "oversee", "assist"]
_NO_CALENDAR = (
    "条款“{clause}”要求期限遇休息日提前到工作日，但 {year} 年的节假日安排还没有公布，不能推算。"
    "请先取消这一条的“遇休息日提前到工作日”，公布后再修订。"
)


@dataclass(frozen=True)
class Wanted:
    """What the duties of a plan are made of. ``organisations``: those that own any, by id."""

    year: int
    today: date
    organisations: Mapping[int, Organisation]

    def duties(
        self,
        key_duty: KeyDuty,
        draft: KeyDutyDraft,
        clauses: Sequence[tuple[Clause, ClauseDraft]],
    ) -> Iterable[Duty]:
        """Unsaved: one duty per owner for the item as a whole; one per owner and period for each
        clause that is assigned on its own. See :func:`_owners_of` for whose it is."""
        [whole] = (Span(*each) for each in spans(self.year, deadline=draft.due_on))
        for owner in _once(draft.owners):
            yield self._duty(key_duty, None, owner, whole, draft.title)
        for clause, clause_draft in clauses:
            if not clause_draft.assigned:
                continue
            owners = list(_once(_owners_of(clause_draft, draft)))
            for span in self._spans(clause):
                for owner in owners:
                    asked = self._asked(owner, clause, span)
                    if asked is not None or number_of(clause) is None:
                        title = _title(clause, span.first)
                        yield self._duty(key_duty, clause, owner, span, title, asked)

    def _spans(self, clause: Clause) -> Iterable[Span]:
        """The stretches of the clause. Refused where one is to end on a working day of a year
        whose holidays are not published."""
        stretches = spans(self.year, period=clause.period, deadline=clause.deadline)
        for span in (Span(*each) for each in stretches):
            try:
                yield span.ending_on_working_day() if clause.working_day else span
            except NoCalendar as unknown:
                said = _NO_CALENDAR.format(clause=clause.text[:40], year=span.last.year)
                raise Refused("no_calendar", said) from unknown

    def _asked(self, owner: OwnerDraft, clause: Clause, span: Span) -> Quota | None:
        """The clause's number for an organisation that may have existed for a part of the time;
        None where the clause has none, or asks nothing of it."""
        if number_of(clause) is None:
            return None
        return asked_of(self.organisations[owner.organisation], clause, span)

    def _duty(
        self,
        key_duty: KeyDuty,
        clause: Clause | None,
        owner: OwnerDraft,
        span: Span,
        title: str,
        asked: Quota | None = None,
    ) -> Duty:
        organisation = self.organisations[owner.organisation]
        duty = Duty(
            key_duty=key_duty,
            clause=clause,
            organisation=organisation,
            area=organisation.area,
            role=owner.role,
            title=title,
            target=asked.value if asked else None,
            period_start=span.first,
            due_on=span.last,
        )
        duty.standing = standing_of(duty, today=self.today)
        return duty


def _owners_of(clause: ClauseDraft, draft: KeyDutyDraft) -> list[OwnerDraft]:
    """Whom the clause itself names; else its part's owners; else the item's."""
    if clause.owners:
        known = {each.organisation: each for each in reversed(list(_once(draft.owners)))}
        return [
            known.get(pk) or OwnerDraft(pk, UnitRole.RESPONSIBLE, clause.subject)
            for pk in clause.owners
        ]
    of_part = [each for each in draft.owners if clause.part and each.part == clause.part]
    return of_part or list(draft.owners)


def _title(clause: Clause, start: date) -> str:
    stretch = name(clause.period, start)
    return f"{clause.text[:280]}（{stretch}）" if stretch else clause.text[:300]


def _once(owners: Iterable[OwnerDraft]) -> Iterable[OwnerDraft]:
    """Each organisation once."""
    seen: dict[int, OwnerDraft] = {}
    for owner in sorted(owners, key=lambda o: (o.inherited, _WEIGHT.index(o.role))):
        seen.setdefault(owner.organisation, owner)
    return seen.values()
