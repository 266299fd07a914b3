"""From pieces of text and ruled lines with their places on a page to lines and table rows.

Coordinates run from the top left corner, y downwards, in any unit (points, pixels).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from anlan.notices.readers.grid import Grid, Rule, grids


@dataclass(frozen=True)
class Run:
    """A piece of text (one character of a PDF, one recognised line of a scan) and its box."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


@dataclass
class Line:
    """Runs that stand on one line, from left to right."""

    runs: list[Run] = field(default_factory=list)

    @property
    def top(self) -> float:
        return min(run.y0 for run in self.runs)

    @property
    def bottom(self) -> float:
        return max(run.y1 for run in self.runs)

    @property
    def left(self) -> float:
        return min(run.x0 for run in self.runs)

    @property
    def right(self) -> float:
        return max(run.x1 for run in self.runs)

    @property
    def text(self) -> str:
        return "".join(_spaced(sorted(self.runs, key=lambda run: run.x0)))


@dataclass(frozen=True)
class TableLine:
    """One row of a table: the texts of its cells, ``""`` where a merged cell covers a place."""

    cells: tuple[str, ...]
    top: float
    table: int


_WORD_GAP = 0.15  # of the height: a space between two Latin words or figures
_WIDE_GAP = 0.6  # of the height: a space between any two characters
_SAME_LINE = 0.5  # of the height: how far the middles of one line may differ
_SHORT_LINE = 1.5  # of the height: room left at the end of a line that ends a paragraph


def blocks(runs: Sequence[Run], rules: Sequence[Rule]) -> list[Line | TableLine]:
    """The lines and table rows of a page in reading order."""
    placed: list[Line | TableLine] = []
    rest = list(runs)
    for number, grid in enumerate(grids(rules), 1):
        inside = [run for run in rest if grid.holds(*run.middle)]
        if inside:
            rest = [run for run in rest if not grid.holds(*run.middle)]
            placed += _table(grid, inside, number)
    placed += lines(rest)
    return sorted(placed, key=lambda block: block.top)


def lines(runs: Sequence[Run]) -> list[Line]:
    """The runs gathered into lines, from top to bottom."""
    found: list[Line] = []
    for run in sorted(runs, key=lambda run: (run.middle[1], run.x0)):
        line = found[-1] if found else None
        if line is not None and _on(line, run):
            line.runs.append(run)
        else:
            found.append(Line([run]))
    return found


def _on(line: Line, run: Run) -> bool:
    last = line.runs[-1]
    size = max(min(last.height, run.height), 1e-6)
    return abs(run.middle[1] - last.middle[1]) <= _SAME_LINE * size


def _spaced(runs: Sequence[Run]) -> Iterator[str]:
    for n, run in enumerate(runs):
        if n and _gap(runs[n - 1], run):
            yield " "
        yield run.text


def _gap(left: Run, right: Run) -> bool:
    width = right.x0 - left.x1
    size = max(left.height, right.height)
    if left.text[-1:].isascii() and right.text[:1].isascii():
        return width > _WORD_GAP * size
    return width > _WIDE_GAP * size


def _table(grid: Grid, runs: Sequence[Run], number: int) -> Iterator[TableLine]:
    contents: dict[tuple[int, int], list[Run]] = {}
    for run in runs:
        contents.setdefault(grid.cell(*run.middle), []).append(run)
    for row in range(grid.row_count):
        cells = []
        for column in range(grid.column_count):
            cell = contents.get((row, column), [])
            cells.append(cell_text(cell, grid.right(row, column)))
        if any(cells):
            yield TableLine(tuple(cells), grid.top(row), number)


def cell_text(runs: Sequence[Run], right: float) -> str:
    """The text of a cell that ends at ``right``: wrapped lines joined, paragraphs kept apart."""
    text = ""
    last: Line | None = None
    for line in lines(runs):
        if last is not None:
            text += "\n" if _ends_paragraph(last, right) else ""
        text += line.text
        last = line
    return text


def _ends_paragraph(line: Line, right: float) -> bool:
    size = max(run.height for run in line.runs)
    return line.text[-1:] in "。；：!！" and right - line.right > _SHORT_LINE * size
