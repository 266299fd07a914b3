"""The forms of the draft of a first report."""

from __future__ import annotations

from typing import Self, cast

from django import forms
from django.utils import timezone

from anlan.monitoring.models import IncidentDraft
from anlan.monitoring.services.drafts import Content

_MOMENT = "%Y-%m-%dT%H:%M"


def _people(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100_000, required=False)


class _Words(forms.CharField):
    """A text; ``optional`` says beside its label why it may stay empty, if not 选填."""

    def __init__(self, label: str, length: int, rows: int, hint: str, optional: str = "") -> None:
        self.optional = optional
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(
            label=label, max_length=length, required=False, help_text=hint, widget=widget
        )


def _moment(label: str, hint: str, *, required: bool) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, help_text=hint, required=required, input_formats=[_MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
    )  # fmt: skip


class DraftForm(forms.Form):
    """What the alarm cannot know."""

    situation = _Words(
        "现场情况和简要经过", 2000, 4, "发生了什么，现在怎样。不清楚的写“正在核实”。", "提交时必填"
    )
    measures = _Words("已采取的措施", 2000, 3, "如撤人、断电、通风、救援力量。", "提交时必填")
    dead = _people("死亡人数")
    missing = _people("下落不明人数")
    injured = _people("受伤人数")
    trapped = _people("被困或受威胁人数")
    loss = forms.CharField(
        label="初步估计的直接经济损失", max_length=100, required=False,
        help_text="人数和损失不清楚的留空，初报中写“待核实”；没有的填 0。",
    )  # fmt: skip
    other = _Words("其他应当报告的情况", 1000, 2, "")

    @classmethod
    def of(cls, draft: IncidentDraft) -> Self:
        """Filled in with what was kept."""
        return cls(initial={name: getattr(draft, name) for name in cls.base_fields})

    def content(self) -> Content:
        """What was typed."""
        return cast("Content", dict(self.cleaned_data))


class AccidentForm(forms.Form):
    """Since when who knew: the hours run from there."""

    knew_at = _moment("部门接到事故报告的时间", "逐级上报的 2 小时从这时起算。", required=True)
    unit_knew_at = _moment("单位负责人接到报告的时间", "不清楚的留空，核实后再补。", required=False)

    @classmethod
    def of(cls, draft: IncidentDraft) -> Self:
        """Filled in with what was said; now, where nothing was."""
        knew = draft.knew_at or timezone.now()
        return cls(initial={"knew_at": knew, "unit_knew_at": draft.unit_knew_at})
