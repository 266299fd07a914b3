"""The forms of the import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from anlan.kernel.imports.services.uploading import MOST_BYTES
from anlan.kernel.imports.sheets.table import MOST_ROWS
from anlan.kernel.orgs.models import Organisation


class UploadForm(forms.Form):
    """Which file; and for which organisation, where the person acts for several."""

    organisation = forms.TypedChoiceField(label="导入单位", coerce=int)
    file = forms.FileField(
        label="Excel 文件",
        error_messages={"required": "请选择 Excel 文件。", "empty": "这是空文件，请重新选择。"},
        help_text=f"按模板填好的 .xlsx（也可用 .csv），不超过 {MOST_BYTES // 2**20} MB、"
        f"{MOST_ROWS:,} 行。上传后先检查，您同意后才会进入台账。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {each.pk: each for each in organisations}
        choice: Any = self.fields["organisation"]
        choice.choices = [(each.pk, str(each)) for each in organisations]
        if len(organisations) == 1:
            del self.fields["organisation"]

    @property
    def chosen(self) -> Organisation:
        """The chosen organisation, or the only one."""
        pk = self.cleaned_data.get("organisation")
        return self.organisations[pk] if pk else next(iter(self.organisations.values()))


class ConsentForm(forms.Form):
    """``good``: how many rows the page showed as good."""

    good = forms.IntegerField(min_value=1)
