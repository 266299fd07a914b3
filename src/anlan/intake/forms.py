"""Forms of the intake."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.utils import timezone

from anlan.intake.choices import Decision
from anlan.intake.models import Clause, Document, Item
from anlan.kernel.indicators.selectors import Book
from anlan.kernel.orgs.models import Group, Organisation
from anlan.plan.choices import UnitRole
from anlan.plan.forms import DateField

KINDS = ".docx,.pdf,.txt,.png,.jpg,.jpeg,.tif,.tiff,.bmp"
MAX_MEGABYTES = 50


class UploadForm(forms.Form):
    file = forms.FileField(
        label="通知文件",
        error_messages={"required": "请选择通知文件。", "empty": "这是一个空文件，请重新选择。"},
        help_text=f"Word（.docx）、PDF、文本、扫描件或照片，不超过 {MAX_MEGABYTES} MB。",
        widget=forms.FileInput(attrs={"accept": KINDS}),
    )


class DocumentForm(forms.ModelForm):
    class Meta:
        model = Document
        fields = ["title", "issuer", "year", "kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].required = True
        self.fields["kind"].help_text = "补充通知只增加任务，不撤销已发布的任务。"


class SeenForm(forms.ModelForm):
    """Says when the row was changed by another while it was being edited, before overwriting it."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        values = [str(self.initial.get(name)) for name in self._meta.fields or ()]
        self.present = hashlib.sha256("\n".join(values).encode()).hexdigest()[:16]
        self.initial["seen"] = self.present

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        seen = typed.pop("seen", "")
        if seen and seen != self.present:
            self.data = {**dict(self.data.items()), "seen": self.present}
            raise forms.ValidationError(
                "您填写期间，这里已被另一人修改，没有覆盖。请先在另一个窗口打开看清最新内容；"
                "再次保存，将以您填写的为准。"
            )
        return typed


class ItemForm(SeenForm):
    due_on = DateField(label="整项任务的完成期限")

    class Meta:
        model = Item
        fields = ["title", "text", "due_on"]


class ClauseForm(SeenForm):
    deadline = DateField(label="期限", required=False)

    class Meta:
        model = Clause
        fields = [
            "text",
            "kind",
            "subject",
            "value",
            "value_max",
            "unit",
            "op",
            "period",
            "deadline",
            "window_months",
            "working_day",
            "measure",
            "assigned",
        ]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3}),
            "op": forms.Select(
                choices=[
                    ("", "—"),
                    (">=", "不少于"),
                    (">", "多于"),
                    ("<=", "不超过"),
                    ("<", "少于"),
                    ("==", "等于"),
                    ("all", "全部"),
                ]
            ),
            "period": forms.Select(
                choices=[
                    ("", "—"),
                    ("year", "每年"),
                    ("half_year", "每半年"),
                    ("quarter", "每季度"),
                    ("month", "每月"),
                ]
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"] = forms.ChoiceField(
            label="指标",
            required=False,
            choices=[("", "不计数，由单位申报"), *measures()],
            initial=self.instance.measure,
        )
        self.fields["assigned"].help_text = "勾选后，每个责任单位就这一条单独有一项任务。"


def measures() -> list[tuple[str, str]]:
    """The indicators, by the version in force today."""
    today = timezone.localdate()
    return [(each.definition.key, f"{each.name}（{each.unit}）") for each in Book().all_on(today)]


class DecideForm(forms.Form):
    """The chosen points, or ``all`` (of the kind ``code``) that nobody has decided yet."""

    points = forms.TypedMultipleChoiceField(coerce=int, required=False)
    all = forms.BooleanField(required=False)
    code = forms.CharField(max_length=40, required=False)
    decision = forms.ChoiceField(
        choices=Decision.choices, error_messages={"required": "请选择怎样处理。"}
    )
    note = forms.CharField(max_length=2000, required=False)

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document
        pks = document.points.values_list("pk", flat=True)
        points: Any = self.fields["points"]
        points.choices = [(pk, pk) for pk in pks]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("all"):
            undecided = self.document.points.filter(decision=Decision.OPEN)
            if typed.get("code"):
                undecided = undecided.filter(code=typed["code"])
            typed["points"] = list(undecided.values_list("pk", flat=True))
        if not typed.get("points"):
            raise forms.ValidationError("请先勾选要处理的核对事项。")
        return typed


class BindForm(forms.Form):
    """``target``: the name of a group or of an organisation, chosen from suggestions."""

    target = forms.CharField(max_length=120)

    def clean_target(self) -> Organisation | Group:
        name = self.cleaned_data["target"].strip()
        found: Organisation | Group | None = (
            Group.objects.filter(name=name).first()
            or Organisation.objects.filter(name=name).first()
            or Organisation.objects.filter(short_name=name).order_by("path").first()
        )
        if found is None:
            raise forms.ValidationError(f"单位库中没有“{name}”，请从提示中选择。")
        return found


class UnitForm(forms.Form):
    organisation = forms.CharField(
        label="单位", max_length=120, widget=forms.TextInput(attrs={"list": "names"})
    )
    role = forms.ChoiceField(label="责任", choices=UnitRole.choices, initial=UnitRole.RESPONSIBLE)

    def clean_organisation(self) -> Organisation:
        name = self.cleaned_data["organisation"].strip()
        found = (
            Organisation.objects.filter(short_name=name).order_by("path").first()
            or Organisation.objects.filter(name=name).first()
        )
        if found is None:
            raise forms.ValidationError(f"单位库中没有“{name}”，请从提示中选择。")
        return found
