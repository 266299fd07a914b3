"""The shell as people of every role meet it: log in, the first page, the components, log out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser import PHONE, Watch, login, logout, ready, shot
from tests.e2e.site import Site

ROLES = (
    "sco", "scochief", "mayor", "yingji", "yingjihead", "lishi", "system", "security", "auditor",
)  # fmt: skip
TELL = """
from django.db import transaction
from anlan.kernel.access.models import User
from anlan.kernel.notify.services import notify
with transaction.atomic():
    notify(users=User.objects.filter(username={user!r}), kind="test", title={title!r}, link="/ui/")
"""


@pytest.mark.parametrize("username", ROLES)
def test_each_role_logs_in_looks_round_and_leaves(page: Page, site: Site, username: str) -> None:
    login(page, site, username)
    expect(page.locator(".brand")).to_contain_text("吕梁市")
    expect(page.locator("h1")).to_have_count(1)
    shot(page, f"home-{username}")
    page.goto("/ui/")
    expect(page.get_by_role("heading", level=1)).to_have_text("页面构件")
    logout(page)
    page.goto("/ui/")
    expect(page.get_by_label("口令")).to_be_visible()  # nothing is shown without logging in


def test_the_components_fit_both_screens(page: Page, site: Site) -> None:
    page.goto("/login/")
    shot(page, "login")
    login(page, site, "sco")
    page.goto("/ui/")
    ready(page)
    shot(page, "guide")
    page.locator("#form").scroll_into_view_if_needed()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".form-summary")).to_be_focused()
    shot(page, "guide-errors")
    page.goto("/messages/")
    shot(page, "messages-empty")


def test_a_form_with_an_error_keeps_what_was_typed(page: Page, site: Site) -> None:
    login(page, site, "sco")
    page.goto("/ui/")
    ready(page)
    page.get_by_label("任务名称").fill("排查尾矿库")
    page.get_by_label("进展情况").fill("已检查 3 座")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".form-summary")).to_contain_text("责任单位")
    expect(page.get_by_label("进展情况")).to_have_value("已检查 3 座")
    page.locator(".form-summary a").first.click()
    assert page.evaluate("location.hash") == "#id_unit"


def test_a_draft_outlives_the_page(page: Page, site: Site) -> None:
    login(page, site, "sco")
    page.on("dialog", lambda dialog: dialog.accept())  # leave although something is unsaved
    page.goto("/ui/")
    ready(page)
    page.get_by_label("进展情况").fill("写到一半")
    page.goto("/messages/")
    page.goto("/ui/")
    ready(page)
    page.get_by_role("button", name="恢复草稿").click()
    expect(page.get_by_label("进展情况")).to_have_value("写到一半")


def test_a_dialog_asks_and_can_be_left_by_keyboard(page: Page, site: Site) -> None:
    login(page, site, "sco")
    page.goto("/ui/")
    ready(page)
    page.locator(".confirm > summary", has_text="退回").click()
    dialog = page.get_by_role("dialog", name="退回")
    expect(dialog.get_by_label("退回理由")).to_be_focused()
    shot(page, "dialog")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".confirm > summary", has_text="退回")).to_be_focused()


def test_the_list_searches_filters_and_orders_in_place(page: Page, site: Site) -> None:
    login(page, site, "sco")
    page.goto("/ui/")
    ready(page)
    page.get_by_placeholder("搜索").press_sequentially("应急管理局")
    rows = page.locator("#list-ui-organisations tbody tr")
    expect(rows.first).to_contain_text("应急管理局")
    expect(page.get_by_placeholder("搜索")).to_be_focused()  # typing goes on
    page.get_by_role("link", name="成立日期").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("成立日期")
    assert "q=" in page.url
    assert "sort=from" in page.url
    page.reload()
    expect(rows.first).to_contain_text("应急管理局")  # the address holds it all


def test_the_list_works_without_scripts(
    open_context: Callable[..., BrowserContext], site: Site
) -> None:
    context = open_context()
    with_scripts = context.new_page()
    login(with_scripts, site, "mayor")
    plain = open_context(java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto("/ui/")
    page.get_by_placeholder("搜索").fill("应急管理局")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("#list-ui-organisations tbody tr").first).to_contain_text("应急管理局")
    page.locator(".confirm > summary", has_text="退回").click()
    expect(page.get_by_label("退回理由")).to_be_visible()


def test_a_view_is_kept_for_its_owner(page: Page, site: Site) -> None:
    login(page, site, "lishi")
    page.goto("/ui/?kind=office")
    ready(page)
    page.locator("summary", has_text="存为视图").click()
    page.get_by_label("视图名称").fill("各专委办")
    page.get_by_role("button", name="保存当前条件").click()
    view = page.get_by_role("link", name="各专委办")
    expect(view).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="删除视图").click()
    expect(view).to_have_count(0)


def test_a_page_that_is_not_there_says_so_and_leads_on(
    page: Page, site: Site, watch: Watch
) -> None:
    watch.allow(r"404")
    login(page, site, "sco")
    assert page.goto("/no-such-page/").status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到")
    shot(page, "not-found")
    page.get_by_role("link", name="回到首页").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("没有找到")


def test_news_rings_the_bell_of_an_open_page(
    open_context: Callable[..., BrowserContext], site: Site
) -> None:
    page = open_context(viewport=PHONE).new_page()
    login(page, site, "nengyuan")
    other = open_context().new_page()
    login(other, site, "auditor")
    bell = page.locator(".bell-count")
    before = int(bell.inner_text()) if bell.count() else 0  # other tests told this account too
    _tell(site, "nengyuan", "任务已下达：尾矿库排查")
    expect(bell).to_have_text(str(before + 1))
    expect(other.locator(".bell-count")).to_have_count(0)
    page.locator("#bell").click()
    told = page.locator(".notices .unread").first
    expect(told).to_contain_text("尾矿库排查")
    shot(page, "messages")
    told.get_by_role("button", name="去办理").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("页面构件")
    if before:
        expect(bell).to_have_text(str(before))
    else:
        expect(bell).to_have_count(0)


def test_the_last_of_many_changes_is_told(
    open_context: Callable[..., BrowserContext], site: Site
) -> None:
    """Three changes at a stroke: the page is read at the first, and once more after the last."""
    page = open_context().new_page()
    login(page, site, "nengyuan")
    change = 'event: change\nid: {}\ndata: {{"kind": "notification.created"}}\n\n'
    news = "retry: 600000\n\n" + "".join(map(change.format, range(3)))
    page.route(
        "**/live/**", lambda route: route.fulfill(content_type="text/event-stream", body=news)
    )
    read: list[float] = []
    page.on("request", lambda asked: asked.url.endswith("/bell/") and read.append(time.monotonic()))
    page.reload()
    expect(page.locator("#bell")).to_be_visible()
    page.wait_for_timeout(1500)
    assert len(read) == 2
    assert read[1] - read[0] > 0.2


def _tell(site: Site, username: str, title: str) -> None:
    code = TELL.format(user=username, title=title)
    environment = {**os.environ, "ANLAN_VAR": str(site.var)}
    environment["DJANGO_SETTINGS_MODULE"] = "anlan.config.settings"
    subprocess.run(
        [sys.executable, "-m", "anlan.cli", "manage", "shell", "-c", code],
        env=environment,
        check=True,
        capture_output=True,
    )
