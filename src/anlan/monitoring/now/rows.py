"""Markup drawn in Python: of what is drawn anew each second (decision 0009)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from anlan.kernel.ui.templatetags.ui import severity, tag
from anlan.monitoring.choices import rounded
from anlan.monitoring.models import Point
from anlan.monitoring.now.standing import Now, State
from anlan.monitoring.protocols.batch import Quality


def live_rows(rows: Iterable[Now], *, short: bool) -> SafeString:
    """A row for each point; ``short`` leaves out what the page of the site says in full."""
    today = timezone.localdate()
    drawn = (
        f'<tr id="live-{each.point.pk}">'
        f'<td class="main-cell" data-label="测点">{_link("point", each.point.pk, str(each.point))}'
        f'</td><td class="num nowrap" data-label="现在的值">'
        f"<strong>{_value(each)}</strong>"
        f'</td><td data-label="状态">{_state(each)}</td>'
        f'<td class="nowrap num" data-label="时间">{_time(each, today)}</td>'
        f"{'' if short else _more(each)}</tr>"
        for each in rows
    )
    return mark_safe("\n".join(drawn))  # noqa: S308 (each part is escaped)


def reading(point: Point, value: float) -> str:
    """A reading as its sensor says it; what was sent stands in the title where it is finer."""
    words, sent = escape(point.in_words(value)), f"{value:.10g}"
    if float(sent) == float(rounded(value, point.resolution)):
        return words
    return f'<span title="上报的原值 {sent}">{words}</span>'


def _value(now: Now) -> str:
    if now.reading is None or now.reading.value is None:
        return "—"
    return reading(now.point, now.reading.value)


def _state(now: Now) -> str:
    shown = tag(now.state.words, now.state.tone)
    if now.state == State.ALARM and now.level is not None:
        shown = severity(now.level.colour)
    if now.alarm is None:
        return shown
    return f"{shown} {_link('alarm', now.alarm.pk, str(now.alarm.rule))}"


def _time(now: Now, today: object) -> str:
    came: datetime | None = now.reading.time if now.reading else None
    if came is None:
        return "—"
    local = timezone.localtime(came)
    return local.strftime("%H:%M:%S" if local.date() == today else "%Y-%m-%d %H:%M")


def _more(now: Now) -> str:
    quality = now.reading.quality if now.reading and now.reading.time else None
    words = "—" if quality is None else quality.words
    muted = "" if quality not in (None, Quality.GOOD) else ' class="muted"'
    where = f"，{now.point.where}" if now.point.where else ""
    return (
        f'<td data-label="数据质量"><span{muted}>{words}</span></td>'
        f'<td class="wide-cell" data-label="监测量和地点"><span class="muted">'
        f"{escape(now.point.get_quantity_display())}{escape(where)}</span></td>"
    )


def _link(name: str, pk: int, words: str) -> str:
    return f'<a href="{reverse(f"monitoring:{name}", args=[pk])}">{escape(words)}</a>'
