"""The forms of a new version of a rule and of a verdict on a sign of tampering."""

from __future__ import annotations

from typing import Any, Self

from django import forms
from django.utils import timezone

from anlan.kernel.evidence.forms import FilesField
from anlan.monitoring.choices import COLOURS, MeasureKind, TamperState
from anlan.monitoring.models import RuleVersion
from anlan.monitoring.services.rules import Content

_LEVELS = [(colour, level.label) for colour, level in reversed(COLOURS.items())]


class VersionForm(forms.Form):
    """Limits by level; a level without a limit does not alarm."""

    measure = forms.ChoiceField(label="比较的量", choices=MeasureKind)
    above = forms.TypedChoiceField(
        label="何时报警",
        choices=[("1", "达到或高于限值"), ("0", "达到或低于限值")],
        coerce=lambda value: value == "1",
    )
    hold = forms.IntegerField(label="持续多少秒才报警", min_value=0, max_value=864_000, initial=0)
    window = forms.IntegerField(
        label="统计时段（秒）", min_value=0, max_value=864_000, initial=0,
        help_text="只用于均值和波动，其他填 0",
    )  # fmt: skip
    effective_from = forms.DateField(
        label="生效日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label="修改理由", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for colour, label in _LEVELS:
            self.fields[f"limit_{colour}"] = forms.FloatField(
                label=f"{label}色限值", required=False
            )
            self.fields[f"back_{colour}"] = forms.FloatField(
                label=f"{label}色解除值", required=False, help_text="不填即等于限值"
            )
        self.order_fields(
            ["measure", "above"]
            + [f"{part}_{colour}" for colour, _ in _LEVELS for part in ("limit", "back")]
        )

    @classmethod
    def of(cls, version: RuleVersion | None) -> Self:
        """Filled in with what is in force."""
        given: dict[str, Any] = {"effective_from": timezone.localdate()}
        if version is not None:
            given |= {
                "measure": version.measure, "above": "1" if version.above else "0",
                "hold": version.hold, "window": version.window,
            }  # fmt: skip
            for level, limit, back in version.in_order:
                given |= {f"limit_{level.colour}": limit, f"back_{level.colour}": back}
        return cls(initial=given)

    def content(self, spans: list[list[int]]) -> Content:
        """What a version says; ``spans``, when in the week it holds, stay what they were."""
        given = self.cleaned_data
        levels = []
        for colour, _ in _LEVELS:
            limit, back = given[f"limit_{colour}"], given[f"back_{colour}"]
            if limit is not None:
                level = {"level": colour, "limit": limit}
                levels.append(level if back is None else level | {"back": back})
        return Content(
            measure=given["measure"], above=given["above"], levels=levels, hold=given["hold"],
            window=given["window"], spans=spans,
        )  # fmt: skip


class VerdictForm(forms.Form):
    """What was found out about a sign of tampering."""

    verdict = forms.TypedChoiceField(
        label="结论",
        choices=[
            ("", "请选择"),
            *(each for each in TamperState.choices if each[0] != TamperState.OPEN),
        ],
        coerce=TamperState,
        help_text="动过：传感器、线路或数据被人动过。正当原因：如检修、停产、已报备的调校。",
    )
    text = forms.CharField(
        label="核查情况",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="怎样核查的，查到什么，原因是什么。",
    )
    evidence = FilesField(label="佐证材料", required=False, optional="“确认动过”必须有")
