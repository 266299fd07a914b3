"""Where a duty comes from: the year's notice, or a progress call that decided it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from anlan.plan.choices import DutyOrigin

if TYPE_CHECKING:
    from anlan.plan.models import Duty

Page = Callable[[int], str]
_pages: dict[str, Page] = {}


class Originated(models.Model):
    """``source``: the id of what gave the duty, in the app that keeps it; ``source_name`` what
    people call it. The notice is named by the duty's own plan."""

    origin = models.CharField("来源", max_length=10, choices=DutyOrigin, default=DutyOrigin.NOTICE)
    source = models.BigIntegerField("来源事项", null=True, blank=True)
    source_name = models.CharField("来源名称", max_length=60, blank=True)

    class Meta:
        abstract = True


def constraints() -> list[models.BaseConstraint]:
    """The notice gives a duty once for each clause, organisation and period; a decision of a call
    once to each organisation."""
    given, of_notice = Q(parent__isnull=True) & ~Q(state="cancelled"), Q(origin="notice")
    return [
        models.UniqueConstraint(
            fields=["key_duty", "clause", "organisation", "period_start"],
            condition=given & of_notice,
            nulls_distinct=False,
            name="duty_once",
        ),
        models.UniqueConstraint(
            fields=["origin", "source", "organisation"],
            condition=given & ~of_notice,
            name="given_once",
        ),
        models.CheckConstraint(
            condition=Q(source__isnull=True, origin="notice")
            | (Q(source__isnull=False) & ~of_notice),
            name="duty_names_its_source",
        ),
    ]


def register(origin: DutyOrigin, page: Page) -> None:
    """An app above says where a source is to be read: its address by its id."""
    _pages[origin] = page


def page_of(duty: Duty) -> str:
    """Where the duty's source is to be read; empty for the notice, and for a duty that was handed
    down: whoever has that need not see what was given to the one above."""
    page = _pages.get(duty.origin)
    if page is None or duty.source is None or duty.parent_id is not None:
        return ""
    return page(duty.source)
