"""How often something happens by chance, as people can picture it."""

from __future__ import annotations

import pytest

from anlan.monitoring.tamper.words import rarely


@pytest.mark.parametrize(
    ("yearly", "words"),
    [
        (0.003783, "约260年才有一次"),
        (0.4, "约2.5年才有一次"),
        (0.5, "约2年才有一次"),
        (1.0, "每年只会有1次"),
        (12.0, "每年只会有12次"),
        (1e-4, "约10000年才有一次"),
        (1e-30, "十万年也难有一次"),
        (0.0, "十万年也难有一次"),
    ],
)
def test_what_hardly_ever_happens_is_told_in_years(yearly: float, words: str) -> None:
    assert rarely(yearly) == words
