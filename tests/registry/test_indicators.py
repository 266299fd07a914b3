"""What the measures of the sector registers count, by table, at the edges of their days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.deadlines.calendar import add_months
from anlan.kernel.indicators import registry
from anlan.kernel.orgs.models import Organisation
from anlan.registry.indicators import three_years_before
from anlan.registry.models import Entry, Register, RegisterVersion, Sector, Site
from tests import factories

START, END = date(2025, 1, 1), date(2025, 12, 31)
KINDS = {
    "coal-mine": "mine",
    "chemical-park": "park",
    "tailings-pond": "tailings_pond",
    "petrol-station": "petrol_station",
}
Make = Callable[..., Site]


@pytest.fixture
def make(city: SimpleNamespace, coal: Sector) -> Make:
    """A site of the bureau in the east with an entry of these values; with None without one."""

    def made(code: str, values: dict[str, Any] | None, **more: Any) -> Site:
        own = {"sector": coal, "area": city.east_town, "regulator": city.bureau}
        site = Site.objects.create(**{"name": "甲", "kind": KINDS[code], **own, **more})
        register, new = Register.objects.get_or_create(
            code=code, defaults={"name": code, "subject": "site", "site_kind": KINDS[code]}
        )
        if new:
            RegisterVersion.objects.create(type=register, number=1, fields=[], effective_from=START)
        if values is not None:
            Entry.objects.create(
                register=register, version=register.versions.get(), site=site, values=values,
                checked_on=START,
            )  # fmt: skip
        return site

    return made


def value(key: str, of: Organisation, start: date = START, end: date = END) -> int:
    return int(factories.value(f"registry.{key}", of, start, end))


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({"intelligent": True, "intelligent_on": "2025-01-01"}, 1),
        ({"intelligent": True, "intelligent_on": "2025-12-31"}, 1),
        ({"intelligent": True, "intelligent_on": "2024-12-31"}, 0),
        ({"intelligent": True, "intelligent_on": "2026-01-01"}, 0),
        ({"intelligent": True}, 0),
        ({"intelligent": False, "intelligent_on": "2025-06-30"}, 0),
        (None, 0),
    ],
)
def test_mines_made_intelligent(
    city: SimpleNamespace, make: Make, values: dict[str, Any] | None, counts: int
) -> None:
    make("coal-mine", values)
    assert value("intelligent_mines", city.bureau) == counts


@pytest.mark.parametrize(
    ("values", "more", "counts"),
    [
        ({"recognised": True, "level": "C"}, {}, 1),
        ({"recognised": True, "level": "D"}, {}, 0),
        ({"recognised": True, "level": "D", "assessed_on": "2025-12-31"}, {}, 0),
        ({"recognised": True, "level": "D", "assessed_on": "2026-01-01"}, {}, 1),  # too late
        ({"recognised": False, "level": "A"}, {}, 0),
        ({"recognised": True, "level": "C"}, {"business": "closed"}, 0),
        ({"recognised": True}, {}, 1),
        (None, {}, 1),  # nobody can say that it is at D
    ],
)
def test_parks_that_are_not_at_level_d(
    city: SimpleNamespace, make: Make, values: dict[str, Any] | None, more: dict[str, Any],
    counts: int,
) -> None:  # fmt: skip
    make("chemical-park", values, **more)
    make("chemical-park", {"recognised": True, "level": "D"})
    assert value("parks_above_d", city.bureau) == counts


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({"use": "stopped", "stopped_on": "2022-12-30"}, 1),  # three years and a day
        ({"use": "stopped", "stopped_on": "2022-12-31"}, 0),  # three years, not more
        ({"use": "stopped", "stopped_on": "2024-05-01"}, 0),
        ({"use": "stopped"}, 0),
        ({"use": "in_use", "stopped_on": "2019-01-01"}, 0),  # in use again
        ({"use": "in_use", "elevation_reached": True}, 1),
        ({"elevation_reached": True}, 1),  # by an older version, without its use
        ({"use": "stopped", "ownerless": True}, 1),
        ({"use": "in_use", "elevation_reached": False, "ownerless": False}, 0),
        ({"use": "closed", "ownerless": True}, 0),
        ({"use": "closed", "ownerless": True, "closed_on": "2025-12-31"}, 0),
        ({"use": "closed", "ownerless": True, "closed_on": "2026-01-01"}, 1),  # too late
        ({"use": "struck_off", "elevation_reached": True}, 0),
        (None, 0),
    ],
)
def test_ponds_that_are_to_be_closed(
    city: SimpleNamespace, make: Make, values: dict[str, Any] | None, counts: int
) -> None:
    make("tailings-pond", values)
    assert value("ponds_to_close", city.bureau) == counts


@pytest.mark.parametrize(
    ("stopped", "first"),
    [
        ("2020-02-28", "2023-03-01"),
        ("2020-02-29", "2023-03-01"),
        ("2020-03-01", "2023-03-02"),
        ("2021-02-28", "2024-02-29"),
        ("2021-03-01", "2024-03-02"),
        ("2021-12-31", "2025-01-01"),
    ],
)
def test_the_first_day_of_more_than_three_years(
    city: SimpleNamespace, make: Make, stopped: str, first: str
) -> None:
    make("tailings-pond", {"use": "stopped", "stopped_on": stopped})
    day = date.fromisoformat(first)
    counts = [value("ponds_to_close", city.bureau, START, day - timedelta(n)) for n in (0, 1)]
    assert counts == [1, 0]


def test_three_years_agree_with_the_calendar_on_every_day() -> None:
    """Over two leap years: stopped on a day, whether three years have passed."""
    for day in (date(2022, 12, 1) + timedelta(n) for n in range(900)):
        edge = three_years_before(day)
        for stopped in (edge + timedelta(n) for n in range(-3, 4)):
            assert (stopped < edge) == (add_months(stopped, 36) < day), (stopped, day)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({"use": "closed", "closed_on": "2025-01-01"}, 1),
        ({"use": "struck_off", "closed_on": "2025-12-31"}, 1),
        ({"use": "closed", "closed_on": "2026-01-01"}, 0),
        ({"use": "closed", "closed_on": "2024-12-31"}, 0),
        ({"use": "stopped", "closed_on": "2025-06-01"}, 0),
        ({"use": "closed"}, 0),
    ],
)
def test_ponds_closed(
    city: SimpleNamespace, make: Make, values: dict[str, Any], counts: int
) -> None:
    make("tailings-pond", values)
    assert value("ponds_closed", city.bureau) == counts


@pytest.mark.parametrize(
    ("values", "having", "lacking"),
    [
        ({"state_owned": True, "video_analysis": True}, 1, 0),
        ({"state_owned": True, "video_analysis": True, "video_on": "2025-12-31"}, 1, 0),
        ({"state_owned": True, "video_analysis": True, "video_on": "2026-01-01"}, 0, 1),
        ({"state_owned": True, "video_analysis": False}, 0, 1),
        ({"state_owned": True}, 0, 1),
        ({"state_owned": False, "video_analysis": True}, 0, 0),
        ({"video_analysis": True}, 0, 0),
    ],
)
def test_state_owned_stations(
    city: SimpleNamespace, make: Make, values: dict[str, Any], having: int, lacking: int
) -> None:
    make("petrol-station", values)
    assert value("stations_with_video", city.bureau) == having
    assert value("stations_without_video", city.bureau) == lacking


def test_whose_a_site_is(city: SimpleNamespace, make: Make, coal: Sector) -> None:
    """Of the governments around it, of its regulator, of its committee's office; merged of none."""
    closed = {"use": "closed", "closed_on": "2025-06-01"}
    make("tailings-pond", closed)
    office = Organisation.objects.get(pk=city.office.pk)
    part = Sector.objects.create(code="part", name="部分", parent=coal)
    pond = make("tailings-pond", closed, sector=part, area=city.west_town, regulator=None)
    make("tailings-pond", closed, merged_into=pond)

    def counts(*of: Organisation) -> list[int]:
        return [value("ponds_closed", each) for each in of]

    assert counts(city.government, city.east_government, city.west_town_government) == [2, 1, 1]
    assert counts(city.bureau, office) == [1, 0]
    Sector.objects.filter(pk=coal.pk).update(committee_office=office)
    assert counts(office) == [2]


def test_each_measure_tells_its_rule(db: None) -> None:
    offered = [each for each in registry.all_measures() if each.key.startswith("registry.")]
    assert len(offered) == 6
    assert all("监管部门计" in each.how and each.clause for each in offered)
