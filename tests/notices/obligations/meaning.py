"""How the tests write down what an obligation means, and how they read it off."""

from __future__ import annotations

from anlan.notices.document import Obligation
from anlan.notices.obligations import find

FIELDS = ("value", "value_max", "unit", "op", "period", "deadline", "window_months")


def short(obligation: Obligation) -> str:
    """``quota 1..2 项 >= year due=2025-12-31 in=3``: kind and all that is known of the measure."""
    value = "" if obligation.value is None else str(obligation.value)
    if obligation.value_max is not None:
        value += f"..{obligation.value_max}"
    words = [
        obligation.kind,
        value,
        obligation.unit or "",
        obligation.op or "",
        obligation.period or "",
        f"due={obligation.deadline}" if obligation.deadline else "",
        "" if obligation.window_months is None else f"in={obligation.window_months}",
    ]
    return " ".join(word for word in words if word)


def measured(text: str, year: int | None = 2025) -> list[str]:
    """The measured obligations of a text in order."""
    return [short(each) for each in find(text, year=year) if each.kind != "duty"]
