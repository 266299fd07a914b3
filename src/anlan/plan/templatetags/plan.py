"""Filters of the plan's pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.plan.choices import DutyState, ExtensionState, ReportState, Standing
from anlan.plan.drawing import cells
from anlan.plan.goals import quota_of, reaches
from anlan.plan.models import Clause, Duty, Report
from anlan.plan.origins import page_of
from anlan.plan.quotas import ALL
from anlan.plan.services.standings import risk_days

if TYPE_CHECKING:
    from anlan.plan.matrix import Cell

register = template.Library()

PERIODS = {"year": "每年", "half_year": "每半年", "quarter": "每季度", "month": "每月"}
SIGNS = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "==": "＝"}


@register.filter
def at(mapping: Mapping[str, Any], key: str) -> Any:
    """``mapping[key]`` or nothing."""
    return mapping.get(key)


@register.simple_tag
def matrix_cells(line: Iterable[Cell]) -> SafeString:
    """The cells of one line of the matrix."""
    return cells(line)


@register.filter
def column(area: Area) -> str:
    """An area's name short enough for the head of a column."""
    return "经开区" if area.level == AreaLevel.ZONE else area.name


@register.filter
def arithmetic(clause: Clause) -> str:
    """A clause's number in short: 每年 ≥ 1—2 项; 全部; a dash where there is none."""
    period = PERIODS.get(clause.period, "")
    if clause.op == ALL:
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
    if duty.progress is None:
        return ""
    quota = quota_of(duty)
    left = "还剩 " if quota and quota.none_left else ""
    return f"{left}{numbered(duty, duty.progress)}"


def numbered(duty: Duty, value: Decimal) -> str:
    """A number of the duty with its unit."""
    return _counted(value, _unit(duty))


@register.filter
def reported(report: Report) -> str:
    """The reported number with its unit."""
    return "" if report.value is None else _counted(report.value, _unit(report.duty))


def _unit(duty: Duty) -> str:
    return duty.clause.unit if duty.clause and duty.target is not None else "%"


def _counted(value: Decimal, unit: str) -> str:
    """A number with its unit as these offices write it: 3 项, 40%."""
    number = f"{value.normalize():f}"
    return f"{number}%" if unit == "%" else f"{number} {unit}".strip()


@register.filter
def source_page(duty: Duty) -> str:
    """Where what gave the duty is to be read; empty for the notice."""
    return page_of(duty)


@register.filter
def why(duty: Duty) -> str:
    """Why the duty stands where it does, in a few words."""
    days = (duty.due_on - timezone.localdate()).days
    left = f"还有 {days} 天" if days else "今天到期"
    near = duty.standing == Standing.AT_RISK and days < risk_days()
    at_risk = f"，{_unclosed(duty)}" if near else f"，进度落后（{progress(duty)}）"
    words = {
        Standing.MET: _closed(duty),
        Standing.ON_TRACK: f"{left}，进度跟得上",
        Standing.AT_RISK: left + at_risk,
        Standing.OVERDUE: f"已逾期 {-days} 天，{_unclosed(duty)}",
        Standing.NOT_DUE: f"{duty.period_start:%Y-%m-%d} 起计",
        Standing.NOT_MEASURED: f"{left}，没有核验过的进展",
    }
    if duty.state == DutyState.CANCELLED:
        return "通知修订后不再办理"
    if duty.standing == Standing.NOT_MEASURED and days < 0:
        return "下达时期限已过"
    return words[Standing(duty.standing)]


def _closed(duty: Duty) -> str:
    """On which day of the city it was closed."""
    day = duty.met_at and timezone.localdate(duty.met_at)
    return f"{day:%Y-%m-%d} 核验办结" if day else "已核验办结"


def _unclosed(duty: Duty) -> str:
    """That it is not closed; and whether only the closing is missing."""
    counted = duty.target is not None and duty.progress is not None
    return "数量已达到，未办结" if counted and reaches(duty, duty.progress) else "未办结"


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


EXTENSION_TONES = {
    ExtensionState.APPLIED: "yellow",
    ExtensionState.GRANTED: "green",
    ExtensionState.REFUSED: "red",
}


@register.filter
def extension_tone(state: str) -> str:
    """The tone of an extension's state."""
    return EXTENSION_TONES[ExtensionState(state)]
