"""The main job, walked in real browsers: import the real notice → check → publish → a bureau
reports with a photograph → the office verifies → the matrix changes on a second screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.browser import Watch, login, ready, shot
from tests.e2e.site import Site
from tests.shared import shared

Open = Callable[..., BrowserContext]
LIVE_MS = 1000  # a verified report changes another's screen within a second


@pytest.fixture
def person(open_context: Open, site: Site) -> Callable[[str], Page]:
    """A logged-in person in a browser of his own."""

    def open_as(username: str) -> Page:
        page = open_context().new_page()
        login(page, site, username)
        return page

    return open_as


def test_from_the_notice_to_a_changed_matrix(
    person: Callable[[str], Page], watch: Watch, tmp_path: Path
) -> None:
    watch.allow(r"status of 422")  # a form with its faults
    notice = shared("notices/luliang-2025-draft.txt")
    clerk = person("sco")
    address = _import(clerk, notice)
    _check(clerk, address)
    _publish(person("scochief"), address)
    bureau = person("yingji")
    duty = _report(bureau, _photograph(tmp_path))
    leader = person("mayor")
    leader.goto("/matrix/")
    cell = _cell(leader, "持续建设完善管理体制", "市直单位")
    before = cell.inner_text()
    expect(leader.locator("#connection")).to_be_hidden()
    _verify(clerk, duty)
    expect(cell).not_to_have_text(before, timeout=LIVE_MS)
    shot(leader, "matrix")
    bureau.goto(duty)
    expect(bureau.locator(".standing-line")).to_contain_text("已达标")
    expect(bureau.get_by_role("img", name="现场.jpg")).to_be_visible()
    shot(bureau, "duty-met")


def _import(clerk: Page, notice: Path) -> str:
    clerk.goto("/notices/")
    shot(clerk, "notices")
    clerk.get_by_label("通知文件").set_input_files(notice)
    clerk.get_by_role("button", name="上传并读取").click()
    expect(clerk.get_by_role("heading", name="读出 21 项任务")).to_be_visible(timeout=30_000)
    shot(clerk, "review")
    return re.sub(r"\?.*", "", clerk.url)


def _check(clerk: Page, address: str) -> None:
    """Original and reading are linked both ways; nothing can be submitted while points are open."""
    item = clerk.locator("#item-16")
    item.get_by_text("原文第").click()
    expect(clerk.locator(".source li.is-shown").first).to_be_in_viewport()
    clerk.goto(f"{address}?tab=publish")
    expect(clerk.get_by_text("条核对事项没有处理")).to_be_visible()
    expect(clerk.get_by_text("提交发布", exact=True)).to_have_count(0)
    clerk.goto(f"{address}?tab=points")
    shot(clerk, "points")
    clerk.get_by_role("button", name="不处理").click()
    expect(clerk.get_by_text("请先勾选要处理的核对事项")).to_be_visible()
    clerk.get_by_label("全部待处理的").check()
    clerk.get_by_role("button", name="不处理").click()
    expect(clerk.get_by_text("须写明理由")).to_be_visible()
    clerk.get_by_label("全部待处理的").check()
    clerk.get_by_role("button", name="采纳，请起草单位修改").click()
    expect(clerk.get_by_text(re.compile(r"已处理 \d+ 条"))).to_be_visible()
    clerk.goto(f"{address}?tab=units")
    shot(clerk, "units")
    expect(clerk.get_by_text("未对应", exact=True)).to_have_count(0)
    clerk.goto(f"{address}?tab=clauses")
    shot(clerk, "clauses")
    clerk.goto(f"{address}?tab=publish")
    shot(clerk, "publish")
    _confirm(clerk, "提交发布")
    expect(clerk.get_by_text("等待安委办负责人发布")).to_be_visible()
    expect(clerk.get_by_text("发布", exact=True).locator("visible=true")).to_have_count(
        1
    )  # the tab


def _publish(chief: Page, address: str) -> None:
    """A second person publishes."""
    chief.goto(f"{address}?tab=publish")
    _confirm(chief, "发布", yes="确认发布")
    expect(chief.get_by_text("各责任单位现在可以看到")).to_be_visible(timeout=30_000)
    shot(chief, "published")


def _report(bureau: Page, photograph: Path) -> str:
    bureau.goto("/tasks/?q=持续建设完善管理体制")
    shot(bureau, "tasks")
    bureau.get_by_role("link", name="持续建设完善管理体制").click()
    ready(bureau)
    bureau.get_by_label("工作进展").fill("防灾减灾救灾委员会已经设立，文件已印发。")
    bureau.get_by_label("已全部完成，申请办结").check()
    bureau.get_by_role("button", name="上报", exact=True).click()
    expect(bureau.get_by_text("至少附一份佐证材料")).to_be_visible()
    expect(bureau.get_by_label("工作进展")).to_have_value(re.compile("委员会已经设立"))
    bureau.get_by_label("佐证材料").set_input_files(photograph)
    bureau.get_by_role("button", name="上报", exact=True).click()
    expect(bureau.get_by_text("已上报，等待核验")).to_be_visible()
    shot(bureau, "duty-reported")
    return re.sub(r"\?.*", "", bureau.url)


def _verify(clerk: Page, duty: str) -> None:
    clerk.goto("/inbox/")
    shot(clerk, "inbox")
    clerk.get_by_role("link", name="核验", exact=True).first.click()
    expect(clerk).to_have_url(duty)
    shot(clerk, "duty-to-verify")
    _confirm(clerk, "核验通过", yes="确认通过")


def _confirm(page: Page, label: str, *, yes: str = "") -> None:
    page.locator("summary", has_text=re.compile(f"^\\s*{label}\\s*$")).click()
    page.get_by_role("button", name=yes or label, exact=True).click()


def _cell(page: Page, key_duty: str, area: str) -> Locator:
    heads = page.locator(".matrix thead th").all_inner_texts()
    row = page.locator(".matrix tbody tr", has_text=key_duty)
    return row.locator("td").nth(heads.index(area) - 1)


def _photograph(folder: Path) -> Path:
    image = Image.effect_noise((640, 480), 80).convert("RGB")
    ImageDraw.Draw(image).rectangle((80, 60, 400, 300), fill=(180, 60, 40))
    content = BytesIO()
    image.save(content, "JPEG")
    path = folder / "现场.jpg"
    path.write_bytes(content.getvalue())
    return path
