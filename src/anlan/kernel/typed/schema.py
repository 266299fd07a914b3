"""The fields of one version of a type, as they lie in JSON and in a city's data files.

[{"key": "depth", "label": "采深", "kind": "number", "unit": "m", "required": true},
 {"key": "gas", "label": "瓦斯等级", "kind": "choice",
  "choices": [{"code": "low", "label": "低瓦斯"}, {"code": "high", "label": "高瓦斯"}]}]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from anlan.kernel.typed.fields import Choice, Field, FieldError, Finds, Kind, Stored

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NAMES = {
    "key", "label", "kind", "unit", "required", "minimum", "maximum", "choices", "help", "refers",
}  # fmt: skip
_NUMBERS = (Kind.INTEGER, Kind.NUMBER)
_CHOOSING = (Kind.CHOICE, Kind.CHOICES)


class SchemaError(ValueError):
    """Why a description of fields is none; names the field."""


@dataclass(frozen=True)
class Cleaned:
    """``values`` that can be stored (empty ones left out), and ``faults`` by the field's key."""

    values: dict[str, Stored]
    faults: dict[str, str]


@dataclass(frozen=True)
class Schema:
    """Fields in the order in which people fill them in."""

    fields: tuple[Field, ...]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __getitem__(self, key: str) -> Field:
        return next(each for each in self.fields if each.key == key)

    @classmethod
    def load(cls, described: Iterable[Mapping[str, Any]]) -> Schema:
        """The fields described; SchemaError names the first that is not described well."""
        fields = tuple(_field(each) for each in described)
        for what in ("key", "label"):
            names = [getattr(each, what) for each in fields]
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise SchemaError(f"two fields have the {what} {sorted(twice)[0]}")
        return cls(fields)

    def dump(self) -> list[dict[str, Any]]:
        """As :meth:`load` takes it; what is not said is left out."""
        return [_described(each) for each in self.fields]

    def clean(self, raw: Mapping[str, object], finder: Finds | None = None) -> Cleaned:
        """Judge a whole row; keys that are no field's are left aside. ``finder``: for references;
        see :meth:`Field.parse`."""
        values: dict[str, Stored] = {}
        faults: dict[str, str] = {}
        for field in self.fields:
            try:
                value = field.parse(raw.get(field.key), finder)
            except FieldError as error:
                faults[field.key] = str(error)
            else:
                if value is not None and value != []:
                    values[field.key] = value
        return Cleaned(values, faults)

    def shown(self, values: Mapping[str, Stored]) -> list[tuple[str, str]]:
        """Label and words of each field that has a value."""
        pairs = [(each.label, each.show(values.get(each.key))) for each in self.fields]
        return [(label, words) for label, words in pairs if words]

    def missing(self, values: Mapping[str, Stored]) -> list[Field]:
        """Required fields without a value: what was recorded by an older version may lack them."""
        return [each for each in self.fields if each.required and each.key not in values]


def _field(described: Mapping[str, Any]) -> Field:
    key = str(described.get("key", ""))
    if not _KEY.fullmatch(key):
        raise SchemaError(f"a field's key is lower-case letters, digits and _: {key!r}")
    if unknown := set(described) - _NAMES:
        raise SchemaError(f"field {key}: nothing is called {sorted(unknown)[0]}")
    if not str(described.get("label", "")).strip():
        raise SchemaError(f"field {key} has no label")
    kind = _kind(key, described.get("kind"))
    field = Field(
        key=key,
        label=str(described["label"]).strip(),
        kind=kind,
        unit=str(described.get("unit", "")),
        required=bool(described.get("required", False)),
        minimum=_bound(key, described.get("minimum")),
        maximum=_bound(key, described.get("maximum")),
        choices=tuple(_choice(key, each) for each in described.get("choices", ())),
        help=str(described.get("help", "")),
        refers=str(described.get("refers", "")),
    )
    _check(field)
    return field


def _check(field: Field) -> None:
    bounded = field.minimum is not None or field.maximum is not None
    if bounded and field.kind not in _NUMBERS:
        raise SchemaError(f"field {field.key}: only numbers have bounds")
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        raise SchemaError(f"field {field.key}: its minimum is above its maximum")
    if bool(field.choices) != (field.kind in _CHOOSING):
        raise SchemaError(f"field {field.key}: choices belong to choice and choices, only there")
    if bool(field.refers) != (field.kind is Kind.REFERENCE):
        raise SchemaError(f"field {field.key}: a reference says what it refers to, only there")
    for names in ([c.code for c in field.choices], [c.label for c in field.choices]):
        if len(set(names)) != len(names):
            raise SchemaError(f"field {field.key}: a choice stands twice")


def _kind(key: str, given: object) -> Kind:
    try:
        return Kind(str(given))
    except ValueError:
        raise SchemaError(f"field {key}: there is no kind {given!r}") from None


def _bound(key: str, given: object) -> Decimal | None:
    if given is None:
        return None
    try:
        return Decimal(str(given))
    except InvalidOperation:
        raise SchemaError(f"field {key}: {given!r} is no bound") from None


def _choice(key: str, given: Mapping[str, Any]) -> Choice:
    if set(given) != {"code", "label"} or not all(str(each).strip() for each in given.values()):
        raise SchemaError(f"field {key}: a choice has a code and a label")
    return Choice(str(given["code"]), str(given["label"]))


def _described(field: Field) -> dict[str, Any]:
    said: dict[str, Any] = {"key": field.key, "label": field.label, "kind": str(field.kind)}
    for name in ("unit", "required", "help", "refers"):
        if value := getattr(field, name):
            said[name] = value
    for name in ("minimum", "maximum"):
        if (bound := getattr(field, name)) is not None:
            said[name] = str(bound)
    if field.choices:
        said["choices"] = [{"code": c.code, "label": c.label} for c in field.choices]
    return said
