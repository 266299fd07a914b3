"""The pages that everybody opens ask the database as often for many duties as for few.

``query_counts.json`` records how often. A page that needs more must be looked at: either the change
is worth it and the number is raised, or a list has begun to ask once for each of its rows.
"""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.plan.models import Extension, KeyDuty, Report, SupervisionOrder
from anlan.plan.services import reports
from tests import factories
from tests.kernel.access.conftest import browser

RECORDED: dict[str, int] = json.loads(Path(__file__).with_name("query_counts.json").read_text())
PAGES = {
    "/matrix/": "leader",
    "/tasks/": "bureau_staff",
    "/duties/": "leader",
    "/duties/{duty}/": "bureau_staff",
    "/inbox/": "chief",
    "/orders/": "chief",
    "/api/plan/duties/": "leader",
}


def queries(client: Client, address: str) -> list[str]:
    client.get(address)  # what a process reads once is read
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return [each["sql"] for each in caught.captured_queries]


def more(city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, count: int) -> None:
    """So many key duties more, each with two duties that report, wait and are overdue; so many
    reports more on one duty, each with a file."""
    for _ in range(count):
        number = KeyDuty.objects.count() + 1
        key_duty = factories.key_duty(work.plan, number)
        for organisation in (city.bureau, city.west_government):
            duty = factories.duty(key_duty, organisation)
            Report.objects.create(duty=duty, author=who.bureau_staff.user, text="进展")
            Extension.objects.create(
                duty=duty, applicant=who.bureau_staff.user, text="延期",
                was_due=duty.due_on, until=duty.due_on + timedelta(days=9),
            )  # fmt: skip
            SupervisionOrder.objects.create(duty=duty, grounds="逾期")
        _returned(who, work, number)


def _returned(who: SimpleNamespace, work: SimpleNamespace, number: int) -> None:
    report = reports.report_submit(
        actor=who.bureau_staff, duty=work.bureau.pk, text=f"进展{number}", value=Decimal(1),
        evidence=[factories.stored(who.bureau_staff, f"佐证{number}".encode(), "佐证.txt")],
    )  # fmt: skip
    reports.report_return(actor=who.clerk, report=report.pk, reason="补充")


@pytest.mark.parametrize("page", PAGES)
def test_pages_ask_a_fixed_number_of_times(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, page: str
) -> None:
    client = browser(getattr(who, PAGES[page]).user)
    address = page.format(duty=work.bureau.pk)
    more(city, who, work, 2)
    few = queries(client, address)
    more(city, who, work, 15)
    many = queries(client, address)
    assert len(many) == len(few), "\n".join(many)
    assert len(few) == RECORDED[page], "\n".join(few)


def test_every_page_is_recorded() -> None:
    assert RECORDED.keys() == PAGES.keys()
