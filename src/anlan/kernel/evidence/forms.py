"""A form field that takes several files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from anlan.kernel.evidence.storing import ALLOWED, MAX_BYTES

MOST = 20  # files in one submission


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files up to ``MOST``; what each one is, is judged when it is stored.

    ``optional``: what is said beside the label of a field that may stay empty, if not 选填.
    """

    widget = FilesInput

    def __init__(self, *, optional: str = "", **kwargs: Any) -> None:
        self.optional = optional
        kwargs.setdefault(
            "help_text",
            f"{'、'.join(ALLOWED.values())}；每个不超过 {MAX_BYTES // 2**20} MB，最多 {MOST} 个。",
        )
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """The uploaded files; an empty list where there is none."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not files:
            raise forms.ValidationError("请选择至少一个文件。", code="required")
        if len(files) > MOST:
            raise forms.ValidationError(f"一次最多 {MOST} 个文件（选择了 {len(files)} 个）。")
        single = super().clean
        return [single(each, initial) for each in files]
