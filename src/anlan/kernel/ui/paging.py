"""Pages of many rows: a count that ends, and no row read that is only skipped."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

PER_PAGE = 50
MOST_COUNTED = 2_000
MOST_SHOWN = 10_000
Rows = QuerySet[Any]


class Pages(Paginator):  # type: ignore[type-arg]
    """Pages whose number is cheap to know: by ``total`` where it is known, else by counting, and no
    further than ``MOST_COUNTED``. Nobody turns 200 pages; a count of all rows, or a page behind
    hundreds of others, would cost the more, the less the search narrows.
    """

    def __init__(self, rows: Rows, per_page: int, total: int | None) -> None:
        super().__init__(rows, per_page)
        self.rows = rows
        self.total = total

    @cached_property
    def count(self) -> int:
        return min(self._found, MOST_COUNTED) if self.total is None else self.total

    @cached_property
    def num_pages(self) -> int:
        shown = min(self.count, MOST_SHOWN)
        return max(1, -(-shown // self.per_page))

    @property
    def uncounted(self) -> bool:
        """Whether there are more rows than ``count`` says."""
        return self.total is None and self._found > MOST_COUNTED

    @property
    def more(self) -> bool:
        """Whether there are more rows than the pages show."""
        return self.uncounted or self.count > MOST_SHOWN

    @cached_property
    def _found(self) -> int:
        return int(self.rows.order_by()[: MOST_COUNTED + 1].count())

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return Page(part(self.rows, start, self.per_page), number, self)


def part(rows: Rows, start: int, size: int) -> list[Any]:
    """``rows[start : start + size]``: first their keys, by an index alone where one has the order;
    then these rows. What is skipped on the way is not read and joined."""
    keys = list(rows.values_list("pk", flat=True)[start : start + size])
    found = {row.pk: row for row in rows.order_by().filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]
