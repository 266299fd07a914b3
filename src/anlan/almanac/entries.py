"""What stands in somebody's calendar: one list for the page and for the subscription."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import models

from anlan.almanac.days import Span
from anlan.kernel.access.actor import Actor


class Kind(models.TextChoices):
    """What an entry is; beside it what its day means."""

    FIXED = "fixed", "固定日"  # a day or stretch of each year
    DUTY = "duty", "任务"  # due on this day
    ORDER = "order", "督办"  # to be answered by this day
    EXTENSION = "extension", "延期申请"  # applied for until this day, not decided yet
    OPINION = "opinion", "归属意见"  # to be answered by this day
    COUNT = "count", "到期任务"  # how many duties of an area are due on this day


@dataclass(frozen=True)
class Entry:
    """``key`` names the thing for good: it stays when its day changes. ``own``: it concerns the
    viewer's own organisations; ``done``: nothing is left to do; ``standing``: of a duty."""

    key: str
    kind: Kind
    span: Span
    title: str
    url: str
    note: str = ""
    own: bool = True
    done: bool = False
    standing: str = ""

    @property
    def first(self) -> date:
        return self.span.first


def entries(actor: Actor, within: Span, *, counts: bool = False) -> list[Entry]:
    """All that the actor's calendar holds in the stretch, by day; ``counts``: with how many duties
    of his area are due each day. The number of queries does not depend on the stretch."""
    from anlan.almanac import sources

    found = [each for source in sources.EACH for each in source(actor, within)]
    if counts:
        found += sources.counts(actor, within)
    order = list(Kind)
    return sorted(found, key=lambda e: (e.first, order.index(e.kind), not e.own, e.title, e.key))
