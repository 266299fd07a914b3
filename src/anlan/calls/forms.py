"""Forms of the calls' pages: reading what was typed; what is allowed is judged by the services."""

from __future__ import annotations

from typing import Any

from django import forms

from anlan.calls import selectors
from anlan.calls.choices import CallKind
from anlan.calls.models import Call
from anlan.kernel.orgs.models import Organisation
from anlan.plan.forms import DateField
from anlan.plan.models import KeyDuty, Plan

LONG = forms.Textarea(attrs={"rows": 4})
MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]  # as browsers send it, and as people type it


class TakeForm(forms.Form):
    """``plans``: for which the office may take a call."""

    plan = forms.TypedChoiceField(label="年度计划", coerce=int)
    kind = forms.ChoiceField(label="类型", choices=CallKind, widget=forms.RadioSelect)
    meets_at = forms.DateTimeField(
        label="会议时间",
        input_formats=MOMENTS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENTS[0]),
        help_text="单位须在此之前写说明；会议所在的周（月）就是这次调度的周期。",
        error_messages={"invalid": "请填写日期和时间，例如 2026-03-06 09:00。"},
    )

    def __init__(self, *args: Any, plans: list[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["plan"]
        chosen.choices = [(each.pk, each.title) for each in plans]


class AskForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label="单位", queryset=Organisation.objects.none(), empty_label="请选择"
    )
    reason = forms.CharField(
        label="为什么要求说明", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["organisation"]
        chosen.queryset = selectors.not_asked(call)


class AnswerForm(forms.Form):
    cause = forms.CharField(
        label="原因", max_length=2000, widget=LONG, help_text="逾期或落后的任务分别因为什么。"
    )
    measure = forms.CharField(
        label="整改措施", max_length=2000, widget=LONG, help_text="谁、做什么、做到什么程度。"
    )
    until = DateField(
        label="新的完成时间",
        help_text="这里写的是承诺，不改变任务的完成期限；需要延期的，在任务页申请。",
    )


class DecisionForm(forms.Form):
    text = forms.CharField(
        label="议定事项",
        max_length=280,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一件事一项，写清做什么、做到什么程度；审签后原样成为任务。",
    )
    key_duty = forms.ModelChoiceField(
        label="所属重点任务", queryset=KeyDuty.objects.none(), empty_label="请选择"
    )
    due_on = DateField(label="完成期限")
    organisations = forms.ModelMultipleChoiceField(
        label="责任单位",
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个责任单位。"},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items: Any = self.fields["key_duty"]
        items.queryset = call.plan.key_duties.filter(retired_at=None)
        units: Any = self.fields["organisations"]
        units.queryset = selectors.chargeable(call)
