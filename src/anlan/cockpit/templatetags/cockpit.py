"""Filters of the cockpit's pages."""

from __future__ import annotations

from django import template

from anlan.cockpit.charts import Line
from anlan.cockpit.figures import Since
from anlan.cockpit.ranking import Side
from anlan.plan.choices import Standing

register = template.Library()


@register.filter
def percent(side: Side, standing: str) -> str:
    """The share of the side's duties that stand there: 12%, 不足 1%."""
    return side.words(standing)


@register.filter
def change(since: Since, standing: str) -> int:
    """How many more (or fewer) stand there than then."""
    return since.change(standing)


@register.filter
def signed(number: int) -> str:
    """+3, −2, 0: a change always says in which direction."""
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


@register.filter
def points(line: Line) -> list[str]:
    """The stretches of a line, each the points of a polyline."""
    return line.points


@register.filter
def standing_word(value: str) -> str:
    """The word of a standing."""
    return str(Standing(value).label)


@register.filter
def place_name(name: str) -> str:
    """An area's name short enough for a map: 经开区 for the development zone."""
    return "经开区" if "经济" in name or "经开" in name else name
