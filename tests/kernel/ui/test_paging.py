"""Where pages of many rows end, and what is said of the rest."""

from __future__ import annotations

import pytest

from anlan.kernel.access.models import User
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.ui import drawing, nav, paging

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rows", "count", "pages", "uncounted", "more"),
    [
        (0, 0, 1, False, False),
        (50, 50, 1, False, False),
        (51, 51, 2, False, False),
        (paging.MOST_COUNTED, paging.MOST_COUNTED, 40, False, False),
        (paging.MOST_COUNTED + 1, paging.MOST_COUNTED, 40, True, True),
    ],
)
def test_rows_are_counted_so_far(
    monkeypatch: pytest.MonkeyPatch, rows: int, count: int, pages: int, uncounted: bool, more: bool
) -> None:
    listed = paging.Pages(User.objects.none(), 50, None)
    monkeypatch.setattr(listed, "_found", rows)

    assert (listed.count, listed.num_pages, listed.uncounted, listed.more) == (
        count, pages, uncounted, more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("total", "pages", "more"), [(0, 1, False), (10_000, 200, False), (10_001, 200, True)]
)
def test_a_known_total_is_said_though_pages_end(total: int, pages: int, more: bool) -> None:
    listed = paging.Pages(Organisation.objects.none(), 50, total)

    assert (listed.count, listed.num_pages, listed.uncounted, listed.more) == (
        total, pages, False, more,
    )  # fmt: skip
    assert listed.get_page(pages + 1).number == pages  # an old address still shows something


@pytest.mark.parametrize(
    ("waiting", "shown"), [(0, ""), (1, ">1<"), (99, ">99<"), (100, ">99+<"), (5000, ">99+<")]
)
def test_the_number_beside_an_entry_ends_at_99(waiting: int, shown: str) -> None:
    drawn = drawing.entry(nav.Link("待核验", "/x/", "check", current=False, count=waiting))

    assert shown in drawn
    assert ("nav-count" in drawn) is bool(waiting)
