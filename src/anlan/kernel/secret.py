"""The installation's secrets: made once, kept in the data folder, readable by their owner only."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from anlan.kernel.durable import sync


def _fresh() -> str:
    return secrets.token_urlsafe(50)


@cache
def kept(var: Path, name: str, make: Callable[[], str] = _fresh) -> str:
    """The secret ``name`` kept in the folder ``var``, made on first use by ``make``."""
    path = var / name
    if not path.exists():
        _store(path, make())
    return path.read_text()


def _store(path: Path, secret: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        file.write(secret)
    made = Path(file.name)
    try:
        sync(made)  # an empty secret after a power cut would lock everybody out
        # A link never replaces: of two processes that start at once, both read the first one's.
        os.link(made, path)
    except FileExistsError:
        pass
    finally:
        made.unlink()
    sync(path.parent)
