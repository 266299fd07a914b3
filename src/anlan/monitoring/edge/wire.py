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
MOST_PARTS = 64  # of a node's stream
BIRTH_FORM = re.compile(r"[0-9T:.+-]{1,40}")
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
        found = Place(int(headers[PART]), headers[BIRTH])
    except KeyError as missing:
        raise ValueError(f"no header {missing}") from missing
    if not LETTERS <= found.part < MOST_PARTS or not BIRTH_FORM.fullmatch(found.birth):
        raise ValueError("no such place")
    return found


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


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the city stands with a place: it has all up to ``last``. ``until``: of the stretch from
    there to this number it may have a part; that stretch must come again as it was. 0: of none."""

    last: int
    until: int = 0

    def answer(self) -> bytes:
        return answer(last=self.last, until=self.until)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Standing:
        """From an answer; ``ValueError`` where it says none."""
        try:
            return cls(int(said["last"]), int(said["until"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"no standing: {said}") from error
