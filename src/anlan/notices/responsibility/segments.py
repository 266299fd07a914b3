"""Cutting an expression at its labels: 牵头单位：… 责任单位：… 完成时限：…."""

from __future__ import annotations

from anlan.notices.document import Role
from anlan.notices.responsibility.brackets import unwrap
from anlan.notices.responsibility.roles import labels

Segment = tuple[Role | None, str]


def segments(text: str) -> list[Segment]:
    """Role and words of each segment; what a label of persons or dates heads is left out.

    The role is None for words in front of the first label: only their verbs can give them one.
    """
    text = unwrap(text)
    found = labels(text)
    if not found:
        return [(None, text)]
    ends = [label.start for label in found[1:]] + [len(text)]
    headed = [
        (label.role, text[label.end : end])
        for label, end in zip(found, ends, strict=True)
        if label.role
    ]
    return [(None, text[: found[0].start]), *headed]
