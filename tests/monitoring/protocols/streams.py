"""What is true of every splitter, however its bytes come; for the tests of each protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hypothesis import strategies as st

from anlan.monitoring.protocols.framing import Malformed, Piece, Splitter, joined


def split(splitter: Splitter, chunks: Iterable[bytes], *, longest: int) -> list[Piece]:
    """All pieces of ``chunks``; what waits never reaches the protocol's longest frame."""
    pieces: list[Piece] = []
    for chunk in chunks:
        pieces += splitter.feed(chunk)
        assert splitter.waiting < longest
    pieces += splitter.end()
    assert splitter.waiting == 0
    return joined(pieces)


def cut_at(data: bytes, places: Sequence[int]) -> list[bytes]:
    """``data`` in pieces that end at ``places`` (taken modulo its length)."""
    ends = sorted({place % (len(data) + 1) for place in places} | {len(data)})
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def laid_end_to_end(pieces: Sequence[Piece], data: bytes) -> None:
    """The pieces are the input, each at its offset."""
    assert b"".join(piece.data for piece in pieces) == data
    offset = 0
    for piece in pieces:
        assert piece.offset == offset
        assert piece.data
        offset += len(piece.data)


def refusal(read: Callable[[bytes], object], data: bytes) -> Malformed | None:
    """Why ``data`` is refused; None where it is read. Any other exception is a failure."""
    try:
        read(data)
    except Malformed as malformed:
        return malformed
    return None


def noise(*marks: bytes, size: int = 60) -> st.SearchStrategy[bytes]:
    """Bytes in which a protocol's own marks are frequent."""
    piece = st.sampled_from([*marks, b"\0", b"\1", b"\4"]) | st.binary(max_size=8)
    return st.lists(piece, max_size=size).map(b"".join)


places = st.lists(st.integers(0, 1 << 16), max_size=12)
