"""The pages of work records ask the database as often for many records as for few.

``query_counts.json`` records how often; see ``tests/plan/test_query_counts.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import day
from tests.kernel.access.conftest import browser
from tests.records.conftest import submitted, verified, written

RECORDED: dict[str, int] = json.loads(Path(__file__).with_name("query_counts.json").read_text())
PAGES = {
    "/records/": "leader",
    "/records/new/": "bureau_staff",
    "/records/new/study/": "bureau_staff",
    "/records/verify/": "clerk",
    "/records/{record}/": "clerk",
    "/records/{draft}/edit/": "bureau_staff",
}


def queries(client: Client, address: str) -> list[str]:
    client.get(address)  # what a process reads once is read
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return [each["sql"] for each in caught.captured_queries]


def more(city: SimpleNamespace, who: SimpleNamespace, first: int, count: int) -> None:
    """So many records more of two units, each with a mark; one of them verified."""
    for n in range(first, first + count):
        for actor, unit in [
            (who.bureau_staff, city.bureau),
            (who.east_staff, city.east_government),
        ]:
            submitted(actor, unit, title=f"第{n}次", held_on=day(-9))
        verified(who.bureau_staff, who.clerk, city.bureau, title=f"核验{n}")


@pytest.mark.parametrize("page", PAGES)
def test_pages_ask_a_fixed_number_of_times(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace, page: str
) -> None:
    photos = [factories.stored(who.bureau_staff) for _ in range(2)]
    one = submitted(who.bureau_staff, city.bureau, "study", evidence=photos, held_on=day(-9))
    draft = written(who.bureau_staff, city.bureau, "study", title="草稿", evidence=photos[:1])
    client = browser(getattr(who, PAGES[page]).user)
    address = page.format(record=one.pk, draft=draft.pk)
    more(city, who, 0, 2)
    few = queries(client, address)
    more(city, who, 2, 12)
    many = queries(client, address)
    assert len(many) == len(few), "\n".join(many)
    assert len(few) == RECORDED[page], "\n".join(few)


def test_every_page_is_recorded() -> None:
    assert RECORDED.keys() == PAGES.keys()
