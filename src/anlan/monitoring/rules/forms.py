"""The forms of rules and their versions, and of a verdict on a sign of tampering."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Self

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.evidence.forms import FilesField
from anlan.kernel.norms.models import NormDocument
from anlan.monitoring.choices import (
    COLOURS,
    Counted,
    Level,
    MeasureKind,
    Place,
    Quantity,
    TamperState,
)
from anlan.monitoring.models import RuleVersion
from anlan.monitoring.rules import naming, weeks
from anlan.monitoring.rules.wording import WITHOUT_QUANTITY, unit
from anlan.monitoring.services.checking import MOVING, Content, wrong
from anlan.registry.models import Sector

_LEVELS = [(colour, level) for colour, level in reversed(COLOURS.items())]
_DAY = 86_400
_LONGEST = 30 * _DAY  # of a duration: an assumption


class LevelRow(NamedTuple):
    """The fields of one level, for a row of the editor."""

    level: Level
    limit: BoundField
    back: BoundField
    of: BoundField


class RuleForm(forms.Form):
    """What a new rule is called, and whose sites it is for."""

    name = forms.CharField(
        label="规则名称", max_length=80, help_text="例如：一号库浸润线超限（设计值）"
    )
    sector = forms.ModelChoiceField(
        label="行业领域", queryset=Sector.objects.none(), required=False, empty_label="各行业领域"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].queryset = Sector.objects.filter(retired_on=None)  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """Limits by level; a level without a limit does not alarm."""

    measure = forms.ChoiceField(label="比较的量", choices=MeasureKind)
    counts = forms.ChoiceField(
        label="组合时数什么", choices=[("", "—"), *Counted.choices], required=False,
        help_text="只用于“几处同时报警”：各级的限值填几处，“计入”选达到哪一级才算",
    )  # fmt: skip
    above = forms.TypedChoiceField(
        label="何时报警",
        choices=[("1", "达到或高于限值"), ("0", "达到或低于限值")],
        coerce=lambda value: value == "1",
        help_text="例如瓦斯浓度选高于，风速过低、干滩长度不足选低于",
    )
    hold = forms.IntegerField(
        label="持续多少秒才报警", min_value=0, max_value=_LONGEST, initial=0,
        help_text="0 秒即一达到限值就报警。短时间抖动多的测点，可以填 3 到 60 秒",
    )  # fmt: skip
    window = forms.IntegerField(
        label="统计时段（秒）", min_value=0, max_value=_LONGEST, initial=0,
        help_text="只用于均值和波动，例如 3600 秒即最近一小时；其他填 0",
    )  # fmt: skip
    spans = forms.CharField(
        label="适用时间", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"每行一段，如“{weeks.EXAMPLE}”或“每天 22:00-06:00”；不填即全天",
    )  # fmt: skip
    quantity = forms.ChoiceField(
        label="监测量", choices=[("", "各种监测量"), *Quantity.choices], required=False
    )
    places = forms.MultipleChoiceField(
        label="地点类别", choices=Place, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="一个也不选即各处",
    )  # fmt: skip
    sites = forms.CharField(
        label="只用于这些场所", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="每行一个场所名称，与监管对象中登记的一致；不填即全部",
    )  # fmt: skip
    points = forms.CharField(
        label="只用于这些测点", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="每行一个，写成“场所：测点”，如“一号库：浸润线 3”；填了就不再看上面三项",
    )  # fmt: skip
    document = forms.ModelChoiceField(
        label="依据的文件", queryset=NormDocument.objects.none(), required=False,
        empty_label="没有文件，在下面写明",
    )  # fmt: skip
    article = forms.CharField(label="条款", max_length=80, required=False)
    basis = forms.CharField(
        label="依据说明",
        max_length=300,
        required=False,
        help_text="例如：设计说明书和编制单位",
    )
    verified = forms.BooleanField(label="已对照原文核实限值和条款", required=False)
    effective_from = forms.DateField(
        label="生效日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label="修改理由", max_length=300)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor = actor
        self.fields["document"].queryset = NormDocument.objects.all()  # type: ignore[attr-defined]
        own = self._unit()
        colours = [("", "—"), *((colour, f"{level.label}色") for colour, level in _LEVELS)]
        for colour, level in _LEVELS:
            name = f"{level.label}色"
            self.fields |= {
                f"limit_{colour}": forms.FloatField(label=f"{name}限值{own}", required=False),
                f"back_{colour}": forms.FloatField(label=f"{name}解除值{own}", required=False),
                f"of_{colour}": forms.ChoiceField(
                    label=f"{name}计入", choices=colours, required=False
                ),
            }

    @classmethod
    def of(cls, version: RuleVersion | None, actor: Actor) -> Self:
        """Filled in with what a version says."""
        given: dict[str, Any] = {"effective_from": timezone.localdate(), "places": []}
        if version is not None:
            same = ("measure", "counts", "hold", "window", "quantity", "places", "document",
                    "article", "basis", "verified")  # fmt: skip
            given |= {name: getattr(version, name) for name in same}
            given |= {
                "above": "1" if version.above else "0",
                "spans": weeks.written(version.spans),
                "sites": naming.of_sites(version.sites, actor),
                "points": naming.of_points(version.points, actor),
            }
            for each in version.levels:
                for part in ("limit", "back", "of"):
                    given[f"{part}_{each['level']}"] = each.get(part)
        return cls(initial=given, actor=actor)

    def _unit(self) -> str:
        """The unit of the limits in brackets, as far as the chosen quantity tells it."""
        chosen = {name: self[name].value() for name in ("measure", "counts", "quantity")}
        known = chosen["quantity"] in Quantity.values and chosen["measure"] in MeasureKind.values
        own = unit(RuleVersion(**chosen)) if known or chosen["measure"] in WITHOUT_QUANTITY else ""
        return f"（{own}）" if own else ""

    @property
    def rows(self) -> Iterator[LevelRow]:
        """The fields of the levels, the worst first."""
        for colour, level in _LEVELS:
            yield LevelRow(level, *(self[f"{part}_{colour}"] for part in ("limit", "back", "of")))

    def clean_spans(self) -> weeks.Spans:
        """When in the week it holds."""
        try:
            return weeks.read(self.cleaned_data["spans"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_sites(self) -> list[int]:
        """The sites that the lines name."""
        found, missing = naming.sites(self.cleaned_data["sites"], self._actor)
        return _all_found(found, missing, "场所")

    def clean_points(self) -> list[int]:
        """The points that the lines name."""
        found, missing = naming.points(self.cleaned_data["points"], self._actor)
        return _all_found(found, missing, "测点")

    def clean(self) -> dict[str, Any]:
        """What does not fit together, told at its field."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("measure") not in MOVING and "window" in given:
            given["window"] = 0
        if self.errors:
            return given
        for name, message in wrong(self.content()):
            self.add_error(name if name in self.fields else None, message)
        return given

    def content(self) -> Content:
        """What a version says."""
        given = self.cleaned_data
        combines = given["measure"] == MeasureKind.COMBINED
        levels = [level for colour, _ in _LEVELS if (level := self._level(colour, combines))]
        return Content(
            measure=given["measure"], counts=given["counts"] if combines else "",
            above=given["above"], levels=levels, hold=given["hold"], window=given["window"],
            spans=given["spans"], quantity=given["quantity"], places=given["places"],
            sites=given["sites"], points=given["points"], document=given["document"],
            article=given["article"], basis=given["basis"], verified=given["verified"],
        )  # fmt: skip

    def _level(self, colour: str, combines: bool) -> dict[str, Any] | None:
        given = self.cleaned_data
        limit, back, of = (given.get(f"{part}_{colour}") for part in ("limit", "back", "of"))
        if limit is None:
            return None
        level: dict[str, Any] = {"level": colour, "limit": limit}
        if combines:
            return level | {"of": of}
        return level if back is None else level | {"back": back}


def _all_found(found: list[int], missing: list[str], what: str) -> list[int]:
    if missing:
        raise forms.ValidationError(f"没有找到{what}：{'、'.join(missing)}。请核对名称，一行一个。")
    return found


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
