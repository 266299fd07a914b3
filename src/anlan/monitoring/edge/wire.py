"""What a node and the city say to each other (docs/edge.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")  # of a node; a part of the broker's subjects
LETTERS = -1  # stands for dead letters where a part of the stream is named
PART, BIRTH, AFTER, LAST = "Anlan-Part", "Anlan-Birth", "Anlan-After", "Anlan-Last"


class Ask(StrEnum):
    """What a node asks of the city."""

    # what of the register has changed: the body is a report of the node's state
    REGISTER = "register"
    # how far the city has come with a part
    WHERE = "where"
    # to store the body, which follows the number AFTER and ends with LAST
    STORE = "store"


def subject(node: str, ask: Ask) -> str:
    """Where the question is asked."""
    return f"edge.{node}.{ask}"


def inbox(node: str) -> str:
    """Below it the node hears answers."""
    return f"_EDGE.{node}"


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the stream of a node. ``birth``: when that stream was made; one that was made anew
    counts from one again."""

    part: int
    birth: str

    def headers(self) -> dict[str, str]:
        return {PART: str(self.part), BIRTH: self.birth}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The messages of a place after number ``after``, up to ``last``."""

    place: Place
    after: int
    last: int

    def headers(self) -> dict[str, str]:
        return self.place.headers() | {AFTER: str(self.after), LAST: str(self.last)}


def place(headers: Mapping[str, str]) -> Place:
    """Of a question; ``ValueError`` where none is said."""
    try:
        return Place(int(headers[PART]), headers[BIRTH])
    except KeyError as missing:
        raise ValueError(f"no header {missing}") from missing


def stretch(headers: Mapping[str, str]) -> Stretch:
    """Of a question to store; ``ValueError`` where none is said."""
    try:
        found = Stretch(place(headers), int(headers[AFTER]), int(headers[LAST]))
    except KeyError as missing:
        raise ValueError(f"no header {missing}") from missing
    if not 0 <= found.after < found.last:
        raise ValueError(f"{found.after} is not before {found.last}")
    return found


def answer(**said: object) -> bytes:
    """An answer of the city; ``error`` says in Chinese why not."""
    return json.dumps(said, ensure_ascii=False).encode()


def answered(data: bytes) -> dict[str, Any]:
    """The other way; ``ValueError`` where it is no answer."""
    found = json.loads(data)
    if not isinstance(found, dict):
        raise ValueError("not an answer")
    return found
