"""The cockpit's pages: who comes in, what they see, that every figure leads somewhere."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from anlan.cockpit import snapshots
from anlan.plan.models import Duty, Plan
from tests import factories
from tests.kernel.access.conftest import browser

HTMX = {"HX-Request": "true"}
MOST_QUERIES = {"/cockpit/": 24, "/cockpit/wall/": 24, "/cockpit/areas/9001/": 22}


@pytest.mark.parametrize("address", MOST_QUERIES)
@pytest.mark.parametrize("seat", ["leader", "clerk", "chief", "east_staff"])
def test_it_opens_for_whoever_works_on_the_plan(
    who: SimpleNamespace, work: SimpleNamespace, address: str, seat: str
) -> None:
    answer = browser(getattr(who, seat).user).get(address, follow=True)
    assert answer.status_code == 200
    assert str(work.plan) in answer.content.decode()


def test_another_county_does_not_exist_for_a_county(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    client = browser(who.east_staff.user)
    assert client.get(f"/cockpit/areas/{city.west.code}/").status_code == 404
    assert client.get("/cockpit/areas/000000/").status_code == 404
    assert browser(who.leader.user).get(f"/cockpit/areas/{city.west.code}/").status_code == 200


def test_without_a_plan_it_says_what_comes_first(who: SimpleNamespace) -> None:
    client = browser(who.leader.user)
    assert "还没有发布年度通知" in client.get("/cockpit/").content.decode()
    assert "还没有发布年度通知" in client.get("/cockpit/wall/").content.decode()
    assert client.get("/cockpit/areas/9001/").status_code == 302


def test_htmx_gets_the_figures_alone(who: SimpleNamespace, work: SimpleNamespace) -> None:
    part = browser(who.leader.user).get("/cockpit/", headers=HTMX).content.decode()
    assert "<html" not in part
    assert "排名和原因" in part


def test_every_figure_leads_to_the_rows_that_it_counts(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    """Each standing's number equals the length of the list that it opens."""
    client = browser(who.leader.user)
    page = client.get("/cockpit/").content.decode()
    figures = re.findall(r'class="figure[^"]*" href="([^"]+)"><strong>(\d+)<', page)
    assert len(figures) == 7
    for url, count in figures:
        listed = client.get(url.replace("&amp;", "&")).content.decode()
        rows = re.findall(r"共 (\d+) 条", listed) or ["0"]
        assert rows == [count], url


def test_a_change_shows_at_once(who: SimpleNamespace, work: SimpleNamespace) -> None:
    client = browser(who.leader.user)
    assert "没有逾期的任务" in client.get("/cockpit/").content.decode()
    Duty.objects.filter(pk=work.east.pk).update(standing="overdue")
    page = client.get("/cockpit/").content.decode()
    assert "逾期 1 项，在第 1 项任务" in page
    assert "没有逾期的任务" not in page


def test_a_demonstration_says_that_it_is_one(who: SimpleNamespace, work: SimpleNamespace) -> None:
    Plan.objects.update(is_demo=True)
    client = browser(who.leader.user)
    for address in MOST_QUERIES:
        assert "演示数据" in client.get(address).content.decode()


@pytest.mark.parametrize("address", MOST_QUERIES)
def test_pages_ask_a_fixed_number_of_times(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, address: str
) -> None:
    snapshots.take(timezone.localdate())
    client = browser(who.leader.user)

    def queries() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught.captured_queries)

    few = queries()
    for number in range(3, 12):
        key_duty = factories.key_duty(work.plan, number)
        for organisation in (city.bureau, city.west_government, city.east_government):
            factories.duty(key_duty, organisation)
    Duty.objects.update(standing="overdue")
    assert queries() == few <= MOST_QUERIES[address]


# --- townships and units -----------------------------------------------------------------------


@pytest.fixture
def handed(work: SimpleNamespace) -> Duty:
    """What the east handed down to its town, overdue."""
    Duty.objects.filter(pk=work.town.pk).update(due_on=factories.day(-5), standing="overdue")
    return Duty.objects.select_related("organisation").get(pk=work.town.pk)


def test_a_township_shows_what_was_handed_down_to_it(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, handed: Duty
) -> None:
    answer = browser(who.leader.user).get(f"/cockpit/areas/{city.east_town.code}/")
    page = answer.content.decode()
    assert answer.context["side"].counts == {"overdue": 1}
    assert [duty.pk for duty in answer.context["delayed"]] == [handed.pk]
    assert [str(unit) for unit, _, _ in answer.context["units"]] == [str(handed.organisation)]
    assert f'href="/cockpit/areas/{city.east.code}/"' in page  # back to the county


def test_a_unit_shows_its_own_and_what_it_handed_down(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, handed: Duty
) -> None:
    answer = browser(who.leader.user).get(f"/cockpit/units/{work.east.organisation_id}/")
    assert (
        answer.context["side"].total
        == Duty.objects.filter(organisation=work.east.organisation_id).count()
    )
    assert [str(unit) for unit, _, _ in answer.context["units"]] == [str(handed.organisation)]


def test_what_a_small_place_is_part_of_is_a_link_only_for_who_may_go_there(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, handed: Duty
) -> None:
    town, county = handed.organisation_id, work.east.organisation_id
    pages = [
        (f"/cockpit/units/{town}/", f"/cockpit/units/{county}/"),
        (f"/cockpit/areas/{city.east_town.code}/", f"/cockpit/areas/{city.east.code}/"),
    ]
    for person, leads in ((who.leader, True), (who.town_staff, False)):
        client = browser(person.user)
        for address, above in pages:
            page = client.get(address).content.decode()
            assert (f'href="{above}"' in page) is leads
            assert (client.get(above).status_code == 200) is leads


@pytest.mark.parametrize("address", ["areas/{town}/", "units/{unit}/"])
def test_figures_of_small_places_lead_to_the_rows_that_they_count(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, handed: Duty, address: str
) -> None:
    client = browser(who.leader.user)
    asked = address.format(town=city.east_town.code, unit=work.east.organisation_id)
    side = client.get(f"/cockpit/{asked}").context["side"]
    for standing, count in side.counts.items():
        opened = client.get(f"{side.url}&standing={standing}").context
        assert opened["list"].page.paginator.count == count
        assert {s: n for s, n, _ in opened["summary"]}[standing] == count


def test_small_places_out_of_reach_do_not_exist(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, handed: Duty
) -> None:
    east = browser(who.east_staff.user)
    assert east.get(f"/cockpit/areas/{city.east_town.code}/").status_code == 200
    assert east.get(f"/cockpit/units/{work.east.organisation_id}/").status_code == 200
    assert east.get(f"/cockpit/units/{work.west.organisation_id}/").status_code == 404
    assert east.get("/cockpit/units/999999/").status_code == 404
    mine = east.get("/cockpit/")  # who oversees no area begins with his own unit
    assert mine.headers["Location"] == f"/cockpit/units/{work.east.organisation_id}/"
