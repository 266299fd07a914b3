"""Filters of the plan's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone

from anlan.kernel.orgs.models import Area
from anlan.plan.choices import ReportState, Standing
from anlan.plan.models import Clause, Duty, Report

register = template.Library()

PERIODS = {"year": "每年", "half_year": "每半年", "quarter": "每季度", "month": "每月"}
SIGNS = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "==": "＝"}


@register.filter
def at(mapping: Mapping[str, Any], key: str) -> Any:
    """``mapping[key]`` or nothing."""
    return mapping.get(key)


@register.filter
def column(area: Area) -> str:
    """An area's name short enough for the head of a column."""
    return area.name.replace("经济技术开发区", "经开区")


@register.filter
def arithmetic(clause: Clause) -> str:
    """A clause's number in short: 每年 ≥ 1—2 项; 全部; a dash where there is none."""
    period = PERIODS.get(clause.period, "")
    if clause.op == "all":
        return f"{period} 全部".strip()
    if clause.value is None:
        return period or "—"
    value = f"{clause.value.normalize():f}"
    if clause.value_max is not None:
        value += f"—{clause.value_max.normalize():f}"
    window = f"{clause.window_months} 个月内 " if clause.window_months else ""
    return f"{window}{period} {SIGNS.get(clause.op, '')} {value} {clause.unit}".strip()


@register.filter
def progress(duty: Duty) -> str:
    """The verified progress with its unit."""
    return "" if duty.progress is None else f"{duty.progress.normalize():f} {_unit(duty)}"


@register.filter
def reported(report: Report) -> str:
    """The reported number with its unit."""
    return "" if report.value is None else f"{report.value.normalize():f} {_unit(report.duty)}"


def _unit(duty: Duty) -> str:
    return duty.clause.unit if duty.clause and duty.target is not None else "%"


@register.filter
def days_left(duty: Duty) -> str:
    """How long until the date, or how long past it."""
    if duty.state != "open":
        return ""
    days = (duty.due_on - timezone.localdate()).days
    if duty.standing == Standing.NOT_MEASURED and days < 0:
        return "下达时期限已过"
    return f"距期限还有 {days} 天" if days >= 0 else f"已逾期 {-days} 天"


TONES = {
    ReportState.SUBMITTED: "yellow",
    ReportState.ACCEPTED: "green",
    ReportState.RETURNED: "red",
    ReportState.WITHDRAWN: "grey",
}


@register.filter
def report_tone(state: str) -> str:
    """The tone of a report's state."""
    return TONES[ReportState(state)]
