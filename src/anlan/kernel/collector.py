"""The collector of garbage in processes that live long and make much that is soon gone."""

from __future__ import annotations

import gc


def settle() -> None:
    """What is loaded now stays for ever and need not be looked at; and look seldom: nearly all that
    is made ends by itself, reference by reference."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
