"""Which subject people mean by what they typed, within their reach."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from anlan.kernel.access.actor import Actor
from anlan.kernel.typed import referables
from anlan.kernel.typed.fields import Field, FieldError, Kind
from anlan.kernel.typed.referables import Referable
from anlan.kernel.typed.schema import Schema

MOST_OFFERED = 300  # more than a list to choose from can hold; the rest is found by typing
_SHOWN = 5
_LONGEST_NAME = 200  # characters; a bracket behind them opens no hint


class Finder:
    """Finds subjects for ``actor``: what is out of his reach does not exist for him.

    ``prime`` looks up a portion of rows in bulk; without it each value is a query of its own.
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._primed: dict[str, dict[str, list[Any]]] = {}

    def find(self, field: Field, raw: object) -> str:
        """The reference as it is stored; FieldError if none is meant, or several are."""
        kind = referables.get(field.refers)
        if referables.is_reference(kind.key, raw):
            return self._standing(field, kind, raw)
        text = _plain(raw)
        found = self._named(kind, text)
        if not found and field.refers not in self._primed:
            found = list(kind.reach(self.actor).filter(name__contains=text)[: _SHOWN + 1])
        if not found:
            raise FieldError(
                f"没有找到{kind.label}“{_short(text)}”，或不在您的管辖范围内。请从提示中选。"
            )
        if len(found) > 1:
            told = "、".join(_apart(kind, found)[:_SHOWN])
            more = "等" if len(found) > _SHOWN else ""
            raise FieldError(f"“{_short(text)}”可能是{told}{more}，请照其中一个写全。")
        return kind.stored(found[0])

    def offers(self, field: Field) -> list[str]:
        """What may be chosen, in words; nothing where that is too much for a list."""
        kind = referables.get(field.refers)
        rows = list(kind.reach(self.actor)[: MOST_OFFERED + 1])
        return _apart(kind, rows) if len(rows) <= MOST_OFFERED else []

    def words(self, field: Field, reference: object) -> str:
        """What the reference leads to, in words; empty out of reach, as if there were none."""
        kind = referables.get(field.refers)
        row = _within(kind, reference, self.actor)
        return "" if row is None else kind.words(row)

    def prime(self, schema: Schema, raws: Iterable[Mapping[str, object]]) -> None:
        """Look up what the rows name, one query for each field that refers to something."""
        rows = list(raws)
        for field in schema:
            if field.kind is not Kind.REFERENCE:
                continue
            kind = referables.get(field.refers)
            texts = [_plain(raw.get(field.key) or "") for raw in rows]
            names = {name for text in texts if text for name in _names(text)}
            held = self._primed.setdefault(kind.key, defaultdict(list))
            for row in kind.reach(self.actor).filter(name__in=names - set(held)):
                held[row.name].append(row)

    def _named(self, kind: Referable, text: str) -> list[Any]:
        """Those of this name; of namesakes the one whose hint, or number, was written too."""
        names = _names(text)
        if kind.key in self._primed:
            held = self._primed[kind.key]
            rows = [row for name in names for row in held.get(name, [])]
        else:
            rows = list(kind.reach(self.actor).filter(name__in=names)[:MOST_OFFERED])
        whole = [row for row in rows if _folded(text) in _spellings(kind, row)]
        return whole or [row for row in rows if row.name == text]

    def _standing(self, field: Field, kind: Referable, value: object) -> str:
        """A stored reference again: to the subject that it is now, if that is within reach."""
        row = _within(kind, value, self.actor)
        if row is None:
            raise FieldError(f"“{field.label}”所指的{kind.label}不在您的管辖范围内，请重新选。")
        return kind.stored(row)


def linked(schema: Schema, values: Mapping[str, Any], actor: Actor) -> list[tuple[str, str, str]]:
    """Label and words of each field that has a value, and where the subject that it names is seen:
    empty for who does not see it."""
    shown = []
    for field in schema:
        value = values.get(field.key)
        if words := field.show(value):
            shown.append((field.label, words, _url(field, value, actor)))
    return shown


def _url(field: Field, value: object, actor: Actor) -> str:
    if field.kind is not Kind.REFERENCE or not referables.known(field.refers):
        return ""
    kind = referables.get(field.refers)
    row = _within(kind, value, actor)
    return "" if row is None else kind.url(row)


def _within(kind: Referable, value: object, actor: Actor) -> Any | None:
    """The row that a reference means now, if the actor may name it."""
    row = referables.resolve(kind.key, value)
    return row if row is not None and kind.reach(actor).filter(pk=row.pk).exists() else None


def unknown(schema: Schema) -> list[str]:
    """The keys that the fields refer to and no ledger declares."""
    return [each.refers for each in schema if each.refers and not referables.known(each.refers)]


def _names(text: str) -> set[str]:
    """What may be the name in the words: all of them, or what stands before one of the brackets,
    for a name and a hint may hold brackets of their own."""
    cuts = (text[: each.start()].strip() for each in re.finditer("[（(]", text[:_LONGEST_NAME]))
    return {text, *cuts} - {""}


def _apart(kind: Referable, rows: list[Any]) -> list[str]:
    """The rows in words; where those coincide (one subject registered twice), with numbers."""
    words = [kind.words(row) for row in rows]
    often = Counter(words)
    return [
        each if often[each] == 1 else _numbered(each, row)
        for each, row in zip(words, rows, strict=True)
    ]


def _numbered(words: str, row: Any) -> str:
    return f"{words}#{row.pk}"


def _spellings(kind: Referable, row: Any) -> set[str]:
    """The words that mean this row, folded."""
    words = kind.words(row)
    return {_folded(words), _folded(_numbered(words, row))}


def _plain(raw: object) -> str:
    return re.sub(r"\s+", " ", str(raw)).strip().replace("\0", "")


def _folded(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"
