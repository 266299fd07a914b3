"""Tags and filters of the calls' pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from anlan.calls.choices import CallState, Change, ExplanationState
from anlan.calls.comparison import Line, Stood
from anlan.calls.models import Call, Explanation, FrozenDuty, Place
from anlan.kernel.ui.templatetags.ui import tag

register = template.Library()

CALL_TONES = {
    CallState.OPEN: "blue",
    CallState.SUBMITTED: "yellow",
    CallState.CLOSED: "green",
    CallState.CANCELLED: "grey",
}
EXPLANATION_TONES = {
    ExplanationState.ASKED: "orange",
    ExplanationState.ANSWERED: "green",
    ExplanationState.STRUCK: "grey",
}
CHANGE_TONES = {
    Change.NEW: "orange",
    Change.AGAIN: "red",
    Change.SETTLED: "green",
    Change.LIFTED: "grey",
}


@register.filter
def state_tag(call: Call) -> SafeString:
    """The state of a call in its tone."""
    return tag(call.get_state_display(), CALL_TONES[CallState(call.state)])


@register.filter
def explained_tag(explanation: Explanation) -> SafeString:
    """The state of an explanation in its tone."""
    tone = EXPLANATION_TONES[ExplanationState(explanation.state)]
    return tag(explanation.get_state_display(), tone)


@register.filter
def change_tag(row: FrozenDuty) -> SafeString | str:
    """What became of an overdue duty since the last call."""
    return tag(row.get_change_display(), CHANGE_TONES[Change(row.change)]) if row.change else ""


@register.filter
def count(stood: Stood | None, standing: str) -> int | None:
    """How many stood there; nothing where the area was not there."""
    return None if stood is None else stood.count(standing)


@register.filter
def moved(line: Line, standing: str) -> int | None:
    """How many more stand there than then."""
    return line.change(standing)


@register.filter
def place_of(places: Mapping[int, Place], line: Line) -> Place | None:
    """The place of the area as it was frozen; nothing where this call has no such area."""
    return places.get(line.key)


@register.simple_tag
def rows_url(call: Call, **conditions: Any) -> str:
    """The frozen rows of the call that these conditions leave; empty conditions are left out."""
    asked = {key: value for key, value in conditions.items() if value not in ("", None)}
    url = reverse("calls:rows", args=[call.pk])
    return f"{url}?{urlencode(asked)}" if asked else url
