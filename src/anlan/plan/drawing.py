"""The cells of the matrix, drawn in Python: some three hundred of them (decision 0009)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe

from anlan.kernel.ui.templatetags.ui import state

if TYPE_CHECKING:
    from anlan.plan.matrix import Cell

NOTHING = '<td><span class="cell-none" aria-label="没有任务">·</span></td>'


def cells(line: Iterable[Cell]) -> SafeString:
    """The cells of one line: each its standing and share, leading to the duties behind it."""
    return mark_safe("".join(_cell(each) for each in line))  # noqa: S308 (each part is escaped)


def _cell(cell: Cell) -> str:
    standing = cell.standing
    if standing is None:
        return NOTHING
    words = escape(cell.words)
    return (
        f'<td><a href="{escape(cell.url)}" class="cell" title="{words}">'
        f'{state(standing, cell.share)}<span class="visually-hidden">{words}</span></a></td>'
    )
