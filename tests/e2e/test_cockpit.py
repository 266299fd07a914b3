"""The cockpit as a leader uses it: the city, a county on the map, the wall, the files."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser import login, ready, shot
from tests.e2e.site import Site

WALL = {"width": 1920, "height": 1080}


def test_a_leader_begins_here_and_opens_a_county(page: Page, site: Site) -> None:
    login(page, site, "mayor")
    expect(page.get_by_role("heading", level=1)).to_have_text("驾驶舱")
    expect(page.locator(".ranking tbody tr")).to_have_count(14)
    expect(page.locator(".map path")).to_have_count(13)
    shot(page, "cockpit")
    page.get_by_role("link", name="达标占比").click()
    ready(page)
    expect(page.locator(".by [aria-current]")).to_have_text("达标占比")

    page.locator(".map a[aria-label^='离石区']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("离石区")
    expect(page.locator(".lines-of tbody tr")).to_have_count(21)
    shot(page, "county")
    count = page.locator(".figure").first.locator("strong").inner_text()
    page.locator(".figure").first.click()
    expect(page.locator(".legend-total")).to_contain_text(count)


def test_the_wall_fits_its_screen(open_context: Callable[..., BrowserContext], site: Site) -> None:
    page = open_context(viewport=WALL).new_page()
    login(page, site, "mayor")
    page.get_by_role("link", name="大屏").click()
    ready(page)
    expect(page.get_by_role("link", name="退出大屏")).to_be_visible()
    expect(page.locator("nav.side")).to_have_count(0)
    sizes = page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert sizes[0] <= sizes[1], sizes


def test_the_office_takes_the_bulletin_with_it(page: Page, site: Site) -> None:
    login(page, site, "sco")
    page.get_by_role("link", name="驾驶舱").first.click()
    ready(page)
    page.locator("details.menu", has_text="导出").locator("summary").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="通报稿").click()
    assert taken.value.suggested_filename.startswith("通报稿-")
