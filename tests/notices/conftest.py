"""Settings of the property tests: no deadline by the clock, which a busy machine misses."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("notices", deadline=None, max_examples=60)
settings.load_profile("notices")
