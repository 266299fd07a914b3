"""The form of a silence or a maintenance window."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from anlan.monitoring.alarms.quiet import Choices
from anlan.monitoring.services.hushes import LONGEST

USUAL = timedelta(hours=2)
_FORMAT = "%Y-%m-%dT%H:%M"
EVERYWHERE = "everywhere"


def _clock() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_FORMAT)


class HushForm(forms.Form):
    """What is quiet, from when, until when, and why."""

    what = forms.ChoiceField(label="对象")
    begin = forms.DateTimeField(label="开始", widget=_clock(), input_formats=[_FORMAT])
    end = forms.DateTimeField(
        label="结束", widget=_clock(), input_formats=[_FORMAT],
        help_text=f"到时自动恢复通知；最长 {LONGEST.days} 天",
    )  # fmt: skip
    reason = forms.CharField(
        label="理由", max_length=200, help_text="例如：1201 工作面甲烷传感器 15 天调校"
    )

    def __init__(self, *args: Any, objects: Choices, **kwargs: Any) -> None:
        now = timezone.localtime()
        kwargs["initial"] = {"begin": now, "end": now + USUAL} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = objects  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The end at its field, where it makes no sense."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        begin, end = given.get("begin"), given.get("end")
        if begin and end and not begin < end <= begin + LONGEST:
            self.add_error("end", f"须在开始之后，最长 {LONGEST.days} 天。")
        elif end and end <= timezone.now():
            self.add_error("end", "须在现在之后。")
        return given
