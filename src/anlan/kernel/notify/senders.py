"""How a notification leaves the house: SMS, e-mail, a government chat — whatever a city has.

``ANLAN_SENDER`` names a class by its dotted path; it is made once per process, without arguments.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

DEFAULT = "anlan.kernel.notify.senders.FileSender"


@dataclass(frozen=True)
class Message:
    """What a sender gets. ``id`` is the same in every attempt: a sender that can tell repeats
    by it turns "at least once" into once."""

    id: int
    to: str
    phone: str
    kind: str
    title: str
    text: str
    link: str
    count: int
    at: str


class Sender(Protocol):
    """``channel`` names it in the delivery's row; ``send`` returns once the message is in safe
    hands, and raises otherwise: the attempt is then repeated later."""

    channel: str

    def send(self, message: Message) -> None: ...


class FileSender:
    """One line of JSON per message in the data folder, on the disk before ``send`` returns."""

    channel = "file"

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings.VAR / "outbox" / "messages.jsonl"

    def send(self, message: Message) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(asdict(message), ensure_ascii=False) + "\n"
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            _append(descriptor, line.encode())
        finally:
            os.close(descriptor)


def _append(descriptor: int, line: bytes) -> None:
    """All of the line or nothing of it: a full disk must not leave half a message."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    try:
        written = os.write(descriptor, line)
        if written != len(line):
            raise OSError(errno.ENOSPC, "the disk took only part of the message")
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, end)
        raise


@lru_cache(maxsize=1)
def sender() -> Sender:
    """The sender of this installation."""
    made: Sender = import_string(os.environ.get("ANLAN_SENDER", DEFAULT))()
    return made
