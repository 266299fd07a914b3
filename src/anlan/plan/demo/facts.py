"""The demonstration's plan: the facts of the city's notice moved to another year, and marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from anlan.kernel.orgs.models import Area
from anlan.plan.drafts import ClauseDraft, KeyDutyDraft, OwnerDraft, PlanDraft
from anlan.plan.loading import draft as of_facts

MARK = "演示："
ISSUER = "演示数据，不是正式文件"
LATE = timedelta(days=20)  # before today: a date that some units have missed
# So that every standing is to be seen whatever the season: a date just missed, and months to come.
SUMMARY, MONTHLY = "阶段小结", "按月调度"
SUMMARY_ITEM, MONTHLY_ITEM = 2, 10
SUMMARY_OWNERS, MONTHLY_OWNERS = 14, 1


def draft(file: Path, city: Area, *, today: date) -> PlanDraft:
    """The facts of ``file`` as a plan of today's year whose title begins with 演示：."""
    facts = yaml.safe_load(file.read_text(encoding="utf-8"))
    moved = of_facts(_moved(facts, today.year), city)
    title = f"{MARK}{moved.title}".replace(str(facts["year"]), str(today.year))
    key_duties = tuple(_with_more(each, today) for each in moved.key_duties)
    return replace(moved, title=title, issuer=ISSUER, is_demo=True, key_duties=key_duties)


def _moved(facts: Any, year: int) -> Any:
    """The facts with every date as many years later as ``year`` is after theirs."""
    years = year - int(facts["year"])

    def move(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: move(each) for key, each in value.items()}
        if isinstance(value, list):
            return [move(each) for each in value]
        return _later(value, years) if isinstance(value, date) else value

    return {**move(facts), "year": year}


def _later(day: date, years: int) -> date:
    """The same day of a later year; the 28th for a 29 February that it lacks."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _with_more(key_duty: KeyDutyDraft, today: date) -> KeyDutyDraft:
    if key_duty.number == SUMMARY_ITEM:
        summary = ClauseDraft(
            text=f"{MARK}报送阶段小结", kind="deadline", part=SUMMARY, deadline=today - LATE,
            assigned=True,
        )  # fmt: skip
        return _more(key_duty, summary, SUMMARY_OWNERS)
    if key_duty.number == MONTHLY_ITEM:
        monthly = ClauseDraft(
            text=f"{MARK}每月调度一次", kind="frequency", part=MONTHLY, value=Decimal(1), unit="次",
            op=">=", period="month", assigned=True,
        )  # fmt: skip
        return _more(key_duty, monthly, MONTHLY_OWNERS)
    return key_duty


def _more(key_duty: KeyDutyDraft, clause: ClauseDraft, owners: int) -> KeyDutyDraft:
    """With a clause for the last ``owners`` of those that the notice names once for all."""
    chosen = [each for each in key_duty.owners if each.inherited][-owners:]
    added = tuple(
        OwnerDraft(each.organisation, each.role, each.name, clause.part) for each in chosen
    )
    return replace(key_duty, owners=(*key_duty.owners, *added), clauses=(*key_duty.clauses, clause))
