"""The checks: each looks whether something due has happened, and yields what has not.

    @check("audit.unsealed", "审计记录及时封存")
    def unsealed(now: datetime) -> Iterator[Fault]:
        if …:
            yield Fault("", "有 3 条审计记录超过 10 分钟没有封存。")

Register by importing the module in ``AppConfig.ready``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Fault:
    """``key`` tells the faults of one check apart and stays the same while the fault lasts;
    ``text`` says what is wrong and what to do."""

    key: str
    text: str


Look = Callable[[datetime], Iterable[Fault]]


@dataclass(frozen=True)
class Check:
    """``label`` says what is true while all is well. ``applies``: whether this installation has
    what is checked; what it has not is shown as not set up, never as in order."""

    name: str
    label: str
    look: Look
    applies: Callable[[], bool] = lambda: True


_checks: dict[str, Check] = {}


def check(
    name: str, label: str, *, applies: Callable[[], bool] = lambda: True
) -> Callable[[Look], Look]:
    """Declare a check; a name is declared once."""

    def declare(look: Look) -> Look:
        known = _checks.setdefault(name, Check(name, label, look, applies))
        if known.look is not look:
            raise ValueError(f"check {name} is declared twice")
        return look

    return declare


def checks() -> list[Check]:
    """All checks, by name."""
    return [_checks[name] for name in sorted(_checks)]
