"""Reminding an organisation that its leaders have mines still to visit this quarter.

One clock for each organisation, not for each mine: a county with thirty mines gets one message. It
runs to the end of the quarter and is moved on when the next begins; where all were visited, its
steps tell nobody.
"""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.access.models import Grant, User
from anlan.kernel.deadlines import services as deadlines
from anlan.kernel.deadlines.calendar import end_of, last_day_of
from anlan.kernel.deadlines.handlers import on_step
from anlan.kernel.deadlines.ladder import ladder
from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.norms.values import values
from anlan.kernel.notify.services import notify
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write
from anlan.stewardship import mines
from anlan.stewardship.models import Stewardship, StewardshipQuerySet
from anlan.stewardship.policies import UNIT
from anlan.stewardship.visits import missing, per_quarter, quarter, visits

SUBJECT, NAME = "orgs.organisation", "stewardship.visits"
DAYS_BEFORE = "stewardship.remind_days"
_SHOWN = 5  # mines that a message names


def keep_clocks(today: date) -> int:
    """Let the clock of every organisation with stewards run to the end of this quarter, and end
    those of others; how many run. Safe to repeat."""
    due_at = end_of(quarter(today)[1])
    wanted = Organisation.objects.filter(
        pk__in=_held(today).order_by().values("post__organisation")
    ).order_by("pk")
    rungs = ladder(before=values({DAYS_BEFORE: [15, 3]})[DAYS_BEFORE])
    for organisation in wanted:
        with Write(system(), "stewardship.clock.keep") as write:
            clock = deadlines.find(organisation, NAME)
            if clock is None:
                deadlines.start(write, organisation, NAME, due_at=due_at, ladder=rungs)
            elif clock.ended_at:
                deadlines.reopen(write, organisation, NAME, due_at=due_at)
            elif clock.due_at != due_at:
                deadlines.move(write, organisation, NAME, due_at=due_at)
    idle = Deadline.objects.filter(subject_type=SUBJECT, name=NAME, ended_at=None)
    idle = idle.exclude(subject_id__in=wanted.values("pk"))
    for organisation in Organisation.objects.filter(pk__in=idle.values("subject_id")):
        with Write(system(), "stewardship.clock.keep") as write:
            deadlines.end(write, organisation, NAME)
    return len(wanted)


@on_step(SUBJECT, NAME)
def remind(write: Write, clock: Deadline, step: str) -> str:
    """One message to the organisation's people, and to the leaders who have an account."""
    organisation = Organisation.objects.get(pk=clock.subject_id)
    last = last_day_of(clock.due_at)
    left = due(organisation, quarter(last), timezone.localdate())
    if not left:
        return f"{organisation}的领导本季度都已到矿，没有提醒"
    grants = Grant.objects.in_force().filter(role__in=UNIT, organisation=organisation)
    users = {user.pk: user for user in User.objects.filter(pk__in=grants.values("user"))}
    users |= {each.post.user.pk: each.post.user for each in left if each.post.user}
    named = "、".join(f"{each.site}（{each.post.name}）" for each in left[:_SHOWN])
    more = f"等 {len(left)} 处" if len(left) > _SHOWN else ""
    notify(
        users=users.values(),
        kind="stewardship.visit_due",
        title="本季度还有包保矿山没有到",
        text=f"到 {last} 为止要到矿检查：{named}{more}。",
        link=f"{reverse('stewardship:board')}?visit=due",
    )
    return f"提醒{organisation} {len(users)} 人：还有 {len(left)} 处没有到矿"


def due(organisation: Organisation, span: tuple[date, date], today: date) -> list[Stewardship]:
    """What the organisation's leaders steward today and have still to visit in the quarter."""
    held = _held(today).filter(post__organisation=organisation)
    kept = list(held.select_related("site", "post__user").order_by("site__name", "pk"))
    return missing(kept, visits(*span), span, per_quarter(today))


def _held(today: date) -> StewardshipQuerySet:
    """Stewardships of which visits are asked."""
    return Stewardship.objects.in_force(today).filter(
        level__in=mines.required(today), site__in=mines.asked().order_by().values("pk")
    )
