"""A red alarm opens the draft of a first report: a duty officer completes it and says that it is an
accident, the law's hours run, the office takes it over and prints it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from docx import Document
from playwright.sync_api import BrowserContext, Page, expect

from anlan.monitoring.protocols.hj212.readings import CHINA
from tests.e2e.browser import PHONE, Watch, login, ready, shot
from tests.e2e.monitored import SECONDS_TO_LEARN, given, secret, send
from tests.e2e.site import Site

Open = Callable[..., BrowserContext]
MINE = "初报试验煤矿"
REGISTERED = f"""
site = mine("{MINE}")
http(site, "t-draft", methane(site))
"""
SITUATION = "上隅角瓦斯超限，回风巷有烟。"


def test_from_a_red_alarm_to_the_office(
    open_context: Open, site: Site, watch: Watch, tmp_path: Path
) -> None:
    watch.allow("status of 422")  # handed in without what has been done
    key = secret(given(site, REGISTERED))
    time.sleep(SECONDS_TO_LEARN)
    duty = open_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    login(duty, site, "nengyuan")
    duty.goto("/monitoring/drafts/")
    ready(duty)
    send(site, "t-draft", key, [0.4, 1.75])
    duty.get_by_role("link", name=re.compile(MINE)).click()
    ready(duty)
    expect(duty.get_by_text("1.75 %").first).to_be_visible()
    _complete(duty)
    until = _say_that_it_is_an_accident(duty)

    office = open_context().new_page()
    login(office, site, "sco")
    office.goto("/monitoring/drafts/")
    row = office.get_by_role("row").filter(has_text=MINE)
    expect(row).to_contain_text("生产安全事故")
    row.get_by_role("link").first.click()
    ready(office)
    expect(office.locator("#accident")).to_contain_text(f"{until:%m-%d %H:%M}")
    expect(office.locator("summary", has_text=re.compile(r"^\s*不报\s*$"))).to_have_count(0)
    office.get_by_role("button", name="接收", exact=True).click()
    expect(office.get_by_text("初报已接收。")).to_be_visible()
    shot(office, "draft-taken")
    _print(office, tmp_path)


def _complete(duty: Page) -> None:
    """Nothing is handed in without situation and measures, and nothing typed is lost."""
    duty.get_by_label("现场情况和简要经过").fill(SITUATION)
    duty.get_by_label("死亡人数").fill("0")
    duty.get_by_role("button", name="保存并提交").click()
    expect(duty.get_by_text("提交前须填写现场情况和已采取的措施").first).to_be_visible()
    ready(duty)
    expect(duty.get_by_label("现场情况和简要经过")).to_have_value(SITUATION)
    duty.get_by_label("已采取的措施").fill("已撤人、断电。")
    shot(duty, "draft-form")
    duty.get_by_role("button", name="保存并提交").click()
    expect(duty.get_by_text("初报已提交，已通知安委办接收。")).to_be_visible()
    ready(duty)


def _say_that_it_is_an_accident(duty: Page) -> datetime:
    """Until when the department must report: two hours after it was told."""
    card = duty.locator("#accident")
    expect(card.get_by_text("计时中")).to_have_count(0)
    knew = datetime.now(CHINA) - timedelta(minutes=40)
    card.locator("summary", has_text="认定为生产安全事故").click()
    duty.get_by_label("部门接到事故报告的时间").fill(f"{knew:%Y-%m-%dT%H:%M}")
    duty.get_by_role("button", name="认定，开始计时").click()
    expect(duty.get_by_text("已认定为生产安全事故，时限开始计算。")).to_be_visible()
    until = knew + timedelta(hours=2)
    counted = card.get_by_role("listitem").filter(has_text="逐级上报")
    expect(counted).to_contain_text("计时中")
    expect(counted).to_contain_text(f"至 {until:%m-%d %H:%M}")
    shot(duty, "draft-accident")
    return until


def _print(office: Page, folder: Path) -> None:
    with office.expect_download() as taken:
        office.get_by_role("link", name="导出初报").click()
    assert re.fullmatch(f"险情信息初报-{MINE}-.*[.]docx", taken.value.suggested_filename)
    taken.value.save_as(folder / "paper.docx")
    said = "\n".join(each.text for each in Document(str(folder / "paper.docx")).paragraphs)
    for words in (f"关于{MINE}险情信息的初报", SITUATION, "死亡 0 人", "受伤 待核实", "1.75 %",
                  "已认定为生产安全事故"):  # fmt: skip
        assert words in said
    assert "尚未提交" not in said
