"""The days of a trial."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django import forms
from django.utils import timezone

from anlan.monitoring.services.trials import MOST_DAYS

USUAL = timedelta(days=6)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TrialForm(forms.Form):
    """From the first day to the last."""

    first = forms.DateField(label="第一天", widget=_day())
    last = forms.DateField(
        label="最后一天", widget=_day(), help_text=f"最多 {MOST_DAYS} 天，最晚到今天"
    )

    @classmethod
    def usual(cls) -> Self:
        """The last seven days."""
        today = timezone.localdate()
        return cls(initial={"first": today - USUAL, "last": today})

    def clean(self) -> dict[str, Any]:
        """The days at their field, where they make no sense."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if first and last and not first <= last < first + timedelta(days=MOST_DAYS):
            self.add_error("last", f"请选 1 到 {MOST_DAYS} 天，最后一天不早于第一天。")
        elif last and last > timezone.localdate():
            self.add_error("last", "只能在已经过去的日子上试运行，最晚到今天。")
        return given
