"""The map of monitored sites: colours, filters, counts by county, the same in the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from anlan.kernel.orgs.models import Area
from anlan.monitoring.choices import AlarmState
from anlan.monitoring.models import Alarm, Point
from anlan.registry.models import Site
from tests.kernel.access.conftest import browser

pytestmark = pytest.mark.django_db
ADDRESS = "/monitoring/map/"


@pytest.fixture
def quiet(mine: Site, city: SimpleNamespace) -> Site:
    """A mine in the other county at which nothing is open."""
    other = Site.objects.create(
        name="西山矿", kind="mine", area=city.west_town, sector=mine.sector,
        regulator=city.bureau, latitude="37.50", longitude="111.00",
    )  # fmt: skip
    Point.objects.create(site=other, name="甲烷", quantity="methane")
    return other


@pytest.fixture
def placed(mine: Site, city: SimpleNamespace) -> Site:
    """The city's eastern county is one of which an outline is on file, the mine lies in it."""
    Area.objects.filter(pk=city.east.pk).update(code="141102")
    Site.objects.filter(pk=mine.pk).update(latitude="37.52", longitude="111.14")
    return mine


def text(client: Client, address: str = ADDRESS, **headers: str) -> str:
    answered = client.get(address, headers=headers)
    assert answered.status_code == 200, address
    return answered.content.decode()


def test_a_site_alone_opens_in_the_colour_of_its_worst_alarm(
    placed: Site, alarm: Alarm, who: SimpleNamespace
) -> None:
    shown = text(browser(who.clerk.user))
    assert "spot spot-orange" in shown
    assert f'class="mark" href="/monitoring/sites/{placed.pk}/"' in shown
    assert "这里有 1 个，最高橙色报警" in shown
    assert shown.index("东山矿") > 0


def test_what_is_done_with_colours_nothing(
    placed: Site, alarm: Alarm, who: SimpleNamespace
) -> None:
    Alarm.objects.filter(pk=alarm.pk).update(state=AlarmState.RAISED)
    assert "spot spot-orange" in text(browser(who.clerk.user))
    from anlan.monitoring.services import answering

    answering.alarm_dismiss(actor=who.clerk, alarm=alarm.pk, reason="校准")
    shown = text(browser(who.clerk.user))
    assert "spot spot-orange" not in shown
    assert "spot spot-none" in shown


def test_list_and_counts_say_what_the_map_shows(
    placed: Site, quiet: Site, alarm: Alarm, who: SimpleNamespace
) -> None:
    client = browser(who.clerk.user)
    shown = text(client)
    assert shown.index(">东山矿<") < shown.index(">西山矿<")  # the worst first
    orange = text(client, f"{ADDRESS}?colour=orange")
    assert ">东山矿<" in orange
    assert ">西山矿<" not in orange
    none = text(client, f"{ADDRESS}?colour=none")
    assert ">东山矿<" not in none
    assert ">西山矿<" in none
    assert ">西山矿<" in text(client, f"{ADDRESS}?sector=coal")
    county = text(client, f"{ADDRESS}?county=141102")
    assert ">东山矿<" in county
    assert ">西山矿<" not in county


def test_sites_without_points_and_those_of_others_are_not_on_it(
    placed: Site, quiet: Site, who: SimpleNamespace
) -> None:
    shown = text(browser(who.clerk.user))  # the mine has no point here
    assert ">东山矿<" not in shown
    east = text(browser(who.east_head.user))
    assert ">西山矿<" not in east
    assert "没有接入监测的场所" in east


def test_htmx_gets_list_and_map_without_the_page(
    placed: Site, alarm: Alarm, who: SimpleNamespace
) -> None:
    part = text(browser(who.clerk.user), **{"HX-Request": "true"})
    assert 'id="alarm-map" hx-swap-oob="true"' in part
    assert 'hx-trigger="live:alarm from:body' in part
    assert "<html" not in part


def test_counts_by_county(
    placed: Site, quiet: Site, record: Callable[..., int], told: Callable[..., Any],
    who: SimpleNamespace, city: SimpleNamespace,
) -> None:  # fmt: skip
    from anlan.kernel.orgs.selectors import areas_of_county_rank
    from anlan.monitoring.now import situation

    record(told("raised", 3))
    rows = situation.by_county(situation.monitored(who.clerk), list(areas_of_county_rank()))
    assert [(area.pk, counts["red"], counts[""], total) for area, counts, total in rows] == [
        (city.east.pk, 1, 0, 1),
        (city.west.pk, 0, 1, 1),
    ]


def test_counties_at_which_nothing_is_open_can_be_folded(
    placed: Site, quiet: Site, alarm: Alarm, who: SimpleNamespace, city: SimpleNamespace
) -> None:
    """Rows on a wide screen, names in a fold on a phone: the style sheet shows one of the two."""
    shown = text(browser(who.clerk.user))
    rows = re.findall(r"<tr( class=\"quiet-row\")?><td[^>]*><a[^>]*>([^<]*)</a>", shown)
    assert (' class="quiet-row"', str(city.west.name)) in rows
    assert ("", str(city.east.name)) in rows
    fold = shown.partition('class="quiet-rows"')[2].partition("</details>")[0]
    assert "其余 1 个县（市、区）没有报警" in fold
    assert f">{city.west.name}</a>" in fold
    assert city.east.name not in fold
