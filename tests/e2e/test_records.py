"""A clerk records on a phone; another person finds it in the queue and verifies it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.e2e.browser import PHONE, login, ready, shot
from tests.e2e.site import Site
from tests.factories import jpeg, photograph

Open = Callable[..., BrowserContext]


def photo(seed: int) -> FilePayload:
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": jpeg(photograph(seed))}


def test_recorded_on_a_phone_and_verified_by_another(open_context: Open, site: Site) -> None:
    phone = open_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    login(phone, site, "lishi")
    phone.goto("/records/new/")
    shot(phone, "records-choose")
    phone.get_by_role("link", name="安全生产专题会议").click()
    ready(phone)
    assert phone.get_by_label("日期").input_value()  # today is there already
    phone.get_by_label("做了什么").fill("下半年安全生产专题会议")
    phone.get_by_label("主持人").fill("区长")
    phone.get_by_label("研究决定的事项").fill("研究非煤矿山整合重组。")
    submit(phone)
    expect(phone.get_by_text("内容已保存为草稿")).to_be_visible()  # the proof is missing
    ready(phone)
    phone.get_by_label("现场拍照").set_input_files([photo(901)])
    submit(phone)
    expect(phone.get_by_text("已提交，等待核验。")).to_be_visible()
    address = re.sub(r"^https?://[^/]+", "", phone.url)
    shot(phone, "record-submitted")

    office = open_context().new_page()
    login(office, site, "sco")
    office.goto("/records/verify/")
    shot(office, "records-queue")
    ready(office)
    row = office.get_by_role("row", name="下半年安全生产专题会议")
    row.get_by_role("checkbox").check()
    reason = office.get_by_label("核验意见")
    if reason.get_attribute("required") is not None:  # it was held on a day of rest
        reason.fill("电话核实")
    office.get_by_role("button", name="选中的核验通过").click()
    expect(office.get_by_text("已核验通过 1 条。")).to_be_visible()
    phone.goto(address)
    expect(phone.locator(".facts").get_by_text("已核验")).to_be_visible()
    phone.get_by_role("button", name="照此再记一条").click()
    expect(phone.get_by_text("本单位当天已有一条同名记录")).to_be_visible()
    office.goto("/records/?q=专题会议&state=verified")
    expect(office.get_by_role("link", name="下半年安全生产专题会议")).to_be_visible()
    expect(office.get_by_placeholder("搜索")).to_have_value("专题会议")
    shot(office, "records-list")


def submit(page: Page) -> None:
    page.get_by_role("button", name="提交", exact=True).dblclick()  # one record all the same
