"""The pages of the stewardship: what stands on them, what a refusal says, how often they ask."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from anlan.registry.models import Sector, Site
from anlan.stewardship.services.lists import item_add, list_issue, list_recall
from tests.factories import day
from tests.kernel.access.conftest import browser
from tests.stewardship.conftest import drawn, give, leader, site

RECORDED: dict[str, int] = json.loads(Path(__file__).with_name("query_counts.json").read_text())
PAGES = {
    "/stewardship/": "clerk",
    "/stewardship/mines/{mine}/": "clerk",
    "/stewardship/posts/": "clerk",
    "/stewardship/posts/{post}/": "clerk",
    "/stewardship/lists/": "east_staff",
    "/stewardship/lists/{list}/": "east_head",
}


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_vacancies_come_first(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    give(leaders.city, mines.east)
    give(leaders.east, mines.east)
    client = browser(who.clerk.user)
    shown = text(client, "/stewardship/")
    assert shown.index("东沟矿") < shown.index("西山矿") < shown.index("东山矿")
    assert "市级空缺 <strong>2</strong>" in shown
    assert "西山矿" not in text(browser(who.east_staff.user), "/stewardship/")
    only = text(client, "/stewardship/?need=due")
    assert "东山矿" in only
    assert "东沟矿" not in only
    assert "东山矿" not in text(client, "/stewardship/?vacant=county")
    assert "西山矿" not in text(client, "/stewardship/?county=9001")


def test_the_same_rows_in_excel(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace, tmp_path: Path
) -> None:
    give(leaders.city, mines.east)
    answer = browser(who.clerk.user).get("/stewardship/?export=xlsx")
    file = tmp_path / "矿山包保.xlsx"
    file.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    rows = list(load_workbook(file).worksheets[0].iter_rows(values_only=True))
    (east,) = [row for row in rows if row[0] == "东山矿"]
    assert "市甲（试市人民政府副职）" in east
    assert "空缺" in east


def test_a_mine_s_page_gives_and_ends(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    client = browser(who.east_staff.user)
    address = f"/stewardship/mines/{mines.east.pk}/"
    sent = {"post": leaders.east.pk, "valid_from": day(-3).isoformat(), "seen": 0}
    assert "市甲" not in text(client, address)  # the city's posts are not the county's to give
    assert client.post(f"{address}assign/county/", sent).status_code == 302
    wrong = client.post(f"{address}assign/county/", sent | {"post": leaders.east2.pk})
    made = mines.east.stewardships.get()
    assert wrong.status_code == 409
    assert "刚刚被别人改过" in wrong.content.decode()
    assert f'name="seen" value="{made.pk}"' in wrong.content.decode()  # to press once more
    assert client.get(f"{address}assign/county/").headers["Location"] == address
    assert client.post(f"{address}assign/city/", sent).status_code == 422  # none of its level
    assert client.post(f"{address}assign/moon/", sent).status_code == 404
    end = f"/stewardship/{made.pk}/end/"
    assert "请填写依据或理由" in client.post(end, {"valid_to": "x"}).content.decode()
    refused = client.post(end, {"valid_to": day(1).isoformat(), "reason": "分工调整"})
    assert refused.status_code == 422
    assert 'value="分工调整"' in refused.content.decode()  # nothing is lost
    assert client.get(end).headers["Location"] == address
    ending = {"valid_to": day(-1).isoformat(), "reason": "分工调整"}
    client.post(end, ending)
    again = client.post(end, ending, follow=True)
    assert "已登记到" in again.content.decode()
    shown = text(client, address)
    assert "分工调整" in shown
    assert "空缺" in shown


def test_a_post_s_page_asks_for_its_own_mines_only(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> None:
    give(leaders.east, mines.east)
    asked = queries(browser(who.clerk.user), f"/stewardship/posts/{leaders.east.pk}/")
    seen = [each for each in asked if each.startswith('SELECT "registry_site"."id"')]
    assert seen
    assert all(f'"registry_site"."id" IN ({mines.east.pk})' in each for each in seen)


def test_the_registry_shows_the_stewards(
    who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace, coal: Sector
) -> None:
    give(leaders.city, mines.east)
    client = browser(who.east_staff.user)
    shown = text(client, f"/registry/sites/{mines.east.pk}/")
    assert "市甲（副职）" in shown
    assert f"/stewardship/mines/{mines.east.pk}/" in shown
    plant = site("厂", kind="plant", area=mines.east.area, sector=coal, regulator=None)
    assert "包保领导" not in text(client, f"/registry/sites/{plant.pk}/")


def test_a_merged_mine_leads_on(who: SimpleNamespace, mines: SimpleNamespace) -> None:
    Site.objects.filter(pk=mines.second.pk).update(merged_into=mines.east)
    answer = browser(who.clerk.user).get(f"/stewardship/mines/{mines.second.pk}/")
    assert answer.headers["Location"] == f"/stewardship/mines/{mines.east.pk}/"


def test_a_post_from_the_form_to_its_end(
    who: SimpleNamespace, mines: SimpleNamespace, city: SimpleNamespace
) -> None:
    client = browser(who.east_staff.user)
    sent = {"organisation": "9001-government", "title": "县长", "name": "某人"}
    wrong = client.post("/stewardship/posts/new/", sent | {"valid_from": "昨天"})
    assert wrong.status_code == 422
    assert 'value="某人"' in wrong.content.decode()  # nothing is lost
    made = client.post("/stewardship/posts/new/", sent | {"valid_from": day(-9).isoformat()})
    address = made.headers["Location"]
    assert "没有找到账号" in client.post(f"{address}link/", {"user": "无此人"}).content.decode()
    client.post(f"{address}link/", {"user": "east_head"})
    assert "人east_head" in text(client, address)
    client.post(f"{address}end/", {"valid_to": day(0).isoformat(), "reason": "任免文件"})
    assert "登记离任" not in text(client, address)
    assert "某人" in text(client, "/stewardship/posts/?held=held")  # today is his last day


def queries(client: Client, address: str) -> list[str]:
    client.get(address)  # what a process reads once is read
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return [each["sql"] for each in caught.captured_queries]


@pytest.mark.parametrize("page", PAGES)
def test_pages_ask_a_fixed_number_of_times(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace,
    coal: Sector, page: str,
) -> None:  # fmt: skip
    give(leaders.city, mines.east)
    client = browser(getattr(who, PAGES[page]).user)
    row = drawn(who.east_staff, leaders.east, day(0).year)
    list_issue(actor=who.east_head, of=row.pk)
    address = page.format(mine=mines.east.pk, post=leaders.city.pk, list=row.pk)
    few = queries(client, address)
    for number in range(12):
        more = site(f"矿{number}", area=city.west_town, sector=coal)
        give(leaders.city, more)
        give(leaders.west, more)
        drawn(who.east_staff, leader(city.east_government, f"东{number}"), day(0).year)
    list_recall(actor=who.east_head, of=row.pk, reason="补充")
    for number in range(12):
        item_add(actor=who.east_head, of=row.pk, text=f"补{number}", due_on=day(0))
    list_issue(actor=who.east_head, of=row.pk)
    many = queries(client, address)
    assert len(many) == len(few), "\n".join(many)
    assert len(few) == RECORDED[page], "\n".join(few)
