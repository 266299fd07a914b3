"""How a column's head and a filter stand on one page of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anlan.kernel.ui.lists import Column


@dataclass(frozen=True)
class Head:
    """A column's head: where a click leads, and how it is ordered now."""

    column: Column
    url: str
    direction: str  # ascending, descending or nothing


@dataclass(frozen=True)
class Choice:
    """A filter as it stands; ``default`` is what it is without being asked for."""

    key: str
    label: str
    options: list[tuple[str, str]]
    chosen: str
    default: str = ""
