"""Publishing a draft: the first time it makes the plan, later it changes only what changed.

Duties keep their history, reports and evidence: what the new version still asks is updated in
place, what it no longer asks is cancelled (never deleted), what it asks anew is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db import models
from django.utils import timezone

from anlan.kernel.errors import Refused
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write
from anlan.plan import clocks
from anlan.plan.choices import DutyOrigin, DutyState
from anlan.plan.drafts import CLAUSE_WORDS, ClauseDraft, KeyDutyDraft, OwnerDraft, PlanDraft
from anlan.plan.matching import match_clauses, match_key_duties
from anlan.plan.models import Assignment, Clause, Duty, Extension, KeyDuty, Plan
from anlan.plan.services.standings import standing_of
from anlan.plan.wanted import Wanted

_KIND = {True: "演示数据", False: "正式计划"}
_DEMO = (
    "{year} 年已有{kind}，演示数据和正式计划不能混在一起，没有发布。"
    "请核对年度，或另用一个空的数据文件夹（ANLAN_VAR）运行。"
)


@dataclass
class Change:
    """One thing that publishing changes, for people to read before and after."""

    what: str  # key_duty, clause, owner, duty
    how: str  # added, changed, removed
    name: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def publish(write: Write, draft: PlanDraft) -> tuple[Plan, list[Change]]:
    """Make or revise the plan of ``draft.year`` and ``draft.area`` within ``write``.

    All or nothing with the transaction of ``write``. Publishing the same draft twice changes
    nothing the second time. Refused: work in earnest on a demonstration's plan, or the reverse.
    """
    publication = _Publication(write, draft)
    return publication.run(), publication.changes


class _Publication:
    def __init__(self, write: Write, draft: PlanDraft) -> None:
        self.write = write
        self.draft = draft
        self.changes: list[Change] = []
        owners = {o.organisation for k in draft.key_duties for o in k.owners}
        owners |= {pk for k in draft.key_duties for clause in k.clauses for pk in clause.owners}
        self.organisations = Organisation.objects.select_related("area").in_bulk(owners)
        self.wanted = Wanted(draft.year, timezone.localdate(), self.organisations)

    def run(self) -> Plan:
        plan = self._plan()
        old = list(plan.key_duties.filter(retired_at=None).order_by("number"))
        matched = match_key_duties(old, self.draft.key_duties)
        if self.draft.partial:
            self._number_after(old, matched)
        else:
            for gone in set(old) - set(matched.values()):
                self._retire(gone)
        # Two items may have swapped numbers: step aside first, the number is unique.
        for index, key_duty in matched.items():
            if key_duty.number != self.draft.key_duties[index].number:
                self.write.change(key_duty, number=key_duty.number + 1000)
        for index, draft in enumerate(self.draft.key_duties):
            self._key_duty(plan, matched.get(index), draft)
        self.write.event("plan.published", plan, area=plan.area)
        return plan

    def _number_after(self, old: list[KeyDuty], matched: dict[int, KeyDuty]) -> None:
        """A supplement's items keep the plan's numbers; its new ones come after the last."""
        last = max((each.number for each in old), default=0)
        numbered = []
        for index, draft in enumerate(self.draft.key_duties):
            if index in matched:
                number = matched[index].number
            else:
                last = number = last + 1
            numbered.append(replace(draft, number=number))
        self.draft = replace(self.draft, key_duties=tuple(numbered))

    # --- plan, key duty, clauses, owners -------------------------------------------------------

    def _plan(self) -> Plan:
        draft = self.draft
        names = ("title", "issuer", "origin", "is_demo")
        fields = {name: getattr(draft, name) for name in names}
        plan = Plan.objects.select_for_update().filter(year=draft.year, area_id=draft.area).first()
        if plan is None:
            return self.write.add(
                Plan(year=draft.year, area_id=draft.area, published_at=timezone.now(), **fields)
            )
        if plan.is_demo != draft.is_demo:
            raise Refused("demo_plan", _DEMO.format(year=plan.year, kind=_KIND[plan.is_demo]))
        if not draft.partial:
            self._update(plan, fields)
        return plan

    def _key_duty(self, plan: Plan, key_duty: KeyDuty | None, draft: KeyDutyDraft) -> None:
        names = ("chapter_number", "chapter_title", "number", "title", "text")
        fields = {name: getattr(draft, name) for name in names}
        if draft.observed is not None:
            fields["observed"] = list(draft.observed)
        if key_duty is None:
            fields.setdefault("observed", self._observed_before(draft))
            key_duty = self.write.add(KeyDuty(plan=plan, **fields))
            self._note("key_duty", "added", draft.title)
        else:
            if self.draft.partial:
                fields = {"text": _joined(key_duty.text, draft.text)}
            if before := self._update(key_duty, fields):
                self._note("key_duty", "changed", draft.title, before, fields)
        clauses = self._clauses(key_duty, draft.clauses)
        self._owners(key_duty, draft.owners)
        self._duties(key_duty, draft, clauses)

    @cached_property
    def _earlier(self) -> list[KeyDuty]:
        """The items of the plan before, if there is one."""
        rows = KeyDuty.objects.filter(
            plan__area=self.draft.area, plan__year__lt=self.draft.year, retired_at=None
        )
        newest = rows.order_by("-plan__year").values_list("plan", flat=True).first()
        return list(rows.filter(plan=newest)) if newest else []

    def _observed_before(self, draft: KeyDutyDraft) -> list[str]:
        """What told of the same item of the year before: no notice names its indicators."""
        found = match_key_duties(self._earlier, [draft])
        return list(found[0].observed) if found else []

    def _retire(self, key_duty: KeyDuty) -> None:
        self._note("key_duty", "removed", key_duty.title)
        now = timezone.now()
        for clause in key_duty.clauses.filter(retired_at=None):
            self.write.change(clause, retired_at=now)
        self.write.change(key_duty, retired_at=now)
        self._cancel(_of_notice(key_duty))

    def _clauses(
        self, key_duty: KeyDuty, drafts: tuple[ClauseDraft, ...]
    ) -> list[tuple[Clause, ClauseDraft]]:
        old = list(key_duty.clauses.filter(retired_at=None).order_by("number"))
        matched = match_clauses(old, drafts)
        for gone in set() if self.draft.partial else set(old) - set(matched.values()):
            self._note("clause", "removed", gone.text)
            self.write.change(gone, retired_at=timezone.now())
        kept: list[tuple[Clause, ClauseDraft]] = []
        new: list[Clause] = []
        for index, draft in enumerate(drafts):
            fields = {name: getattr(draft, name) for name in CLAUSE_WORDS}
            fields |= {"lines": list(draft.lines), "number": index + 1}
            clause = matched.get(index)
            if self.draft.partial:
                fields["number"] = clause.number if clause else len(old) + len(new) + 1
            if clause is None:
                clause = Clause(key_duty=key_duty, **fields)
                new.append(clause)
                self._note("clause", "added", draft.text)
            elif (before := self._update(clause, fields)).keys() - {"lines", "number"}:
                self._note("clause", "changed", draft.text, before, fields)
            kept.append((clause, draft))
        _add_all(new)
        return kept

    def _owners(self, key_duty: KeyDuty, drafts: tuple[OwnerDraft, ...]) -> None:
        assignments = key_duty.assignments.select_related("organisation")
        old = {(a.part, a.organisation_id): a for a in assignments}
        new = []
        for draft in drafts:
            fields = {"role": draft.role, "name": draft.name, "inherited": draft.inherited}
            found = old.pop((draft.part, draft.organisation), None)
            organisation = self.organisations[draft.organisation]
            if found is None:
                new.append(
                    Assignment(
                        key_duty=key_duty, part=draft.part, organisation=organisation, **fields
                    )
                )
                self._note("owner", "added", f"{key_duty.title}：{organisation}")
            elif before := self._update(found, fields):
                self._note("owner", "changed", f"{key_duty.title}：{organisation}", before, fields)
        _add_all(new)
        for gone in () if self.draft.partial else old.values():
            self._note("owner", "removed", f"{key_duty.title}：{gone.organisation}")
            gone.delete()

    # --- duties --------------------------------------------------------------------------------

    def _duties(
        self, key_duty: KeyDuty, draft: KeyDutyDraft, clauses: list[tuple[Clause, ClauseDraft]]
    ) -> None:
        existing = _of_notice(key_duty).select_related("organisation").order_by("pk")
        old = {(d.clause_id, d.organisation_id, d.period_start): d for d in existing}
        granted = Extension.objects.filter(duty__in=existing, state="granted")
        put_off = set(granted.values_list("duty", flat=True))
        new = []
        for wanted in self.wanted.duties(key_duty, draft, clauses):
            key = (wanted.clause_id, wanted.organisation_id, wanted.period_start)
            duty = old.pop(key, None)
            if duty is None:
                new.append(wanted)
            else:
                self._revise(duty, wanted, put_off=duty.pk in put_off)
        _add_all(new)
        clocks.start(self.write, new)
        for duty in new:
            self._note("duty", "added", f"{duty.title}（{duty.organisation}）")
        if not self.draft.partial:
            self._cancel(old.values())

    def _revise(self, duty: Duty, wanted: Duty, *, put_off: bool) -> None:
        fields: dict[str, Any] = {
            "title": wanted.title,
            "role": wanted.role,
            "target": wanted.target,
        }
        # A date that was put off for this unit stays, unless the notice now gives a later one.
        if not (put_off and wanted.due_on <= duty.due_on):
            fields["due_on"] = wanted.due_on
        if duty.state == DutyState.CANCELLED:
            fields["state"] = DutyState.OPEN
        if duty.counted_by_id and not (wanted.clause and wanted.clause.measure):
            # What a ledger counted is not what the unit reported: it reports from now on.
            fields |= {"progress": None, "progress_at": None, "counted_by": None}
        before = self._update(duty, fields)
        self._update(duty, {"standing": standing_of(duty, today=self.wanted.today)})
        if before.keys() & {"due_on", "state"}:
            clocks.keep(self.write, duty)
        if before:
            self._note("duty", "changed", f"{duty.title}（{duty.organisation}）", before, fields)

    def _cancel(self, duties: Iterable[Duty]) -> None:
        """What is already met stays met: its history is not taken from the unit."""
        for duty in duties:
            if duty.state == DutyState.OPEN:
                self._note("duty", "removed", f"{duty.title}（{duty.organisation}）")
                self.write.change(duty, state=DutyState.CANCELLED)
                clocks.keep(self.write, duty)
                self._cancel(duty.parts.all())

    # --- small things --------------------------------------------------------------------------

    def _update(self, instance: models.Model, fields: dict[str, Any]) -> dict[str, Any]:
        """Change what differs; the old values of what was changed."""
        before = {k: getattr(instance, k) for k, v in fields.items() if getattr(instance, k) != v}
        if before:
            self.write.change(instance, **{name: fields[name] for name in before})
        return before

    def _note(
        self,
        what: str,
        how: str,
        name: str,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        changed = before or {}
        self.changes.append(
            Change(what, how, name, changed, {k: (after or {})[k] for k in changed})
        )


def _of_notice(key_duty: KeyDuty) -> models.QuerySet[Duty]:
    """What a revision may change: what a progress call gave is not the notice's to take."""
    return key_duty.duties.filter(parent=None, origin=DutyOrigin.NOTICE)


def _add_all(rows: Sequence[models.Model]) -> None:
    """Store many new rows of one kind at once, each validated but for its foreign keys: one query
    per key and row would cost seconds, and the database checks them anyway."""
    if not rows:
        return
    model = type(rows[0])
    keys = [each.name for each in model._meta.concrete_fields if each.is_relation]
    for row in rows:
        row.clean_fields(exclude=keys)
    model._default_manager.bulk_create(rows, batch_size=500)


def _joined(text: str, more: str) -> str:
    """The text with what a supplement says besides, once."""
    return text if more in text else "\n".join(filter(None, [text, more]))
