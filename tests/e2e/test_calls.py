"""A progress call in real browsers: the office takes it, a county explains, the office writes the
minutes, its chief signs, and the county finds its new duty."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser import PHONE, login, ready, shot
from tests.e2e.site import Site

Open = Callable[..., BrowserContext]
CHINA = ZoneInfo("Asia/Shanghai")
DECIDED = "十日内完成重点任务自查并报送结果"


def test_a_call_from_its_figures_to_the_new_duty(open_context: Open, site: Site) -> None:
    office, chief = _person(open_context, site, "sco"), _person(open_context, site, "scochief")
    county = _person(open_context, site, "lishi", viewport=PHONE)
    call = _take(office)
    shot(office, "call-taken")
    figure = office.locator(".figure").first
    count = figure.locator("strong").inner_text()
    figure.click()
    expect(office.get_by_text("数据截至")).to_be_visible()
    expect(office.locator(".list-foot, .pagination").first).to_contain_text(count)
    shot(office, "call-rows")

    office.goto(call)
    office.get_by_text("没有按标准列出").click()
    office.get_by_label("单位").select_option(label="离石区政府")
    office.get_by_label("为什么要求说明").fill("在会上说明自查进度。")
    office.get_by_role("button", name="要求说明").click()
    expect(office.get_by_text("已要求离石区政府说明")).to_be_visible()

    _explain(county)
    office.goto(call)
    expect(office.get_by_text("自查人员不足。")).to_be_visible()
    _minute(office)
    _confirm(office, "提交审签")
    expect(office.get_by_text("等待另一位负责人审签")).to_be_visible()
    chief.goto(call)
    shot(chief, "call-to-sign")
    _confirm(chief, "审签办结", yes="审签并下达")
    expect(chief.get_by_text("已下达为各责任单位的任务")).to_be_visible()
    shot(chief, "call-closed")
    chief.locator("details.menu", has_text="导出").locator("summary").click()
    with chief.expect_download() as taken:
        chief.get_by_role("link", name="会议纪要").click()
    assert taken.value.suggested_filename.endswith("会议纪要.docx")

    county.goto("/tasks/?plan=&origin=call")
    county.get_by_role("link", name=DECIDED).click()
    ready(county)
    expect(county.locator(".facts").first).to_contain_text("调度会")
    shot(county, "duty-from-call")
    county.locator(".facts").first.get_by_role("link").first.click()
    expect(county.get_by_role("heading", level=1)).to_contain_text("周调度")
    expect(county.get_by_text(DECIDED)).to_be_visible()


def _person(open_context: Open, site: Site, username: str, **options: object) -> Page:
    page = open_context(**options).new_page()
    login(page, site, username)
    return page


def _take(office: Page) -> str:
    """Its address."""
    office.goto("/calls/new/")
    moment = datetime.now(CHINA) + timedelta(hours=3)
    office.get_by_label("周调度").check()
    office.get_by_label("会议时间").fill(f"{moment:%Y-%m-%dT%H:%M}")
    office.get_by_role("button", name="冻结数据，开展调度").dblclick()  # taken once all the same
    expect(office.get_by_role("heading", level=1)).to_contain_text("周调度")
    ready(office)
    return re.sub(r"[?#].*", "", office.url)


def _explain(county: Page) -> None:
    county.goto("/calls/")
    county.locator(".list-table a", has_text="周调度").first.click()
    county.get_by_role("link", name="离石区政府").first.click()
    ready(county)
    county.get_by_label("原因").fill("自查人员不足。")
    county.get_by_label("整改措施").fill("抽调人员，本周完成。")
    county.get_by_label("新的完成时间").fill("2099-01-10")
    shot(county, "call-explaining")
    county.get_by_role("button", name="提交说明").dblclick()
    expect(county.get_by_text("说明已提交")).to_be_visible()


def _minute(office: Page) -> None:
    office.get_by_role("link", name="记录议定事项").click()
    ready(office)
    office.get_by_label("议定事项").fill(DECIDED)
    office.get_by_label("所属重点任务").select_option(index=1)
    office.get_by_label("完成期限").fill("2099-01-20")
    office.get_by_label("离石区政府").check()
    shot(office, "call-decision")
    office.get_by_role("button", name="记入纪要").dblclick()
    expect(office.get_by_text("议定事项已记入纪要")).to_be_visible()
    ready(office)


def _confirm(page: Page, label: str, *, yes: str = "") -> None:
    page.locator("summary", has_text=re.compile(f"^\\s*{label}\\s*$")).first.click()
    page.locator("dialog").get_by_role("button", name=yes or label, exact=True).click()
