"""A type's fields in a Django form: each judged by :meth:`Field.parse`, like everywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from anlan.kernel.typed import referables
from anlan.kernel.typed.fields import Field, FieldError, Finds, Kind, Stored
from anlan.kernel.typed.schema import Schema

PREFIX = "field_"  # a type's key must not meet the name of a form's own field
_MEANT = ".meant"  # no key holds a dot


class Words(str):
    """Words that were drawn for ``reference`` and stand unchanged: they mean it, whatever else is
    called so by now."""

    reference: str

    def __new__(cls, words: str, reference: str) -> Words:
        made = super().__new__(cls, words)
        made.reference = reference
        return made


class TypedField(forms.Field):
    """``clean`` gives the value as it is stored."""

    def __init__(self, field: Field, finder: Finds | None = None) -> None:
        self.field = field
        self.finder = finder
        label = f"{field.label}（{field.unit}）" if field.unit else field.label
        super().__init__(
            required=field.required,
            label=label,
            help_text=field.help,
            widget=_widget(field, finder),
        )

    def clean(self, value: Any) -> Stored | None:
        meant = value.reference if isinstance(value, Words) else value
        try:
            return self.field.parse(meant, self.finder)
        except FieldError as error:
            raise forms.ValidationError(str(error), code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        """A reference is typed, and read, in words. One that stands in an address or was sent is
        no more than a claim: what lies out of reach gets no words, for they would give it away."""
        field = self.field
        if field.kind is not Kind.REFERENCE or not referables.is_reference(field.refers, value):
            return value
        words = self.finder.words(field, value) if self.finder else ""
        return Words(words, str(value)) if words else ""


class ReferenceInput(forms.TextInput):
    """A text with what may be chosen below it: the browser narrows the list while one types, by a
    finger as well, without a script. Beside it lies hidden what the words mean: one who leaves
    them as they are need not tell namesakes apart."""

    def __init__(self, field: Field, finder: Finds) -> None:
        super().__init__(attrs={"autocomplete": "off"})
        self.field, self.finder = field, finder

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The input and its list; the list is read when the form is drawn, not when it is sent."""
        options = format_html_join(
            "", '<option value="{}"></option>', ((each,) for each in self.finder.offers(self.field))
        )
        list_id = f"{name}-offers"
        drawn = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        return format_html(
            '{}<datalist id="{}">{}</datalist>{}', drawn, list_id, options, _meant(name, value)
        )

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was typed; as ``Words`` if it is what was drawn."""
        typed = super().value_from_datadict(data, files, name)
        reference, _, drawn = data.get(f"{name}{_MEANT}", "").partition(" ")
        unchanged = typed and typed.split() == drawn.split()
        return Words(typed, reference) if unchanged else typed


def form_fields(schema: Schema, finder: Finds | None = None) -> dict[str, forms.Field]:
    """The form's fields by name, in order: add them to ``self.fields`` of a form. ``finder`` knows
    what references may lead to."""
    return {f"{PREFIX}{each.key}": TypedField(each, finder) for each in schema}


def initial(schema: Schema, values: Mapping[str, Stored]) -> dict[str, Any]:
    """The stored values of a row that the actor may see, as the form's initial ones: what they
    refer to is named, as on the row's page, be it out of his reach by now."""
    return {
        f"{PREFIX}{each.key}": _initial(each, values[each.key])
        for each in schema
        if each.key in values
    }


def values(cleaned: Mapping[str, Any]) -> dict[str, Stored]:
    """What a form's ``cleaned_data`` holds of the type's fields, empty ones left out."""
    return {
        name.removeprefix(PREFIX): value
        for name, value in cleaned.items()
        if name.startswith(PREFIX) and value is not None and value != []
    }


def _initial(field: Field, value: Stored) -> Stored:
    """Words where the input holds words; a reference that a row holds is one that was judged."""
    if field.kind is Kind.REFERENCE and referables.is_reference(field.refers, value):
        return Words(field.show(value), str(value))
    return field.show(value) if isinstance(value, bool) else value


def _meant(name: str, value: Any) -> str:
    """The hidden input: the reference, and the words that were drawn for it."""
    if not isinstance(value, Words):
        return ""
    held = f"{value.reference} {value}"
    return format_html('<input type="hidden" name="{}{}" value="{}">', name, _MEANT, held)


def _widget(field: Field, finder: Finds | None) -> forms.Widget:
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
        case Kind.REFERENCE if finder:
            return ReferenceInput(field, finder)
        case _:
            return forms.TextInput()


def _pairs(field: Field) -> list[tuple[str, str]]:
    return [(each.code, each.label) for each in field.choices]
