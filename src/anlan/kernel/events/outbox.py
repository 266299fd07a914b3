"""Reading the outbox in commit order, without gaps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self

_EVENTS = """
SELECT e.xid::text, e.id, e.at, e.kind, e.subject_type, e.subject_id, e.ids,
       area.path, organisation.path
FROM events_event e
LEFT JOIN orgs_area area ON area.id = e.area_id
LEFT JOIN orgs_organisation organisation ON organisation.id = e.organisation_id
"""
_SETTLED = "pg_snapshot_xmin(pg_current_snapshot())"
_IN_ORDER = "ORDER BY e.xid, e.id LIMIT %s"

SELECT = f"""{_EVENTS}
WHERE (e.xid, e.id) > (%s::text::xid8, %s) AND e.xid < {_SETTLED} {_IN_ORDER}
"""

# Committed, but an older transaction still runs, which may have events that belong before them.
AHEAD = f"""{_EVENTS}
WHERE e.xid >= {_SETTLED} AND e.id <> ALL (%s::bigint[]) {_IN_ORDER}
"""

# Where a new reader starts: behind everything that is settled now.
NOW = f"SELECT {_SETTLED}::text"


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the outbox: behind event ``id`` of transaction ``xid``."""

    xid: int
    id: int

    @classmethod
    def before(cls, xmin: str) -> Self:
        """Behind every transaction older than ``xmin``, the oldest that still runs."""
        return cls(int(xmin) - 1, 2**63 - 1)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read ``xid-id`` (the form of Last-Event-ID); None if it is not one."""
        xid, dash, id_ = text.partition("-")
        ok = dash and xid.isascii() and xid.isdigit() and id_.isascii() and id_.isdigit()
        return cls(int(xid), int(id_)) if ok and len(text) < 40 else None

    def __str__(self) -> str:
        return f"{self.xid}-{self.id}"


@dataclass(frozen=True)
class Happening:
    """An event as readers get it."""

    cursor: Cursor
    at: Any
    kind: str
    subject_type: str
    subject_id: int
    ids: dict[str, Any]
    area: str | None
    organisation: str | None

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Self:
        """From a row of ``SELECT``; Django's connections hand JSON on as text."""
        xid, number, at, kind, subject_type, subject_id, ids, area, organisation = row
        ids = json.loads(ids) if isinstance(ids, str) else ids
        cursor = Cursor(int(xid), number)
        return cls(cursor, at, kind, subject_type, subject_id, ids, area, organisation)
