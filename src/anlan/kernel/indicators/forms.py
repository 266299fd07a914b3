"""Forms of indicators: reading what was typed; what is allowed is judged by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from anlan.kernel.indicators import registry
from anlan.kernel.indicators.choices import Reach
from anlan.kernel.indicators.models import DefinitionVersion

MOST_ITEMS = 200  # no notice has more


class DefinitionForm(forms.Form):
    """A version of a definition; begun with what ``newest`` says."""

    name = forms.CharField(label="名称", max_length=80)
    measure = forms.ChoiceField(label="数据来源", help_text="哪个台账的哪些记录计入。")
    reach = forms.ChoiceField(
        label="统计口径", choices=Reach.choices, help_text="一个单位的数，计入谁的记录。"
    )
    unit = forms.CharField(label="计量单位", max_length=20)
    items = forms.CharField(
        label="通知条目", required=False, help_text="为第几项任务计数，如 2、4；可以不填。"
    )
    how = forms.CharField(
        label="怎样计数",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="用一两句话写清计什么、不计什么，各页面的数字旁都显示。",
    )
    effective_from = forms.DateField(
        label="启用日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="不能早于今天；从这一天起按新口径计，已经结束的计量期不变。",
    )
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, newest: DefinitionVersion | None = None) -> None:
        begun: dict[str, Any] = {"effective_from": timezone.localdate(), "reach": Reach.OWN}
        if newest:
            begun |= {n: getattr(newest, n) for n in ("name", "measure", "reach", "unit", "how")}
            begun |= {"items": "、".join(map(str, newest.items)), "seen": newest.number}
        super().__init__(data, initial=begun)
        measures: Any = self.fields["measure"]
        measures.choices = [
            ("", "—"),
            *((each.key, f"{each.name}（{each.unit}）") for each in registry.all_measures()),
        ]

    def clean_items(self) -> list[int]:
        parts = self.cleaned_data["items"].replace("，", "、").replace(",", "、").split("、")
        typed = [each.strip() for each in parts if each.strip()]
        wrong = [each for each in typed if not (each.isdecimal() and 0 < int(each) < MOST_ITEMS)]
        if wrong:
            raise forms.ValidationError(f"“{wrong[0]}”不是条目的序号，请填数字，用顿号分开。")
        return sorted({int(each) for each in typed})
