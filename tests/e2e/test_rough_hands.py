"""Hasty and unlucky hands: double clicks, too long a text, a form that went stale."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser import PHONE, Watch, login, ready, shot
from tests.e2e.site import Site

Open = Callable[..., BrowserContext]
SAMPLE = Path(__file__).resolve().parents[2] / "data/samples/yunling-2026-sample.txt"
REPORT_LIMIT = 5000  # characters


@pytest.fixture
def person(open_context: Open, site: Site) -> Callable[[str], Page]:
    """A logged-in person in a browser of his own."""

    def open_as(username: str) -> Page:
        page = open_context().new_page()
        login(page, site, username)
        return page

    return open_as


def test_a_double_click_decides_one_point_and_complains_of_nothing(
    person: Callable[[str], Page],
) -> None:
    clerk = person("sco")
    clerk.goto("/notices/")
    clerk.get_by_label("通知文件").set_input_files(SAMPLE)
    clerk.get_by_role("button", name="上传并读取").click()
    expect(clerk.locator(".side-read")).to_be_visible(timeout=30_000)
    clerk.goto(re.sub(r"\?.*", "", clerk.url) + "?tab=points")
    ready(clerk)
    waiting = clerk.locator(".views a").first
    before = int(waiting.inner_text().split()[-1])
    clerk.locator("[data-accept]").first.dblclick()
    expect(waiting).to_have_text(f"待处理 {before - 1}")
    expect(clerk.locator("#alerts")).to_have_text(re.compile(r"^\s*\S*\s*已处理 1 条。\s*$"))
    clerk.locator("summary", has_text="不处理…").first.click()
    dialog = clerk.locator("dialog[open]")
    heading, reason = dialog.locator(".dialog-title"), dialog.locator("textarea")
    above, below = heading.bounding_box(), reason.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]  # one below the other
    shot(clerk, "point-ignored")
    clerk.keyboard.press("Escape")
    clerk.set_viewport_size(PHONE)
    clerk.goto(re.sub(r"\?.*", "?tab=publish", clerk.url))
    ready(clerk)
    expect(clerk.locator("#doc-tabs [aria-current]")).to_be_in_viewport(ratio=0.9)
    clerk.locator("summary", has_text=re.compile(r"^\s*撤回\s*$")).click()
    clerk.get_by_role("button", name="撤回", exact=True).click()
    expect(clerk.get_by_text("已撤回，记录保留。")).to_be_visible()


def test_what_was_typed_stays_where_a_form_went_stale(
    person: Callable[[str], Page], watch: Watch, tmp_path: Path
) -> None:
    watch.allow("status of 403")
    bureau = person("yingji")
    bureau.goto("/tasks/?q=强化事故警示教育")
    bureau.get_by_role("link", name="强化事故警示教育", exact=True).click()
    ready(bureau)
    text = bureau.get_by_label("工作进展")
    text.fill("字" * (REPORT_LIMIT + 100))
    expect(bureau.get_by_text(f"已满 {REPORT_LIMIT} 字，超出的文字没有填入")).to_be_visible()
    text.fill("写了很久的进展")
    expect(bureau.locator("[data-full]")).to_be_hidden()
    note = tmp_path / "说明.txt"
    note.write_text("佐证", encoding="utf-8")
    bureau.get_by_label("佐证材料").set_input_files(note)
    bureau.context.clear_cookies()
    bureau.get_by_role("button", name="上报", exact=True).click()
    expect(bureau.locator("#alerts")).to_contain_text("本次提交没有执行")
    expect(text).to_have_value("写了很久的进展")
    bureau.evaluate("document.querySelector('form[data-dirty]').reset()")
