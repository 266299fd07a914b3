"""Call and answer: people are called one after another until somebody answers.

An alarm's clock ``answer`` (kernel deadlines) runs from the first call; each of its steps calls the
next in the line (:mod:`anlan.monitoring.alarms.line`) and stands on the timeline with its time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.deadlines import services as deadlines
from anlan.kernel.deadlines.handlers import on_step
from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.monitoring import flow
from anlan.monitoring.alarms import line
from anlan.monitoring.choices import WAITING, AlarmState, Level
from anlan.monitoring.models import Alarm, AlarmQuerySet
from anlan.registry.models import Site

SUBJECT, NAME = "monitoring.alarm", "answer"
_NAMED = 3  # alarms that a message names


def to_call(now: datetime) -> AlarmQuerySet:
    """Alarms of which nobody was told: new ones, and those that still go on after what kept them
    quiet has ended."""
    heard = Q(hushed="") | Q(hushed_until__lte=now, cleared_ms=None)
    return Alarm.objects.filter(heard, state=AlarmState.RAISED)


def call_waiting(*, now: datetime | None = None) -> int:
    """Call for all that waits, the worst first, one message for each site; how many alarms."""
    now = now or timezone.now()
    worst = to_call(now).order_by(F("highest").desc(), "raised_at", "pk")
    sites = list(dict.fromkeys(worst.values_list("site_id", flat=True)))
    return sum(_call_for(site, now) for site in sites)


def _call_for(site: int, now: datetime) -> int:
    place = Site.objects.select_related("regulator", "area").get(pk=site)
    users, capacity = line.people(place, "staff")
    said = f"通知{capacity} {len(users)} 人" if users else "没有可以通知的账号，请指定值班人员"
    with Write(system(), "monitoring.alarm.notify", reason=said) as write:
        waiting = to_call(now).filter(site=site).select_related("rule", "point", "version")
        alarms = list(
            waiting.select_for_update(of=("self",), skip_locked=True).order_by("-highest", "pk")
        )
        if not alarms:
            return 0
        notify(
            users=users,
            kind="alarm.raised",
            title=_title(place, alarms),
            text=_text(alarms),
            link=_link(alarms),
            urgent=alarms[0].highest >= Level.ORANGE,
        )
        for alarm in alarms:
            fields = {"called": said, "called_at": now, "hushed": "", "hushed_until": None}
            flow.ALARM.move(write, alarm, "notify", fields=fields)
            _run_clock(write, alarm, now)
            _tell(write, alarm, place)
    return len(alarms)


def _run_clock(write: Write, alarm: Alarm, now: datetime) -> None:
    """From now on somebody must answer; an alarm that has become worse gets the shorter steps."""
    due_at, rungs = now + line.until(alarm.highest), line.rungs(alarm.highest)
    clock = deadlines.find(alarm, NAME)
    if clock is None:
        deadlines.start(write, alarm, NAME, due_at=due_at, ladder=rungs)
        return
    write.change(clock, ladder=rungs)
    if clock.running:
        deadlines.move(write, alarm, NAME, due_at=due_at)
    else:
        deadlines.reopen(write, alarm, NAME, due_at=due_at)


@on_step(SUBJECT, NAME)
def call_next(write: Write, clock: Deadline, step: str) -> str:
    """Nobody has answered in time: the next in the line is called."""
    alarm = (
        Alarm.objects.select_for_update(of=("self",))
        .select_related("site__regulator", "site__area", "rule", "point", "version")
        .get(pk=clock.subject_id)
    )
    if alarm.state not in WAITING:
        return "已有人应答，不再通知"
    users, capacity = line.people(alarm.site, step)
    if not users:
        return "无人应答，也没有可以通知的账号，请指定值班人员"
    said = f"无人应答，通知{capacity} {len(users)} 人"
    notify(
        users=users,
        kind="alarm.unanswered",
        title=f"报警无人应答：{alarm.site}"[:120],
        text=_text([alarm]),
        link=_link([alarm]),
        urgent=True,
    )
    write.change(alarm, called=said[:200], called_at=timezone.now())
    _tell(write, alarm, alarm.site)
    return said


def _tell(write: Write, alarm: Alarm, site: Site) -> None:
    write.event("alarm.called", alarm, area=site.area, organisation=site.regulator, site=site.pk)


def _title(site: Site, alarms: list[Alarm]) -> str:
    level = Level(alarms[0].highest).label
    more = f"等 {len(alarms)} 条" if len(alarms) > 1 else ""
    return f"{level}色报警：{site}{more}"[:120]


def _text(alarms: Iterable[Alarm]) -> str:
    shown = list(alarms)
    told = "；".join(f"{each.point}，{each.rule}{_value(each)}" for each in shown[:_NAMED])
    late = "（数据迟到一小时以上）" if any(each.late for each in shown) else ""
    return f"{told}{late}。请尽快应答并处置。"


def _value(alarm: Alarm) -> str:
    value = alarm.in_words(alarm.value)
    return f"，{value}" if value else ""


def _link(alarms: list[Alarm]) -> str:
    if len(alarms) == 1:
        return reverse("monitoring:alarm", args=[alarms[0].pk])
    return f"{reverse('monitoring:alarms')}?site={alarms[0].site_id}"
