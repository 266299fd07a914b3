"""A type's fields in a Django form: each judged by :meth:`Field.parse`, like everywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from anlan.kernel.typed.fields import Field, FieldError, Kind, Stored
from anlan.kernel.typed.schema import Schema

PREFIX = "field_"  # a type's key must not meet the name of a form's own field


class TypedField(forms.Field):
    """``clean`` gives the value as it is stored."""

    def __init__(self, field: Field) -> None:
        self.field = field
        label = f"{field.label}（{field.unit}）" if field.unit else field.label
        super().__init__(
            required=field.required, label=label, help_text=field.help, widget=_widget(field)
        )

    def clean(self, value: Any) -> Stored | None:
        try:
            return self.field.parse(value)
        except FieldError as error:
            raise forms.ValidationError(str(error), code="invalid") from error


def form_fields(schema: Schema) -> dict[str, forms.Field]:
    """The form's fields by name, in order: add them to ``self.fields`` of a form."""
    return {f"{PREFIX}{each.key}": TypedField(each) for each in schema}


def initial(values: Mapping[str, Stored]) -> dict[str, Any]:
    """Stored values as the form's initial ones."""
    return {
        f"{PREFIX}{key}": ("是" if value else "否") if isinstance(value, bool) else value
        for key, value in values.items()
    }


def values(cleaned: Mapping[str, Any]) -> dict[str, Stored]:
    """What a form's ``cleaned_data`` holds of the type's fields, empty ones left out."""
    return {
        name.removeprefix(PREFIX): value
        for name, value in cleaned.items()
        if name.startswith(PREFIX) and value is not None and value != []
    }


def _widget(field: Field) -> forms.Widget:
    match field.kind:
        case Kind.LONG_TEXT:
            return forms.Textarea(attrs={"rows": 4})
        case Kind.INTEGER:
            return forms.TextInput(attrs={"inputmode": "numeric"})
        case Kind.NUMBER:
            return forms.TextInput(attrs={"inputmode": "decimal"})
        case Kind.DATE:
            return forms.DateInput(attrs={"type": "date"})
        case Kind.YES_NO:
            return forms.Select(choices=[("", "请选择"), ("是", "是"), ("否", "否")])
        case Kind.CHOICE:
            return forms.Select(choices=[("", "请选择"), *_pairs(field)])
        case Kind.CHOICES:
            return forms.CheckboxSelectMultiple(choices=_pairs(field))
        case _:
            return forms.TextInput()


def _pairs(field: Field) -> list[tuple[str, str]]:
    return [(each.code, each.label) for each in field.choices]
