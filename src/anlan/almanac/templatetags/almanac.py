"""Filters of the calendar's pages."""

from __future__ import annotations

from datetime import date

from django import template

register = template.Library()


@register.filter
def weekday(day: date) -> str:
    """一 for Monday, 日 for Sunday."""
    return "一二三四五六日"[day.weekday()]
