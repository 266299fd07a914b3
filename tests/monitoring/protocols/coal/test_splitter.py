"""Separators that are halves of characters: what they cost."""

from __future__ import annotations

import pytest

from anlan.monitoring.protocols.coal import CARET, USUAL, Dialect, Splitter, splitter


@pytest.mark.parametrize(
    ("unit", "dialect"),
    [
        (b"\xfd||", USUAL),
        (b"\xfd~||", USUAL),
        (b"\xfd~", USUAL),
        (b"\xfd]]]", CARET),
        (b"\xfd^", CARET),
    ],
)
def test_a_file_of_halves_of_characters_is_read_in_linear_work(
    unit: bytes, dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by chance: each mark had the text from the record's beginning decoded anew."""
    read, whole = [0], splitter._Reading.whole

    def counted(self: splitter._Reading, text: bytes) -> bool:
        read[0] += len(text)
        return whole(self, text)

    monkeypatch.setattr(splitter._Reading, "whole", counted)
    data = "名".encode() + unit * 5_000 + b"\xff" + unit * 5_000
    made = Splitter(dialect)
    pieces = [*made.feed(data), *made.end()]
    assert b"".join(each.data for each in pieces) == data
    assert read[0] <= 2 * splitter.MOST_DOUBTS * len(data)
