"""Django's secret key."""

from __future__ import annotations

import os
from pathlib import Path

from anlan.kernel.secret import kept


def key(var: Path) -> str:
    """``ANLAN_SECRET_KEY``, or the one kept in ``var``."""
    return os.environ.get("ANLAN_SECRET_KEY") or kept(var, "secret-key")
