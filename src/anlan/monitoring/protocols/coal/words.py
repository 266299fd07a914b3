"""A record as a person reads it."""

from __future__ import annotations

from typing import Any

from anlan.monitoring.protocols.coal.layouts import KIND_WORDS, MAKERS_IN_OUT, MAKERS_STATUS
from anlan.monitoring.protocols.coal.records import Record

# Meanings of codes, by kind and field; all are one maker's, and are called so.
_MEANINGS = {("CDSS", "status"): MAKERS_STATUS, ("RYSS", "in_out"): MAKERS_IN_OUT}


def describe(record: Record) -> dict[str, Any]:
    """Kind, values under their names, and what a maker's codes mean."""
    named = record.named()
    said: dict[str, Any] = {
        "kind": {"code": record.kind, "words": KIND_WORDS.get(record.kind, "未知类型")},
        "head": record.head,
        "values": named,
    }
    makers = {
        name: table[named[name]]
        for (kind, name), table in _MEANINGS.items()
        if kind == record.kind and not record.head and named.get(name) in table
    }
    if makers:
        said["by_one_makers_table"] = makers
    if record.remarks:
        said["remarks"] = list(record.remarks)
    return said
