"""Which files were stored, so that one which is uploaded again is not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

KEPT = 30 * 86400  # seconds; an assumption: mines repeat within hours, if at all


class Ledger:
    """A small SQLite file beside the folders; what is in it survives a kill."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS stored (digest BLOB PRIMARY KEY, at INTEGER NOT NULL)"
        )
        self._database.commit()

    def has(self, digest: bytes) -> bool:
        found = self._database.execute("SELECT 1 FROM stored WHERE digest = ?", (digest,))
        return found.fetchone() is not None

    def add(self, digest: bytes, now: float) -> None:
        """Also forgets what is too old. On the disk when it returns."""
        with self._database:
            self._database.execute("DELETE FROM stored WHERE at < ?", (int(now) - KEPT,))
            self._database.execute(
                "INSERT OR REPLACE INTO stored VALUES (?, ?)", (digest, int(now))
            )

    def close(self) -> None:
        self._database.close()
