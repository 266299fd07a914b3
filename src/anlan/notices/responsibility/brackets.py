"""Brackets of the many kinds that notices mix: which one closes which, and how deep a place is."""

from __future__ import annotations

from anlan.notices.responsibility.lexicon import CLOSERS, OPENERS

_LEADING = "。，、；;,—–－-·●"


def pairs(text: str) -> dict[int, int]:
    """Place of each opening bracket → place of its closing one; any kind closes any kind.

    Unbalanced brackets are in no pair, so that a lost bracket does not hide what follows it.
    """
    found: dict[int, int] = {}
    stack: list[int] = []
    for place, char in enumerate(text):
        if char in OPENERS:
            stack.append(place)
        elif char in CLOSERS and stack:
            found[stack.pop()] = place
    return found


def depths(text: str) -> list[int]:
    """For each character how many bracket pairs it stands in (the brackets themselves count)."""
    steps = [0] * (len(text) + 1)
    for start, end in pairs(text).items():
        steps[start] += 1
        steps[end + 1] -= 1
    depth, found = 0, []
    for step in steps[:-1]:
        depth += step
        found.append(depth)
    return found


def unwrap(text: str) -> str:
    """The words inside: space, dashes, a bracket around the whole, a lone one at an edge, go."""
    start, end = 0, len(text)
    matched = pairs(text)
    closing = {close: opening for opening, close in matched.items()}
    while start < end:
        first, last = text[start], text[end - 1]
        if first.isspace() or first in _LEADING:
            start += 1
        elif last.isspace() or last in "。，、；;,":
            end -= 1
        elif first in OPENERS and matched.get(start) == end - 1:
            start, end = start + 1, end - 1
        elif (first in OPENERS and start not in matched) or first in CLOSERS:
            start += 1
        elif (last in CLOSERS and end - 1 not in closing) or last in OPENERS:
            end -= 1
        else:
            break
    return text[start:end]
