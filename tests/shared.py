"""Where the shared facts stand (notices, divisions, boundaries), and a loud skip without them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("ANLAN_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def shared(path: str) -> Path:
    """The shared file at ``path`` (``notices/…txt``); skips the test if it is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"SHARED DATA ABSENT: {path} is not here; this test proved NOTHING")
    return found
