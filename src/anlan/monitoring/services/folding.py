"""Transitions folded into alarms and their spans, in memory, for one transaction.

An alarm is one event of a rule at a point. Each level of the rule is a watch of its own to the
engine, so that an alarm has several spans, which begin and end one by one; the alarm's level is the
worst of those that go on. Which spans are known decides what is new: nothing else is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from datetime import UTC, datetime
from math import isnan

from django.db.models import Q
from django.utils import timezone

from anlan.kernel.errors import Refused
from anlan.kernel.write import Write
from anlan.monitoring import flow
from anlan.monitoring.choices import AlarmState
from anlan.monitoring.engine import Event, Key, Step, Transition
from anlan.monitoring.models import Alarm, Point, RuleVersion, Span
from anlan.monitoring.services.hushing import Hush

LATE = 3_600_000  # ms: an alarm that tells of an event of more than an hour ago says so
Pair = tuple[int, int]  # rule, point


class Ledger:
    """What stands about some events, locked, and what becomes of it."""

    def __init__(self, events: Set[Event]) -> None:
        self.now = timezone.now()
        rules = {key.rule for key, _ in events}
        points = {key.point for key, _ in events}
        self._points = {
            each.pk: each for each in Point.objects.filter(pk__in=points).select_related("site")
        }
        versions = RuleVersion.objects.filter(rule__in=rules)
        self._versions = {(each.rule_id, each.number): each for each in versions}
        self._hush = Hush(self._points.values(), rules, self.now)
        self._spans: dict[Event, Span] = {}
        self._by_alarm = defaultdict[int, list[Span]](list)  # by the alarm's id() in memory
        self._going: dict[Pair, Alarm] = {}
        self._known: dict[tuple[Pair, int], Alarm] = {}
        self._changed: dict[int, Alarm] = {}
        self._before: dict[int, int] = {}  # the highest level of each alarm as it was stored
        self._changed_spans: dict[int, Span] = {}
        self._again: dict[int, Alarm] = {}
        self._read(rules, points, {begin for _, begin in events})

    # --- reading ------------------------------------------------------------------------------

    def _read(self, rules: set[int], points: set[int], begins: set[int]) -> None:
        """Alarms that go on or that began then, with all their spans; locked in one order."""
        mine = Q(rule__in=rules, point__in=points)
        named = Span.objects.filter(mine, begin_ms__in=begins).values("alarm")
        wanted = Q(cleared_ms=None) | Q(begin_ms__in=begins) | Q(pk__in=named)
        rows = Alarm.objects.filter(mine & wanted).select_for_update(of=("self",)).order_by("pk")
        alarms = {each.pk: each for each in rows}
        for alarm in alarms.values():
            point = self._points[alarm.point_id]
            alarm.point, alarm.site = point, point.site
            self._before[alarm.pk] = alarm.highest
            self._remember(alarm)
        for span in Span.objects.filter(alarm__in=alarms):
            span.alarm = alarms[span.alarm_id]
            self._keep(span)

    def _remember(self, alarm: Alarm) -> None:
        pair = (alarm.rule_id, alarm.point_id)
        self._known[pair, alarm.begin_ms] = alarm
        if alarm.cleared_ms is None:
            self._going[pair] = alarm

    def _keep(self, span: Span) -> None:
        key = Key(span.rule_id, span.version, span.level, span.point_id)
        self._spans[key, span.begin_ms] = span
        self._by_alarm[id(span.alarm)].append(span)

    # --- folding ------------------------------------------------------------------------------

    def take(self, told: Transition) -> None:
        """What one transition changes; nothing if it is known already."""
        span = self._spans.get((told.key, told.begin))
        if span is None:
            if told.step == Step.RAISED:
                self._raise(told)
            return
        if span.cleared_ms is not None:
            return
        self._reach(span, told.peak)
        if told.step == Step.CLEARED:
            self._end(span, told.time)

    def end(self, event: Event, time: int) -> None:
        """It goes on no more, or nobody watches it any more."""
        span = self._spans.get(event)
        if span is not None and span.cleared_ms is None:
            self._end(span, time)

    def _raise(self, told: Transition) -> None:
        pair = (told.key.rule, told.key.point)
        alarm = self._going.get(pair) or self._known.get((pair, told.begin))
        if alarm is None:
            alarm = self._new(told)
            self._remember(alarm)
        span = Span(
            alarm=alarm, rule_id=told.key.rule, version=told.key.version, level=told.key.level,
            point_id=told.key.point, begin_ms=told.begin, raised_ms=told.time,
            value=_number(told.value), peak=_number(told.peak),
        )  # fmt: skip
        self._keep(span)
        again = alarm.cleared_ms is not None or told.key.level > alarm.highest
        if again and alarm.state != AlarmState.RAISED:
            self._again[id(alarm)] = alarm
        self._settle(alarm)
        self._going[pair] = alarm

    def _new(self, told: Transition) -> Alarm:
        point = self._points.get(told.key.point)
        version = self._versions.get((told.key.rule, told.key.version))
        if point is None or version is None:
            raise Refused("unknown", f"报警所指的测点或规则版本不存在：{told.key}")
        hushed, until = self._hush.of(told.key.rule, point, _moment(told.begin))
        return Alarm(
            rule_id=told.key.rule, version=version, point=point, site=point.site,
            begin_ms=told.begin, level=told.key.level, highest=told.key.level,
            value=_number(told.value), peak=_number(told.peak), raised_at=self.now,
            late=self.now.timestamp() * 1000 - told.begin > LATE,
            hushed=hushed[:200], hushed_until=until, is_demo=point.is_demo,
        )  # fmt: skip

    def _reach(self, span: Span, peak: float) -> None:
        """The farthest value of all: what is told twice or out of order makes it no nearer."""
        if isnan(peak):
            return
        version = self._versions[span.rule_id, span.version]
        farther = _farther(span.peak, peak, above=version.above)
        if farther != span.peak:
            span.peak = farther
            self._touch(span)

    def _end(self, span: Span, time: int) -> None:
        span.cleared_ms = max(time, span.begin_ms)
        self._touch(span)

    def _touch(self, span: Span) -> None:
        if span.pk:
            self._changed_spans[span.pk] = span
        self._settle(span.alarm)

    def _settle(self, alarm: Alarm) -> None:
        """Make the alarm say what its spans say."""
        spans = self._by_alarm[id(alarm)]
        going = [each.level for each in spans if each.cleared_ms is None]
        alarm.level = max(going, default=None)
        alarm.highest = max(alarm.highest, *(each.level for each in spans))
        ends = [each.cleared_ms for each in spans if each.cleared_ms is not None]
        alarm.cleared_ms = None if going else max(alarm.begin_ms, *ends)
        above = self._versions[alarm.rule_id, spans[0].version].above
        for each in spans:
            if each.peak is not None:
                alarm.peak = _farther(alarm.peak, each.peak, above=above)
        if not going:
            self._going.pop((alarm.rule_id, alarm.point_id), None)
        if alarm.pk:
            self._changed[alarm.pk] = alarm

    # --- storing ------------------------------------------------------------------------------

    def save(self, write: Write, batch: int) -> list[Alarm]:
        """Store what became of it inside ``write``; the alarms that are new or changed."""
        made = [each for each in self._known.values() if each.pk is None]
        changed = list(self._changed.values())
        Alarm.objects.bulk_create(made, batch_size=batch)
        fields = ["level", "highest", "peak", "cleared_ms"]
        Alarm.objects.bulk_update(changed, fields, batch_size=batch)
        fresh = [each for each in self._spans.values() if each.pk is None]
        for span in fresh:
            span.alarm_id = span.alarm.pk
        Span.objects.bulk_create(fresh, batch_size=batch)
        altered = list(self._changed_spans.values())
        Span.objects.bulk_update(altered, ["cleared_ms", "peak"], batch_size=batch)
        self._call_again(write, (each for each in self._again.values() if each.pk))
        return [*made, *changed]

    def rose(self) -> list[Alarm]:
        """The alarms that are new or reached a higher level than ever before."""
        return [
            each for each in self._known.values() if each.highest > self._before.get(each.pk, -1)
        ]

    def _call_again(self, write: Write, alarms: Iterable[Alarm]) -> None:
        """Alarms that people had taken up, and that have become worse: they are called anew."""
        for alarm in alarms:
            if alarm.state == AlarmState.RAISED:
                continue
            hushed, until = self._hush.of(alarm.rule_id, alarm.point, self.now)
            flow.ALARM.move(
                write, alarm, "rise",
                fields={
                    "hushed": hushed[:200], "hushed_until": until, "doubted_by": [],
                    "answered_by": None, "answered_at": None,
                },
            )  # fmt: skip


def _farther(known: float | None, told: float, *, above: bool) -> float:
    if known is None:
        return told
    return max(known, told) if above else min(known, told)


def _number(value: float) -> float | None:
    return None if isnan(value) else value


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
