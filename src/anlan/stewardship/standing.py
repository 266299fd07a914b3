"""Who has which list for a year, how much of it is done, and what is overdue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from anlan.kernel.access.actor import Actor
from anlan.stewardship.choices import ItemState, ListKind, ListState
from anlan.stewardship.models import LeaderPost, ResponsibilityList


@dataclass
class Lists:
    """A leader's lists of one year, by kind."""

    by_kind: dict[ListKind, ResponsibilityList] = field(default_factory=dict)

    def issued(self, kind: ListKind) -> bool:
        return kind in self.by_kind and self.by_kind[kind].state == ListState.ISSUED

    @property
    def lacking(self) -> bool:
        """Whether one of the two is not issued."""
        return not all(self.issued(kind) for kind in ListKind)

    def count(self, what: str) -> int:
        """Of the tasks that were issued: ``total``, ``done``, ``waiting`` or ``overdue``."""
        if not self.issued(ListKind.TASKS):
            return 0
        return int(getattr(self.by_kind[ListKind.TASKS], what))


def of_year(actor: Actor, posts: Iterable[int], year: int, today: date) -> dict[int, Lists]:
    """The lists of the posts that the actor sees, by post; empty ones where there are none."""
    rows = ResponsibilityList.objects.visible_to(actor).filter(post__in=list(posts), year=year)
    done = Q(items__state=ItemState.VERIFIED)
    counted = rows.annotate(
        total=Count("items"),
        done=Count("items", filter=done),
        waiting=Count("items", filter=Q(items__state=ItemState.DONE)),
        overdue=Count("items", filter=Q(items__due_on__lt=today, items__state=ItemState.OPEN)),
    )
    found: defaultdict[int, Lists] = defaultdict(Lists)
    for each in counted:
        found[each.post_id].by_kind[ListKind(each.kind)] = each
    return found


def holders(year: int, today: date) -> Q:
    """Condition on posts: held on the last day of the year, or today before that."""
    on = min(date(year, 12, 31), max(today, date(year, 1, 1)))
    return Q(pk__in=LeaderPost.objects.held(on).order_by().values("pk"))
