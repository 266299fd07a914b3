"""Reading a notice in one call: file, source, structure, units, obligations, what disagrees."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from anlan.notices import obligations, responsibility
from anlan.notices.differences import compare
from anlan.notices.document import Notice, Source
from anlan.notices.readers import read_source
from anlan.notices.remarks import remarks
from anlan.notices.structure import build


def read_notice(path: Path | str, known_units: Collection[str] | None = None) -> Notice:
    """The notice in the file at ``path``, complete.

    ``known_units``: names of the organisation tree; a unit outside it gets a warning (None: no such
    warning). Raises NoticeError (Chinese) for a file that cannot be read or is no notice.
    """
    return read_from(read_source(Path(path)), known_units)


def read_from(source: Source, known_units: Collection[str] | None = None) -> Notice:
    """As :func:`read_notice`, for a source already read (an upload, standard input)."""
    notice = build(source)
    responsibility.fill(notice)
    obligations.fill(notice)
    notice.differences = compare(notice)
    notice.warnings = remarks(notice, known_units)
    return notice
