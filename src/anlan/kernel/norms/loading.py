"""Loading norms from files of facts (``data/norms/*.yaml``). Safe to repeat.

A norm changed in the files is changed in the database; a key whose norms a person has edited is
left alone and reported; nothing is ever deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db import connection, models

from anlan.kernel.access.actor import Actor
from anlan.kernel.norms.models import Norm, NormDocument
from anlan.kernel.write import Write

M = TypeVar("M", bound=models.Model)
Progress = Callable[[str, int, int], None]
_DOCUMENT = ("title", "issuer", "effective_from", "effective_to", "source_url", "verified")
_NORM = ("article", "value", "unit", "effective_to", "verified", "note")


class NormFactsError(Exception):
    """A file of norms that contradicts itself. The message is Chinese and names the entry."""


@dataclass
class Report:
    """What loading did. ``kept``: keys left alone because a person has edited their norms."""

    created: int = 0
    changed: int = 0
    kept: list[str] = field(default_factory=list)


def load(folder: Path, *, actor: Actor, progress: Progress | None = None) -> Report:
    """Load all files of ``folder``, all or nothing; NormFactsError if they contradict."""
    documents, norms = _read(folder)
    report = Report()
    with Write(actor, "norms.load", reason=f"载入 {folder.name}") as write:
        _take_turns()
        standing = {document.number: document for document in NormDocument.objects.all()}
        for entry in documents:
            number = entry["number"]
            values = {name: entry[name] for name in _DOCUMENT if name in entry}
            row = standing.get(number) or NormDocument(number=number)
            standing[number] = _store(write, row, values, report)
        for number, (key, entries) in enumerate(norms.items(), start=1):
            _load_key(write, key, entries, standing, report)
            if progress:
                progress(key, number, len(norms))
    return report


def _take_turns() -> None:
    """Of two loads at once, the second waits for the first and then finds all in place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('anlan.norms.load', 0))")


def _load_key(
    write: Write,
    key: str,
    entries: list[dict[str, Any]],
    documents: dict[str, NormDocument],
    report: Report,
) -> None:
    rows = {row.effective_from: row for row in Norm.objects.filter(key=key)}
    if any(row.edited for row in rows.values()):
        report.kept.append(key)
        return
    for entry in entries:
        begins = entry["effective_from"]
        row = rows.get(begins) or Norm(key=key, effective_from=begins)
        values = {name: entry[name] for name in _NORM if name in entry}
        _store(write, row, values | {"document_id": documents[entry["document"]].pk}, report)


def _store(write: Write, row: M, values: dict[str, Any], report: Report) -> M:
    if row.pk is None:
        for name, value in values.items():
            setattr(row, name, value)
        report.created += 1
        return write.add(row)
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    if different:
        write.change(row, **different)
        report.changed += 1
    return row


# --- reading ----------------------------------------------------------------------------------


def _read(folder: Path) -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    documents: list[dict[str, Any]] = []
    norms: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(folder.glob("*.yaml")):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            documents += content["documents"]
            for entry in content["norms"]:
                norms[entry["key"]].append(entry)
        except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
            raise NormFactsError(f"{path.name}：读不了：{error!r}") from error
    if not norms:
        raise NormFactsError(f"{folder} 里没有规范文件")
    known = {entry["number"] for entry in documents}
    for key, entries in norms.items():
        _check(key, entries, known)
    return documents, dict(norms)


def _check(key: str, entries: list[dict[str, Any]], documents: set[str]) -> None:
    """Every norm has its document, and the periods of one key follow one another."""
    if missing := [
        entry for entry in entries if {"document", "value", "effective_from"} - {*entry}
    ]:
        raise NormFactsError(f"规范值“{key}”缺少文件、值或施行日期：{missing[0]}")
    if unknown := {entry["document"] for entry in entries} - documents:
        raise NormFactsError(f"规范值“{key}”所依据的文件未列出：{'、'.join(sorted(unknown))}")
    entries.sort(key=lambda entry: entry["effective_from"])
    for earlier, later in pairwise(entries):
        if earlier.get("effective_to", date.max) >= later["effective_from"]:
            raise NormFactsError(f"规范值“{key}”自{later['effective_from']}起有两个同时有效")
