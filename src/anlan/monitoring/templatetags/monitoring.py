"""Tags and words of the pages of monitoring."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from anlan.kernel.ui.templatetags.ui import severity, tag
from anlan.monitoring.choices import AlarmState, DraftState, Level, TamperState, rounded
from anlan.monitoring.models import Alarm, IncidentDraft, Point, RuleVersion, TamperSignal
from anlan.monitoring.now import rows as now_rows
from anlan.monitoring.now.standing import Now
from anlan.monitoring.protocols.batch import Quality
from anlan.monitoring.rules import weeks, wording

register = template.Library()

TONES = {
    AlarmState.RAISED: "red",
    AlarmState.NOTIFIED: "red",
    AlarmState.ANSWERED: "orange",
    AlarmState.HANDLED: "blue",
    AlarmState.DOUBTED: "yellow",
    AlarmState.CLOSED: "green",
    AlarmState.FALSE: "grey",
}
# what readings say of themselves (docs/monitoring.md, the batch)
QUALITIES = {
    Quality.OUT_OF_RANGE: "超量程",
    Quality.SENSOR_FAULT: "传感器故障",
    Quality.LINE_BROKEN: "断线",
    Quality.CALIBRATING: "校准中",
    Quality.SUBSTITUTED: "人工替代",
    Quality.TIME_NOT_TRUSTED: "时间不可信",
}
TAMPER_TONES = {
    TamperState.OPEN: "yellow",
    TamperState.TOUCHED: "red",
    TamperState.EXPLAINED: "green",
    TamperState.FALSE: "grey",
}
VERSION_TONES = {"proposed": "yellow", "published": "green", "refused": "grey", "withdrawn": "grey"}
DRAFT_TONES = {
    DraftState.DRAFT: "red",
    DraftState.SUBMITTED: "orange",
    DraftState.TAKEN_OVER: "green",
    DraftState.DISMISSED: "grey",
}


@register.simple_tag
def live_rows(rows: Iterable[Now], short: object) -> SafeString:
    """A row for each point with what it says now."""
    return now_rows.live_rows(rows, short=bool(short))


@register.filter
def alarm_state(alarm: Alarm) -> SafeString:
    """Where the alarm stands with people."""
    return tag(alarm.get_state_display(), TONES[AlarmState(alarm.state)])


@register.filter
def draft_state(draft: IncidentDraft) -> SafeString:
    """Where the draft of a first report stands."""
    return tag(draft.get_state_display(), DRAFT_TONES[DraftState(draft.state)])


@register.filter
def version_state(version: RuleVersion) -> SafeString:
    """Where the version of a rule stands."""
    return tag(version.get_state_display(), VERSION_TONES[version.state])


@register.filter
def colour(level: int) -> SafeString:
    """A level as symbol and word."""
    return severity(Level(level).colour)


@register.filter
def number(value: float | None) -> str:
    """A number that somebody set, as people write it; a dash for none."""
    return "—" if value is None else f"{value:g}"


@register.filter
def reading(value: float | None, point: Point) -> SafeString:
    """What a point said, no finer than its sensor is; a dash for nothing."""
    return mark_safe("—" if value is None else now_rows.reading(point, value))  # noqa: S308 (escaped)


@register.filter
def measured(value: float | None) -> str:
    """A number reckoned from readings; a dash for none."""
    return "—" if value is None else rounded(value)


@register.filter
def quality(code: int) -> SafeString:
    """What is wrong with a reading that is not good."""
    return tag(QUALITIES.get(Quality(code), "良好"), "orange")


@register.filter
def peak(alarm: Alarm) -> str:
    """The farthest value with its unit; a dash for none."""
    return alarm.in_words(alarm.peak if alarm.peak is not None else alarm.value) or "—"


@register.filter
def first_value(alarm: Alarm) -> str:
    """The value when it was raised, with its unit; a dash for none."""
    return alarm.in_words(alarm.value) or "—"


@register.filter
def waited(since: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that says enough."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时 {rest} 分钟" if hours < 24 else f"{hours // 24} 天"


@register.filter
def limits(version: RuleVersion | None) -> str:
    """The limits of a version in one line."""
    if version is None:
        return "没有生效的版本"
    if version.measure == "quality":
        return f"故障持续 {wording.lasting(version.hold)}以上：{version.in_order[0][0].label}色"
    sign = "≥" if version.above else "≤"
    unit = wording.unit(version)
    return "；".join(
        f"{level.label}色 {sign} {limit:g} {unit}".strip() for level, limit, _ in version.in_order
    )


@register.filter
def tamper_state(signal: TamperSignal) -> SafeString:
    """What people found out about a sign of tampering."""
    return tag(signal.get_state_display(), TAMPER_TONES[TamperState(signal.state)])


@register.filter
def moments(signal: TamperSignal) -> str:
    """From when to when, the day said once where it is the same."""
    begin, end = (timezone.localtime(each) for each in (signal.began, signal.ended) if each)
    same = begin.date() == end.date()
    return f"{begin:%Y-%m-%d %H:%M} 至 {end:{'%H:%M' if same else '%Y-%m-%d %H:%M'}}"


@register.filter
def week(spans: weeks.Spans) -> str:
    """When in the week a rule holds."""
    return weeks.written(spans).replace("\n", "；")
