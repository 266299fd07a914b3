"""Batches of readings for tests."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from anlan.monitoring.protocols.batch import Batch

AT = 1_795_651_200_000  # 2026-11-26T08:00:00+08:00

_finite = st.floats(allow_nan=False, allow_infinity=False)
_rows = st.tuples(
    st.integers(0, 2**32 - 1),
    st.integers(AT - 2**30, AT + 2**30),
    _finite,
    st.integers(0, 6),
) | st.tuples(st.integers(0, 9), st.just(AT), st.just(math.nan), st.integers(1, 6))
batches = st.lists(_rows, min_size=1, max_size=20).map(
    lambda rows: Batch.of(*zip(*rows, strict=True))
)
