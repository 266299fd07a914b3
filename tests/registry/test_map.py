"""The map: what is counted where, what a circle leads to, and what has no place on it."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.kernel.orgs import maps
from anlan.kernel.orgs.models import Area
from anlan.registry.locations import Grid
from anlan.registry.models import Enterprise, Sector, Site
from tests.kernel.access.conftest import browser

LISHI, XING = ("111.140000", "37.520000"), ("111.120000", "38.460000")


@pytest.fixture
def counties(city: SimpleNamespace) -> SimpleNamespace:
    """Two counties that have outlines on file, beside those of the small city."""
    made = {
        name: Area.objects.create(
            code=code, name=name, level="county", parent=city.city, path=f"{city.city.path}/{code}"
        )
        for code, name in (("141102", "离石区"), ("141123", "兴县"))
    }
    return SimpleNamespace(lishi=made["离石区"], xing=made["兴县"])


@pytest.fixture
def mines(city: SimpleNamespace, counties: SimpleNamespace, coal: Sector) -> list[Site]:
    """Three side by side in one county, one in the other, one nowhere, one in another province."""
    placed = [
        ("甲", counties.lishi, LISHI, "yellow"), ("乙", counties.lishi, LISHI, "red"),
        ("丙", counties.lishi, LISHI, ""), ("丁", counties.xing, XING, "blue"),
        ("戊", counties.xing, None, "red"), ("己", counties.xing, ("121.0", "31.0"), ""),
    ]  # fmt: skip
    return [
        Site.objects.create(
            name=f"矿{name}", kind="mine", sector=coal, area=area, regulator=city.bureau,
            longitude=at and Decimal(at[0]), latitude=at and Decimal(at[1]), grade=grade,
        )
        for name, area, at, grade in placed
    ]  # fmt: skip


def _marks(page: str) -> list[tuple[str, str]]:
    """Each circle's words for who hears, and its address."""
    found = re.findall(r'<a class="mark" href="([^"]+)" aria-label="([^"]+)"', page)
    return [(told, unescape(address)) for address, told in found]


def _page(actor: Any, query: str = "", what: str = "") -> str:
    answer = browser(actor.user).get(f"/registry/map/{what}{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def _names(page: str) -> set[str]:
    return set(re.findall(r">(矿.)</a>", page))


def test_circles_count_and_say_the_highest_grade(who: SimpleNamespace, mines: list[Site]) -> None:
    page = _page(who.clerk)
    told = [words for words, _ in _marks(page)]
    assert sorted(told) == [
        "这里有 1 个，最高风险等级蓝（低）", "这里有 3 个，最高风险等级红（重大）"
    ]  # fmt: skip
    assert "地图上 <strong>4</strong> 个" in page
    assert "没有登记位置的 1 个" in page
    assert "在地图以外的 1 个" in page


def test_a_circle_leads_to_its_rows(who: SimpleNamespace, mines: list[Site]) -> None:
    page = _page(who.clerk)
    (address,) = (url for told, url in _marks(page) if "3 个" in told)
    query, _, anchor = address.partition("#")
    assert anchor == "list-registry-map-site"
    here = _page(who.clerk, query)
    assert _names(here) == {"矿甲", "矿乙", "矿丙"}
    assert len(_marks(here)) == 2  # the map goes on showing all places
    assert _names(_page(who.clerk, "?located=no")) == {"矿戊"}
    assert _names(_page(who.clerk, "?located=out")) == {"矿己"}


def test_filters_of_the_list_narrow_the_map(
    who: SimpleNamespace, mines: list[Site], counties: SimpleNamespace
) -> None:
    assert [t for t, _ in _marks(_page(who.clerk, "?grade=red"))] == [
        "这里有 1 个，最高风险等级红（重大）"
    ]
    assert [t for t, _ in _marks(_page(who.clerk, "?q=矿丁"))] == [
        "这里有 1 个，最高风险等级蓝（低）"
    ]
    county = _page(who.clerk, "?county=141102")
    assert "离石区</h2>" in county
    assert len(_marks(county)) == 1
    assert "看全市" in county
    assert "只看兴县" not in county
    ((_, address),) = _marks(county)
    assert "county=141102" in address
    assert _names(_page(who.clerk, address.partition("#")[0])) == {"矿甲", "矿乙", "矿丙"}
    assert "只看兴县" in _page(who.clerk)


def test_the_map_shows_what_the_viewer_sees(
    who: SimpleNamespace, mines: list[Site], subjects: SimpleNamespace
) -> None:
    west = _page(who.west_staff)
    assert _marks(west) == []
    assert "没有登记位置的 1 个" in west  # his stall
    Enterprise.objects.update(longitude=Decimal(LISHI[0]), latitude=Decimal(LISHI[1]))
    assert [t for t, _ in _marks(_page(who.west_staff, what="enterprises/"))] == [
        "这里有 1 个，未评定风险等级"
    ]


def test_a_circle_of_one_map_is_no_place_on_another(
    who: SimpleNamespace, mines: list[Site]
) -> None:
    """The circle that was tapped stays chosen while one goes on to a county, or back."""
    cells = {}
    for county in ("", "141102"):
        page = _page(who.clerk, f"?county={county}")
        (address,) = (url for told, url in _marks(page) if "3 个" in told)
        cells[county] = parse_qs(urlsplit(address).query)["cell"][0]
    for county, cell in (("141102", cells[""]), ("", cells["141102"])):
        page = _page(who.clerk, f"?county={county}&cell={cell}")
        assert "“地图上”没有这个选项" in page
        assert {"矿甲", "矿乙", "矿丙"} <= _names(page)


@pytest.mark.parametrize(
    "cell",
    ["99-99", "1-2", "all:99-99", "x", "all:1-", "all:-1-2", "all:²-3", "all:1-2-3", "141102:1-2"],
)
def test_a_place_that_is_none_is_ignored_and_said(
    who: SimpleNamespace, mines: list[Site], cell: str
) -> None:
    page = _page(who.clerk, f"?cell={cell}")
    assert "“地图上”没有这个选项" in page
    assert len(_names(page)) == 6


def test_without_outlines_the_list_still_works(
    who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    page = _page(who.clerk)
    assert "没有本市的区划边界资料" in page
    assert "演示煤矿一号" in page


def test_htmx_gets_map_and_list_together(who: SimpleNamespace, mines: list[Site]) -> None:
    client = browser(who.clerk.user)
    answer = client.get("/registry/map/?grade=red", headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert 'hx-swap-oob="true"' in part
    assert 'id="list-registry-map-site"' in part
    assert "<html" not in part


def test_the_number_of_subjects_does_not_matter_to_the_number_of_queries(
    who: SimpleNamespace, mines: list[Site], counties: SimpleNamespace
) -> None:
    drawn = maps.counties(frozenset({"141102", "141123"}))
    assert drawn is not None
    with CaptureQueriesContext(
        connection,
    ) as queries:
        located = Grid(drawn).count(Site.objects.all())
    assert len(queries) == 1
    assert (located.shown, located.nowhere, located.outside) == (4, 1, 1)
