"""A limit is changed by two persons: one draws the version up and tries it on past days, another
sees both side by side and publishes; nobody publishes his own."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.browser import Watch, login, ready, shot
from tests.e2e.monitored import given
from tests.e2e.site import Site

Open = Callable[..., BrowserContext]
RULE = "一氧化碳超限：回风巷等"  # orange at 24 ppm; no other walk has points of this quantity
TRIED_MS = 60_000  # a job
# yesterday at noon: twice over the limit in force, twice more over a milder one
PAST = """
point = point_add(
    actor=actor, site=mine("规则试验煤矿").pk, name="1201 回风巷一氧化碳", quantity="co",
    place="face_return", unit="ppm", low=0, high=500,
)
past(point, midnight - timedelta(hours=12), 60, [9, 26, 9, 18, 9, 18, 9, 30, 9])
"""


def test_drawn_up_and_tried_by_one_published_by_another(
    open_context: Open, site: Site, watch: Watch
) -> None:
    watch.allow("status of 422")  # a form with its fault
    given(site, PAST)
    clerk, chief = (_person(open_context, site, name) for name in ("sco", "scochief"))
    _draw_up(clerk)
    expect(_button(clerk, "撤回")).to_be_visible()
    expect(_button(clerk, "发布")).to_have_count(0)
    clerk.get_by_role("button", name="开始试运行").click()
    _side_by_side(clerk)
    clerk.get_by_text("按测点看").click()
    expect(clerk.locator(".trial-points tbody tr")).to_contain_text("0 / 2 / 2 / 0")
    shot(clerk, "rule-tried")

    chief.goto("/monitoring/rules/")
    chief.locator(".rule-waiting").get_by_role("link", name=RULE).click()
    ready(chief)
    expect(chief.locator("tr.changed", has_text="黄色")).to_contain_text("一氧化碳 ≥ 16 ppm 报黄色")
    _side_by_side(chief)
    _press(chief, "发布")
    expect(chief.get_by_text("已发布，到生效日期起按新的规则报警。")).to_be_visible()
    _nobody_publishes_his_own(chief)


def _draw_up(clerk: Page) -> None:
    """What is wrong is said at its field, and nothing that was typed is lost."""
    clerk.goto("/monitoring/rules/")
    clerk.locator("summary", has_text=re.compile("^煤矿")).click()
    clerk.get_by_role("link", name=RULE).click()
    ready(clerk)
    reason = "增加黄色提示级"
    clerk.get_by_label("黄色限值（ppm）").fill("30")
    clerk.get_by_label("修改理由").fill(reason)
    clerk.get_by_role("button", name="提交，待另一人发布").click()
    expect(clerk.get_by_text("橙色比黄色严重，限值应当不低于黄色的 30。").first).to_be_visible()
    ready(clerk)
    expect(clerk.get_by_label("修改理由")).to_have_value(reason)
    clerk.get_by_label("黄色限值（ppm）").fill("16")
    clerk.get_by_role("button", name="读一遍，不提交").click()
    expect(clerk.get_by_text("现在符合的有 1 个测点、1 处场所")).to_be_visible()
    expect(clerk.get_by_text("一氧化碳 ≥ 16 ppm 报黄色")).to_be_visible()
    shot(clerk, "rule-editor")
    ready(clerk)
    clerk.get_by_role("button", name="提交，待另一人发布").click()
    expect(clerk.get_by_text("已提交，由另一人发布后生效。")).to_be_visible()
    ready(clerk)


def _side_by_side(page: Page) -> None:
    """Red, orange, yellow, blue and all: of the draft, then of what was in force."""
    rows = page.locator(".trial-counts tbody tr")
    expect(rows).to_have_count(2, timeout=TRIED_MS)
    expect(rows.nth(0).locator("td")).to_have_text(["0", "2", "2", "0", "4"])
    expect(rows.nth(1).locator("td")).to_have_text(["0", "2", "0", "0", "2"])


def _nobody_publishes_his_own(chief: Page) -> None:
    ready(chief)
    chief.get_by_role("link", name="以这一版为底稿拟订").click()
    ready(chief)
    expect(chief.get_by_label("黄色限值（ppm）")).to_have_value("16.0")
    chief.get_by_label("修改理由").fill("改到 20")
    chief.get_by_label("黄色限值（ppm）").fill("20")
    chief.get_by_role("button", name="提交，待另一人发布").click()
    expect(chief.get_by_text("已提交，由另一人发布后生效。")).to_be_visible()
    ready(chief)
    expect(_button(chief, "发布")).to_have_count(0)
    _press(chief, "撤回")
    expect(chief.get_by_text("已撤回。")).to_be_visible()


def _person(open_context: Open, site: Site, name: str) -> Page:
    page = open_context().new_page()
    login(page, site, name)
    return page


def _button(page: Page, label: str) -> Locator:
    return page.locator("summary", has_text=re.compile(rf"^\s*{label}\s*$"))


def _press(page: Page, label: str) -> None:
    _button(page, label).click()
    page.get_by_role("button", name=label, exact=True).click()
