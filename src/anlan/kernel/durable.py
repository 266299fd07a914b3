"""What must be there after a power cut: the system keeps what is written for half a minute."""

from __future__ import annotations

import os
from pathlib import Path


def sync(*paths: Path) -> None:
    """Have these files, or names in these folders, written to the disk before this returns. A file
    that was made, linked or renamed needs its folder too."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
