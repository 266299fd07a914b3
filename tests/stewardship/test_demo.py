"""The demonstration's stewards: marked, with vacancies and visits, loaded once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from anlan.config.loaders import CITY
from anlan.kernel.access.actor import system
from anlan.kernel.access.models import User
from anlan.records.loading import load as load_types
from anlan.registry.models import Sector
from anlan.stewardship import demo
from anlan.stewardship.board import Board, Need
from anlan.stewardship.choices import ItemState
from anlan.stewardship.models import LeaderPost, ListItem
from tests.factories import day
from tests.stewardship.conftest import leader, site


@pytest.fixture
def shown(city: SimpleNamespace, who: SimpleNamespace, coal: Sector) -> None:
    """Nine mines of a demonstration, and its accounts."""
    load_types(CITY / "record_types.yaml", actor=system())
    for number in range(9):
        area = (city.east_town, city.west_town)[number % 2]
        site(f"演示矿{number}", area=area, sector=coal, regulator=city.bureau, is_demo=True)
    User.objects.update(is_demo=True)


def test_it_loads_once_with_gaps_and_is_marked(shown: None, who: SimpleNamespace) -> None:
    assert demo.load().startswith("演示包保 14 条、到矿 11 次、责任清单 ")
    assert not LeaderPost.objects.filter(is_demo=False).exists()
    assert all("演示" in each.name for each in LeaderPost.objects.all())
    board = Board(who.clerk, day(0))
    assert all(board.needing(each) for each in Need)
    assert sum(mine.waiting for mine in board.mines.values()) == 1
    assert all("演示" in each.text for each in ListItem.objects.all())
    assert {each.state for each in ListItem.objects.all()} == set(ItemState)
    assert User.objects.filter(username__startswith="demo-", is_demo=False).count() == 0
    assert demo.load() == "矿山包保已有登记，未改动"


def test_where_no_demonstration_is_wanted_nothing_is_made(
    shown: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLAN_DEMO", "0")
    assert demo.load().startswith("不载入：")
    assert not LeaderPost.objects.exists()


def test_it_leaves_an_installation_in_earnest_alone(city: SimpleNamespace, coal: Sector) -> None:
    site("真矿", area=city.east_town, sector=coal)
    assert demo.load() == "没有演示矿山，未登记包保"
    leader(city.east_government, "真人")
    assert demo.load() == "矿山包保已有登记，未改动"
