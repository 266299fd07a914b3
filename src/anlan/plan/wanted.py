"""The duties that a draft asks for: of whom, for what, over which stretch of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from anlan.kernel.orgs.models import Organisation
from anlan.plan.choices import UnitRole
from anlan.plan.drafts import ClauseDraft, KeyDutyDraft, OwnerDraft
from anlan.plan.goals import asked_of
from anlan.plan.models import Clause, Duty, KeyDuty
from anlan.plan.periods import name, spans
from anlan.plan.quotas import Quota, Span
from anlan.plan.services.standings import standing_of

# Where an organisation is named in several roles, the strongest counts.
_WEIGHT = ["lead", "responsible", "oversee", "assist"]


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
        [whole] = spans(self.year, deadline=draft.due_on)
        for owner in _once(draft.owners):
            yield self._duty(key_duty, None, owner, whole, draft.title)
        for clause, clause_draft in clauses:
            if not clause_draft.assigned:
                continue
            owners = list(_once(_owners_of(clause_draft, draft)))
            for span in spans(self.year, period=clause.period, deadline=clause.deadline):
                for owner in owners:
                    asked = self._asked(owner, clause, span)
                    if asked is not None or clause.value is None:
                        title = _title(clause, span[0])
                        yield self._duty(key_duty, clause, owner, span, title, asked)

    def _asked(self, owner: OwnerDraft, clause: Clause, span: tuple[date, date]) -> Quota | None:
        """The clause's number for an organisation that may have existed for a part of the time;
        None where the clause has none, or asks nothing of it."""
        if clause.value is None:
            return None
        return asked_of(self.organisations[owner.organisation], clause, Span(*span))

    def _duty(
        self,
        key_duty: KeyDuty,
        clause: Clause | None,
        owner: OwnerDraft,
        span: tuple[date, date],
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
            period_start=span[0],
            due_on=span[1],
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
