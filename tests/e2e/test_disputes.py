"""Nobody regulates a place: a county says so, a bureau is heard, the office's chief decides."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser import PHONE, login, ready, shot
from tests.e2e.site import Site

Open = Callable[..., BrowserContext]
NAME = "新业态试验场"


def test_from_a_phone_to_the_decision(open_context: Open, site: Site) -> None:
    phone = open_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    login(phone, site, "lishi")
    phone.goto("/registry/sites/new/")
    ready(phone)
    phone.get_by_label("名称", exact=True).fill(NAME)
    phone.get_by_label("类别").select_option(label="经营、活动场所")
    phone.get_by_label("行业领域").select_option(label="新行业、新业态")
    phone.get_by_label("所在区划").fill("141102001")
    phone.get_by_role("button", name="登记", exact=True).click()
    phone.get_by_role("link", name="提出归属争议").click()
    ready(phone)
    phone.get_by_label("争议理由").fill("室内游乐项目不在特种设备目录内，没有部门监管。")
    phone.get_by_label("引用的依据").fill("《安全生产法》第十条")
    shot(phone, "dispute-raise")
    phone.get_by_role("button", name="提出争议").click()
    phone.get_by_role("link", name=re.compile("提出的争议")).click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text(NAME)
    address = re.sub(r"^https?://[^/]+", "", phone.url)

    office = _at(open_context, site, "sco", address)
    office.get_by_label("市应急局", exact=True).check()
    office.get_by_label("答复期限").fill(f"{timezone.localdate() + timedelta(days=5)}")
    office.get_by_role("button", name="征求意见").click()
    expect(office.get_by_text("已向 1 个单位征求意见。")).to_be_visible()

    bureau = _at(open_context, site, "yingji", "/registry/disputes/")
    bureau.get_by_role("link", name=NAME).click()
    ready(bureau)
    bureau.get_by_label("意见", exact=True).fill("与文化和旅游业务相近。")
    bureau.get_by_label("认为应由谁监管").fill("市文旅局")
    shot(bureau, "dispute-opinion")
    bureau.get_by_role("button", name="答复").click()
    expect(bureau.get_by_text("市应急局的意见已答复。")).to_be_visible()

    chief = _at(open_context, site, "scochief", address)
    chief.get_by_label("由谁监管", exact=True).fill("市文旅局")
    chief.get_by_label("决定理由").fill("按业务相近原则。")
    chief.get_by_label("决定依据").fill("会议纪要")
    chief.get_by_role("button", name="作出决定").click()
    expect(chief.get_by_text(re.compile("已决定：自 .* 起由市文旅局监管"))).to_be_visible()
    shot(chief, "dispute-decided")
    with chief.expect_download() as paper:
        chief.get_by_role("link", name="决定书").click()
    assert paper.value.suggested_filename.endswith(".docx")


def _at(open_context: Open, site: Site, account: str, address: str) -> Page:
    page = open_context().new_page()
    login(page, site, account)
    page.goto(address)
    ready(page)
    return page
