"""Text files that coal mines upload: monitored points, alarms, people underground.

Written as programs at mines write them, **not** after the text of MT/T 1201-2023, which was not at
hand. A file is named by mine, kind and time; ``Dialect`` holds what makers write differently.
"""

from anlan.monitoring.protocols.coal.dialect import (
    CARET,
    USUAL,
    Dialect,
    FileName,
    likely_dialect,
)
from anlan.monitoring.protocols.coal.layouts import KIND_WORDS, LAYOUTS, MAKERS_STATUS
from anlan.monitoring.protocols.coal.reader import File, Found, Reader, parse, read, write
from anlan.monitoring.protocols.coal.records import Record
from anlan.monitoring.protocols.coal.splitter import Splitter
from anlan.monitoring.protocols.coal.words import describe

__all__ = [
    "CARET",
    "KIND_WORDS",
    "LAYOUTS",
    "MAKERS_STATUS",
    "USUAL",
    "Dialect",
    "File",
    "FileName",
    "Found",
    "Reader",
    "Record",
    "Splitter",
    "describe",
    "likely_dialect",
    "parse",
    "read",
    "write",
]
