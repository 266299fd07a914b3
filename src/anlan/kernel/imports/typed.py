"""The fields of a type that is data as columns of an import: see kernel.typed."""

from __future__ import annotations

from anlan.kernel.imports.registry import ImportColumn
from anlan.kernel.imports.sheets.cells import Cell
from anlan.kernel.typed.fields import Field, Finds, Kind

EXAMPLES: dict[Kind, Cell] = {
    Kind.DATE: "2025-03-05",
    Kind.INTEGER: 12,
    Kind.NUMBER: 3.5,
    Kind.YES_NO: "是",
}


def typed_column(field: Field, prefix: str = "", finder: Finds | None = None) -> ImportColumn:
    """The column of a field: its unit in the heading, its choices as the only words allowed; of a
    reference, what ``finder`` offers."""
    words = [choice.label for choice in field.choices] if field.kind == Kind.CHOICE else []
    if field.kind == Kind.REFERENCE and finder:
        words = finder.offers(field)
    return ImportColumn(
        f"{prefix}{field.key}",
        f"{field.label}（{field.unit}）" if field.unit else field.label,
        required=field.required,
        help=field.help,
        example=words[0] if words else EXAMPLES.get(field.kind, "示例"),
        words=words,
    )
