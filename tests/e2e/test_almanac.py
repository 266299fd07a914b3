"""The calendar on a desk and on a phone, and its subscription, read as a calendar program does."""

from __future__ import annotations

from collections.abc import Callable

from icalendar import Calendar
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser import login, ready, shot
from tests.e2e.site import Site

Open = Callable[..., BrowserContext]


def test_months_and_the_subscription(open_context: Open, site: Site) -> None:
    page = open_context().new_page()
    login(page, site, "yingji")
    page.goto("/calendar/?month=2026-06")
    shot(page, "calendar-month")
    expect(page.get_by_role("link", name="安全生产月").first).to_be_visible()
    page.get_by_role("link", name="下一个月").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2026 年 7 月")
    page.goto("/calendar/fixed/")
    shot(page, "calendar-fixed")
    page.goto("/calendar/subscription/")
    old = _renewed(page, "生成地址")
    shot(page, "calendar-subscription")
    new = _renewed(page, "重新生成（旧地址失效）")

    program = open_context()  # nobody is logged in here
    answer = program.request.get(new)
    assert answer.status == 200
    assert "set-cookie" not in answer.headers
    names = {str(e["SUMMARY"]) for e in Calendar.from_ical(answer.body()).walk("VEVENT")}
    assert "全国防灾减灾日" in names
    assert program.request.get(old).status == 404


def _renewed(page: Page, button: str) -> str:
    ready(page)
    page.get_by_role("button", name=button).click()
    return page.get_by_label("订阅地址").input_value()
