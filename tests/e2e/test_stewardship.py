"""A leader is made a mine's steward; his visit is recorded on a phone; his list is issued."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser import PHONE, login, ready, shot
from tests.e2e.site import Site
from tests.e2e.test_records import photo

Open = Callable[..., BrowserContext]
MINE = "浏览器测试煤矿"


def test_from_a_vacancy_to_a_visit_and_a_list(open_context: Open, site: Site) -> None:
    clerk = open_context().new_page()
    login(clerk, site, "lishi")
    register_mine(clerk)
    clerk.goto("/stewardship/posts/new/")
    clerk.get_by_label("职务").fill("副区长")
    clerk.get_by_label("姓名").fill("测试领导")
    clerk.get_by_role("button", name="登记").click()
    expect(clerk.get_by_text("已登记测试领导（副区长）。")).to_be_visible()
    shot(clerk, "leader-post")
    clerk.goto("/stewardship/")
    shot(clerk, "stewardship-vacant")
    clerk.get_by_role("link", name=MINE).click()
    ready(clerk)
    row = clerk.get_by_role("row", name="县级")
    row.locator("summary", has_text="确定").click()
    clerk.get_by_label("包保领导", exact=True).select_option(label="离石区政府 副区长 测试领导")
    clerk.locator("dialog[open]").get_by_role("button", name="确定").click()
    expect(clerk.get_by_text("起由测试领导（副区长）包保。")).to_be_visible()
    shot(clerk, "stewardship-mine")

    phone = open_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    login(phone, site, "lishi")
    phone.goto(clerk.url)
    phone.get_by_role("link", name="记到矿").click()
    ready(phone)
    expect(phone.get_by_label("矿山")).to_have_value(f"{MINE}（离石区滨河街道）")
    phone.get_by_label("矿山").fill(MINE)  # a part of the words means it as well
    phone.get_by_label("发现问题数").fill("2")
    phone.get_by_label("当场协调解决数").fill("1")
    phone.get_by_label("现场拍照").set_input_files([photo(905)])
    phone.get_by_role("button", name="提交", exact=True).click()
    expect(phone.get_by_text("已提交，等待核验。")).to_be_visible()
    expect(phone.get_by_role("link", name=MINE).first).to_be_visible()
    shot(phone, "mine-visit")

    draw_up(open_context().new_page(), site)


def register_mine(page: Page) -> None:
    """A mine in a township of the county, by the page of the registry."""
    page.goto("/registry/sites/new/")
    page.get_by_label("名称").first.fill(MINE)
    page.get_by_label("类别").select_option(label="矿井（露天矿）")
    page.get_by_label("行业领域").select_option(label="煤矿")
    page.get_by_label("所在区划").fill("滨河街道")
    page.locator("main").get_by_role("button", name="登记").click()
    page.wait_for_url("**/registry/sites/*/")


def draw_up(page: Page, site: Site) -> None:
    """The head draws up a list of key tasks and issues it."""
    login(page, site, "lishihead")
    page.goto("/stewardship/lists/")
    shot(page, "lists")
    page.get_by_role("link", name="测试领导").click()
    page.get_by_role("button", name="起草重点工作清单").click()
    ready(page)
    year = page.get_by_role("heading", level=1).inner_text()[:4]
    page.get_by_label("内容").fill("组织煤矿安全大检查")
    page.get_by_label("完成期限").fill(f"{year}-12-31")
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_text("已添加。")).to_be_visible()
    ready(page)
    page.locator("summary", has_text="印发").click()
    page.get_by_role("button", name="确认印发").click()
    expect(page.get_by_text("已印发。")).to_be_visible()
    shot(page, "list-issued")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Word").click()
    assert download.value.suggested_filename.endswith("重点工作清单.docx")
