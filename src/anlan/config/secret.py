"""The installation's secret key: made once, kept in the data folder, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def key(var: Path) -> str:
    """The secret key from ``ANLAN_SECRET_KEY``, or the one kept in ``var``, made on first use."""
    given = os.environ.get("ANLAN_SECRET_KEY")
    if given:
        return given
    path = var / "secret-key"
    try:
        return path.read_text()
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: of two processes that start at once, one makes the key and the other reads it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    made = secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w") as file:
        file.write(made)
    return made
