"""The form of a record: reading what was typed; what is allowed is judged by the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from anlan.kernel.evidence.forms import FilesField, FilesInput
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.typed.finding import Finder
from anlan.kernel.typed.forms import form_fields
from anlan.records import rules
from anlan.records.models import RecordTypeVersion


def _day(label: str, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


class RecordForm(forms.Form):
    """The fields of ``version`` between what every record has; gaps are allowed in a draft.

    ``units``: among whom the clerk chooses; none where the unit is settled.
    """

    def __init__(
        self,
        *args: Any,
        version: RecordTypeVersion,
        finder: Finder,
        units: Sequence[Organisation] = (),
        gaps: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        if len(units) > 1:
            self.fields["organisation"] = forms.TypedChoiceField(
                label="单位", choices=[(each.pk, str(each)) for each in units], coerce=int
            )
        self.fields["held_on"] = _day("开始日期" if version.spans_days else "日期")
        if version.spans_days:
            self.fields["held_until"] = _day(
                "结束日期", required=False, help_text="一天之内完成的不填。"
            )
        self.fields["title"] = forms.CharField(
            label="做了什么",
            max_length=rules.LONGEST_TITLE,
            help_text="一句话，别人一看就明白。",
        )
        schema = rules.lenient(version.schema) if gaps else version.schema
        self.fields.update(form_fields(schema, finder))
        self.fields["photo"] = FilesField(
            label="现场拍照",
            required=False,
            widget=FilesInput(attrs={"accept": "image/*", "capture": "environment"}),
            help_text="手机上直接打开相机。",
        )
        self.fields["evidence"] = FilesField(
            label="照片或文件",
            required=False,
            optional="草稿可不填" if version.evidence_least else "",
            help_text="照片、PDF、Word（.docx）、Excel（.xlsx）或视频，可以选多个。",
        )

    def files_sent(self) -> list[Any]:
        """The photographs taken now and the files chosen."""
        return [*self.cleaned_data["photo"], *self.cleaned_data["evidence"]]
