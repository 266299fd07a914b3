"""Anlan's own message of readings, binary (ANB1) or JSON; also what lies on the stream."""

from anlan.monitoring.protocols.batch import binary, text
from anlan.monitoring.protocols.batch.binary import (
    MAGIC,
    SPAN,
    Splitter,
    pack,
    pack_all,
    unpack,
)
from anlan.monitoring.protocols.batch.columns import (
    MOST_READINGS,
    BadReading,
    Batch,
    Quality,
    Row,
    gathered,
    split,
)
from anlan.monitoring.protocols.batch.text import from_json, to_json
from anlan.monitoring.protocols.batch.words import describe


def parse(message: bytes) -> Batch:
    """Either form, told apart by the first bytes; raises ``Malformed``."""
    return unpack(message) if message.startswith(MAGIC) else from_json(message)


def rows(message: bytes) -> list[Row]:
    """The same as rows, for messages of few readings; raises ``Malformed``."""
    return binary.rows(message) if message.startswith(MAGIC) else text.rows(message)


write = pack

__all__ = [
    "MAGIC",
    "MOST_READINGS",
    "SPAN",
    "BadReading",
    "Batch",
    "Quality",
    "Row",
    "Splitter",
    "describe",
    "from_json",
    "gathered",
    "pack",
    "pack_all",
    "parse",
    "rows",
    "split",
    "to_json",
    "unpack",
    "write",
]
