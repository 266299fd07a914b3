"""Forms of the plan: reading what was typed; what is allowed is judged by the services."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from anlan.kernel.evidence.forms import FilesField
from anlan.kernel.orgs.models import Organisation
from anlan.plan.goals import goal, is_counted
from anlan.plan.models import Duty
from anlan.plan.periods import FIRST, LAST
from anlan.plan.services.handing_down import below


class DateField(forms.DateField):
    """A day that a duty can be about."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        day: date | None = super().to_python(value)
        if day is not None and not FIRST <= day <= LAST:
            raise forms.ValidationError(f"日期须在 {FIRST} 至 {LAST} 之间，请核对年份。")
        return day


NOT_NEGATIVE = {"min_value": "不能小于 0。", "invalid": "请填写数字，例如 12 或 12.5。"}


class ReportForm(forms.Form):
    text = forms.CharField(
        label="工作进展",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="做了什么、做到哪一步、还差什么。",
    )
    value = forms.DecimalField(
        label="累计完成",
        min_value=0,
        max_digits=14,
        decimal_places=3,
        required=False,
        error_messages=NOT_NEGATIVE,
    )
    evidence = FilesField(label="佐证材料", required=False)
    complete = forms.BooleanField(label="已全部完成，申请办结", required=False)

    def __init__(self, *args: Any, duty: Duty, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_counted(duty):
            del self.fields["value"]
            return
        counted = duty.target is not None and duty.clause is not None
        unit = duty.clause.unit if counted and duty.clause else "%"
        self.fields["value"].label = f"累计完成（{unit or '数'}）"
        self.fields["value"].help_text = (
            f"本期从开始到现在一共完成多少。要求：{goal(duty)}。"
            if counted
            else "完成百分比，0—100；申请办结时可以不填。"
        )
        if counted:
            self.fields["value"].required = True
            self.fields["value"].error_messages["required"] = "请填写累计完成数，没有完成的填 0。"


class ReturnForm(forms.Form):
    reason = forms.CharField(label="退回理由", max_length=1000, widget=forms.Textarea)


class ExtensionForm(forms.Form):
    until = DateField(label="申请延至")
    text = forms.CharField(
        label="申请理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class HandDownForm(forms.Form):
    organisations = forms.ModelMultipleChoiceField(
        label="下达给",
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个下级单位。"},
    )
    due_on = DateField(label="完成期限")
    target = forms.DecimalField(
        label="每个单位的目标值",
        min_value=0,
        max_digits=14,
        decimal_places=3,
        required=False,
        error_messages=NOT_NEGATIVE,
    )
    note = forms.CharField(
        label="下达说明", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, duty: Duty, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        has = duty.parts.running().values("organisation")
        receivers: Any = self.fields["organisations"]
        receivers.queryset = below(duty).exclude(pk__in=has)
        self.fields["due_on"].help_text = f"不晚于 {duty.due_on:%Y-%m-%d}。"
        if duty.target is None:
            del self.fields["target"]


class IssueForm(forms.Form):
    until = DateField(label="回复期限")
    reason = forms.CharField(
        label="督办要求", max_length=1000, required=False, widget=forms.Textarea
    )


class AnswerForm(forms.Form):
    text = forms.CharField(
        label="办理情况", max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
