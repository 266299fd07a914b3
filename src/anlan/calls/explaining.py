"""Who must explain at a call, and why: plain arithmetic, no database. docs/calls.md tells the rule.

The limits are norms and assumptions until the committee's office confirms them; no law sets them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

from anlan.kernel.norms.values import values


@dataclass(frozen=True)
class Limits:
    """``last_ranks``: of the areas the last so many; ``repeated``: from so many duties on that were
    overdue twice in a row; ``overdue_percent``: over this share. 0 switches the first two off."""

    last_ranks: int = 3
    repeated: int = 1
    overdue_percent: int = 15

    @classmethod
    def in_force(cls) -> Self:
        """By the norms of today."""
        found = values({f"call.{name}": number for name, number in asdict(cls()).items()})
        return cls(**{key.removeprefix("call."): int(value) for key, value in found.items()})

    @classmethod
    def kept(cls, stored: dict[str, Any]) -> Self:
        """Those by which a call judged."""
        return cls(**stored)

    @property
    def words(self) -> list[str]:
        """The rule as people read it."""
        said = []
        if self.last_ranks:
            said.append(f"县（市、区）和经开区名次在后 {self.last_ranks} 名且有逾期任务")
        if self.repeated:
            said.append(f"连续两次调度都逾期的任务达到 {self.repeated} 项")
        said.append(f"逾期任务占比超过 {self.overdue_percent}%")
        return said


@dataclass(frozen=True)
class Case:
    """One that may have to explain. ``again``: its duties overdue at the last call too (None: there
    is no last call). ``rank`` of ``ranked`` areas; None for who is not ranked."""

    total: int
    overdue: int
    again: int | None = None
    rank: int | None = None
    ranked: int = 0


def grounds(case: Case, limits: Limits) -> list[str]:
    """Why it must explain, each ground with its working; none: it need not."""
    return list(_grounds(case, limits))


def _grounds(case: Case, limits: Limits) -> Iterator[str]:
    if _lags(case, limits.last_ranks):
        yield (
            f"排第 {case.rank} 名（共 {case.ranked} 个），在后 {limits.last_ranks} 名，"
            f"有逾期任务 {case.overdue} 项"
        )
    if limits.repeated and case.again is not None and case.again >= limits.repeated:
        yield f"{case.again} 项任务连续两次调度都逾期（达到 {limits.repeated} 项即须说明）"
    if case.overdue * 100 > limits.overdue_percent * case.total:
        yield (
            f"逾期 {case.overdue} 项，占 {case.total} 项任务的 {_percent(case)}，"
            f"超过 {limits.overdue_percent}%"
        )


def _lags(case: Case, last: int) -> bool:
    """Equals share a rank: those whose rank reaches beyond the last ones are not among them, and
    the first is never the last."""
    if not last or case.rank is None or not case.overdue:
        return False
    return case.rank > max(1, case.ranked - last)


def _percent(case: Case) -> str:
    """With one decimal, so that what is over the limit also reads as over it."""
    return f"{case.overdue * 100 / case.total:.1f}%"
