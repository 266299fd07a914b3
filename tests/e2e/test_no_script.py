"""The main path without JavaScript: forms, dialogs and lists are plain HTML first."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.site import Site
from tests.shared import shared

Open = Callable[..., BrowserContext]


def test_from_the_notice_to_a_verified_report(open_context: Open, site: Site) -> None:
    def person(username: str) -> Page:
        page = open_context(java_script_enabled=False).new_page()
        page.goto("/login/")
        page.get_by_label("账号").fill(username)
        page.get_by_label("口令").fill(site.accounts[username][0])
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        return page

    clerk = person("sco")
    address = _import(clerk)
    _check_and_submit(clerk, address)
    chief = person("scochief")
    chief.goto(f"{address}?tab=publish")
    _confirm(chief, "发布", "确认发布")
    expect(chief.get_by_text("各责任单位现在可以看到")).to_be_visible(timeout=30_000)
    bureau = person("nengyuan")
    bureau.goto("/tasks/?q=压实党政领导责任")
    bureau.get_by_role("link", name="压实党政领导责任", exact=True).first.click()
    duty = bureau.url
    bureau.get_by_label("工作进展").fill("职责清单和任务清单已印发。")
    bureau.get_by_label("累计完成").fill("20")
    bureau.get_by_role("button", name="上报", exact=True).click()
    expect(bureau.get_by_text("已上报，等待核验")).to_be_visible()
    clerk.goto(duty)
    _confirm(clerk, "核验通过", "确认通过")
    expect(clerk.get_by_text("已核验通过。")).to_be_visible()
    expect(clerk.get_by_text("20% ").first).to_be_visible()


def _import(clerk: Page) -> str:
    clerk.goto("/notices/")
    clerk.get_by_label("通知文件").set_input_files(shared("notices/luliang-2025-draft.txt"))
    clerk.get_by_role("button", name="上传并读取").click()
    read = clerk.get_by_role("heading", name="读出 21 项任务")
    for _ in range(60):  # nothing tells the page that the reading is done: one looks again
        if read.is_visible():
            break
        clerk.wait_for_timeout(500)
        clerk.reload()
    expect(read).to_be_visible()
    return re.sub(r"\?.*", "", clerk.url)


def _check_and_submit(clerk: Page, address: str) -> None:
    clerk.goto(f"{address}?tab=points&code=unit_missing_in_body")
    clerk.get_by_role("button", name="补列单位").last.click()
    expect(clerk.get_by_text("已把“市行政审批局”补列为第 13 项的责任单位")).to_be_visible()
    clerk.goto(f"{address}?tab=points")
    clerk.get_by_label("全部待处理的").check()
    clerk.get_by_role("button", name="采纳，请起草单位修改").click()
    expect(clerk.get_by_text("核对事项都处理完了")).to_be_visible()
    clerk.goto(f"{address}?tab=publish")
    _confirm(clerk, "提交发布", "提交发布")
    expect(clerk.get_by_text("等待安委办负责人发布")).to_be_visible()


def _confirm(page: Page, label: str, yes: str) -> None:
    page.locator("summary", has_text=re.compile(f"^\\s*{label}\\s*$")).first.click()
    page.get_by_role("button", name=yes, exact=True).first.click()
