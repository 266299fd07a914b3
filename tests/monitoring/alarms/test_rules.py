"""The editor of rules: errors at their fields, read back, handed in, compared, published."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from anlan.monitoring.engine import calendar
from anlan.monitoring.models import Point, Rule, RuleVersion
from anlan.monitoring.rules import weeks, wording
from anlan.registry.models import Site
from tests.factories import day
from tests.kernel.access.conftest import browser
from tests.monitoring.alarms.conftest import content, published
from tests.monitoring.alarms.test_pages import text

database = pytest.mark.django_db


def filled(**more: Any) -> dict[str, Any]:
    """The editor as a browser sends it."""
    return {
        "measure": "value", "above": "1", "hold": "3", "window": "0", "quantity": "methane",
        "places": ["face_corner"], "limit_red": "1.0", "back_red": "0.8", "basis": "试验",
        "reason": "收紧", "effective_from": day(0).isoformat(),
    } | more  # fmt: skip


def send(client: Client, rule: Rule, status: int = 200, **more: Any) -> str:
    answer = client.post(f"/monitoring/rules/{rule.pk}/propose/", filled(**more), follow=True)
    assert answer.status_code == status
    return answer.content.decode()


@database
def test_a_rule_is_drawn_up_and_published(
    rule: Rule, version: RuleVersion, point: Point, who: SimpleNamespace
) -> None:
    clerk, chief = browser(who.clerk.user), browser(who.chief.user)
    assert "甲烷超限" in text(clerk, "/monitoring/rules/")
    shown = send(clerk, rule)
    made = rule.versions.get(number=2)
    assert "甲烷 ≥ 1 % 持续 3 秒 报红色；降到 0.8 % 以下解除" in shown
    assert "有变化" in shown
    assert "甲烷 ≥ 1.5 % 报红色；降到 1 % 以下解除" in shown
    assert "待发布" in text(chief, "/monitoring/rules/")
    assert clerk.post(f"/monitoring/versions/{made.pk}/publish/").status_code == 403
    chief.post(f"/monitoring/versions/{made.pk}/publish/")
    reader = text(browser(who.bureau_staff.user), f"/monitoring/rules/{rule.pk}/")
    assert "甲烷 ≥ 1 % 持续 3 秒 报红色" in reader
    assert "拟订新版本" not in reader


@database
def test_reading_back_stores_nothing(rule: Rule, point: Point, who: SimpleNamespace) -> None:
    shown = send(browser(who.clerk.user), rule, look="1", spans="周一至周五 08:00-18:00")
    assert "甲烷 ≥ 1 % 持续 3 秒 报红色" in shown
    assert "1 个测点、1 处场所" in shown
    assert 'value="0.8"' in shown
    assert not rule.versions.exists()
    Point.objects.update(unit="ppm")
    assert "1 个测点用 ppm" in send(browser(who.clerk.user), rule, look="1")


@database
@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"back_red": "2"}, "back_red", "正常一侧"),
        ({"limit_red": "", "back_red": ""}, "limit_red", "至少填一级"),
        ({"limit_red": "高"}, "limit_red", "输入一个数字"),
        ({"limit_blue": "1.2"}, "limit_red", "不低于蓝色的 1.2"),
        ({"measure": "mean"}, "window", "统计时段"),
        ({"measure": "combined"}, "counts", "数什么"),
        ({"spans": "早上"}, "spans", "周一至周五"),
        ({"spans": "周八 08:00-09:00"}, "spans", "不是星期"),
        ({"spans": "周一 25:00-26:00"}, "spans", "不是一天中的时刻"),
        ({"sites": "没有的矿"}, "sites", "没有找到场所：没有的矿"),
        ({"points": "东山矿：没有"}, "points", "没有找到测点"),
        ({"reason": ""}, "reason", "必填"),
        ({"hold": "-1"}, "hold", "0"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    rule: Rule, mine: Site, who: SimpleNamespace, wrong: dict[str, str], field: str, said: str
) -> None:
    shown = send(browser(who.clerk.user), rule, 422, **wrong)
    at_field = shown.partition(f'id="id_{field}-errors"')[2].partition("</div></div>")[0]
    assert said in at_field
    assert "试验" in shown
    assert not rule.versions.exists()


@database
def test_a_rule_of_the_city_is_for_the_points_it_names(
    mine: Site, point: Point, who: SimpleNamespace
) -> None:
    clerk = browser(who.clerk.user)
    added = {"name": "东山矿上隅角设计值", "sector": ""}
    assert clerk.post("/monitoring/rules/add/", added).status_code == 302
    rule = Rule.objects.get()
    again = clerk.post("/monitoring/rules/add/", added)
    assert again.status_code == 422
    assert "已有名为" in again.content.decode()
    shown = send(clerk, rule, points="东山矿：1201 上隅角", sites="东山矿")
    made = rule.versions.get()
    assert (made.points, made.sites) == ([point.pk], [mine.pk])
    assert "东山矿：1201 上隅角" in shown
    west = text(browser(who.west_head.user), f"/monitoring/versions/{made.pk}/")
    assert "东山矿" not in west.replace("东山矿上隅角设计值", "")
    assert browser(who.bureau_staff.user).get("/monitoring/rules/add/").status_code == 403


@database
def test_its_maker_takes_a_draft_back_and_makes_a_better_one(
    rule: Rule, version: RuleVersion, who: SimpleNamespace
) -> None:
    clerk, other = browser(who.clerk.user), browser(who.clerk2.user)
    send(clerk, rule)
    made = rule.versions.get(number=2)
    address = f"/monitoring/versions/{made.pk}/"
    assert "撤回</button>" not in text(other, address)
    other.post(f"{address}withdraw/")
    made.refresh_from_db()
    assert made.state == "proposed"
    assert "发布、不采用或撤回以后" in text(clerk, f"/monitoring/rules/{rule.pk}/")
    clerk.post(f"{address}withdraw/")
    made.refresh_from_db()
    assert made.state == "withdrawn"
    again = text(clerk, f"/monitoring/rules/{rule.pk}/?from={made.pk}")
    assert 'value="0.8"' in again


def sentence(**more: Any) -> str:
    version = RuleVersion(rule=Rule(name="甲烷超限"), **content(**more))
    return "；".join(words for _, words in wording.sentences(version))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"above": False, "levels": [{"level": "yellow", "limit": 0.25}], "quantity": "wind",
          "hold": 60}, "风速 ≤ 0.25 m/s 持续 1 分钟 报黄色；升到 0.25 m/s 以上解除"),
        ({"measure": "rate", "levels": [{"level": "red", "limit": 0.5}]},
         "甲烷每分钟的变化 ≥ 0.5 %/分钟 报红色；降到 0.5 %/分钟 以下解除"),
        ({"measure": "mean", "window": 3600, "levels": [{"level": "red", "limit": 1}]},
         "甲烷在 1 小时 内的均值 ≥ 1 % 报红色；降到 1 % 以下解除"),
        ({"measure": "silence", "levels": [{"level": "yellow", "limit": 10}]},
         "连续 10 分钟没有数据，报黄色；再有数据即解除"),
        ({"measure": "quality", "hold": 28800, "levels": [{"level": "orange", "limit": 1}]},
         "传感器报故障或断线，持续 8 小时 报橙色；恢复正常即解除"),
        ({"measure": "combined", "counts": "item_points",
          "levels": [{"level": "yellow", "limit": 4, "of": "blue"}]},
         "同一场所同一监测量有 4 个以上测点达到蓝色，报黄色；不足 4 个即解除"),
    ],
)  # fmt: skip
def test_a_rule_is_read_back(more: dict[str, Any], said: str) -> None:
    assert sentence(**more) == said


minutes = st.integers(0, 24 * 60 - 1)
spans = st.lists(st.tuples(st.integers(0, 6), minutes, st.integers(0, 24 * 60)), max_size=8)


@given(spans)
def test_hours_written_and_read_are_the_same(given: list[tuple[int, int, int]]) -> None:
    read = weeks.read(weeks.written([list(each) for each in given]))
    assert read == sorted(list(each) for each in set(given))
    assert (calendar(*map(tuple, read)) == calendar(*given)).all()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "days"),
    [("每天 22:00-06:00", 7), ("周六、周日 0:00-24:00", 2), ("周五至周一 08：00—18：00", 4)],
)
def test_hours_as_people_write_them(line: str, days: int) -> None:
    assert len(weeks.read(line)) == days


@database
def test_the_list_is_folded_by_line_of_business(
    rule: Rule, mine: Site, who: SimpleNamespace
) -> None:
    published(rule, verified=False)
    Rule.objects.create(code="mine", name="矿规则", sector=mine.sector)
    shown = text(browser(who.clerk.user), "/monitoring/rules/")
    assert shown.count('<details class="card rule-group"') == 2
    assert "1 条待核实" in shown
