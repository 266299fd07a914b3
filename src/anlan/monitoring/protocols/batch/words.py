"""A batch as a person reads it: how many of what, and the first readings."""

from __future__ import annotations

from typing import Any

import numpy as np

from anlan.monitoring.protocols.batch.columns import Batch, Quality
from anlan.monitoring.protocols.batch.text import readable

SHOWN = 10


def describe(batch: Batch) -> dict[str, Any]:
    """Counts, span of time, qualities, and the first readings; never all of a million."""
    if not len(batch):
        return {"count": 0}
    codes, counts = np.unique(batch.quality, return_counts=True)
    return {
        "count": len(batch),
        "points": int(np.unique(batch.point).size),
        "from": _time_at(batch, int(batch.time.argmin())),
        "to": _time_at(batch, int(batch.time.argmax())),
        "qualities": [
            {"code": code, "words": Quality(code).words, "count": count}
            for code, count in zip(codes.tolist(), counts.tolist(), strict=True)
        ],
        "readings": readable(batch.take(slice(0, SHOWN))),
        "not_shown": max(len(batch) - SHOWN, 0),
    }


def _time_at(batch: Batch, index: int) -> str:
    """The time of one reading, as JSON has it."""
    time: str = readable(batch.take(slice(index, index + 1)))[0]["time"]
    return time
