"""A county's year in short: what it did is recorded and counted, one quota is met and one missed;
the city calls, the county explains, what is decided becomes its duty, and a bulletin is drafted.

On an installation of its own: it publishes a notice of this year, which would stand in the way of
the other tests.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.browser import PHONE, Watch, login, ready, shot
from tests.e2e.site import Site
from tests.factories import day, jpeg, photograph, this_year

Person = Callable[..., Page]
COUNT_SECONDS = 150  # counting follows within a minute, on a busy machine later
NOTICE = """吕梁市人民政府

关于做好{year}年安全生产工作的通知

各县（市、区）人民政府，市直各有关单位：

{year}年，全市安全生产工作安排如下。

一、落实安全责任

（一）压实党政领导责任。各县市区人民政府每季度至少召开1次安全生产专题会议，每年至少解决2项制约安全发展的难题。（各县市区人民政府负责）

吕梁市人民政府

{year}年1月20日
"""
# Nobody can make a year pass in a browser: the county's duties were given when the year began.
GIVEN_IN_JANUARY = """
from datetime import datetime
from django.utils import timezone
from anlan.plan.models import Duty
from anlan.plan.services.standings import restand_all
rows = Duty.objects.filter(key_duty__plan__year={year})
rows.update(created_at=timezone.make_aware(datetime({year}, 1, 20)))
restand_all()
"""


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="anlan-site-") as folder:
        running = Site(Path(folder) / "var")
        running.start()
        yield running
        running.stop()


@pytest.fixture
def person(open_context: Callable[..., BrowserContext], site: Site) -> Person:
    """A logged-in person in a browser of his own."""

    def open_as(username: str, **options: object) -> Page:
        page = open_context(**options).new_page()
        login(page, site, username)
        return page

    return open_as


@pytest.mark.skipif("day(0).month < 4", reason="no quarter of this year is over yet")
def test_a_county_s_year(person: Person, site: Site, watch: Watch) -> None:
    office, chief, county = person("sco"), person("scochief"), person("lishi", viewport=PHONE)
    _publish(office, chief)
    for number in (1, 2):
        _record(county, number)
    _verify(office)
    _manage(site, GIVEN_IN_JANUARY.format(year=this_year()))

    county.goto("/tasks/?q=难题")
    met = _until(county, "已达标")
    expect(met).to_contain_text("2 项")
    county.goto("/tasks/?q=专题会议")
    missed = county.get_by_role("row", name=re.compile("已逾期"))
    overdue = missed.count()
    assert overdue == (day(0).month - 1) // 3
    shot(county, "year-tasks")

    call = _call(office)
    _explain(county)
    _decide(office, call)
    _close(chief, call)
    county.goto("/tasks/?q=补开专题会议")
    county.get_by_role("link", name="补开专题会议").first.click()
    expect(county.get_by_text("调度会").first).to_be_visible()
    shot(county, "year-duty-of-a-call")

    office.goto("/cockpit/")
    row = office.locator(".ranking tbody tr", has_text="离石区")
    expect(row).to_contain_text(f"逾期 {overdue} 项")
    shot(office, "year-cockpit")
    assert _bulletin(office)["离石区"] == str(overdue)


def _publish(office: Page, chief: Page) -> None:
    office.goto("/notices/")
    text = NOTICE.format(year=this_year()).encode()
    notice = {"name": "通知.txt", "mimeType": "text/plain", "buffer": text}
    office.get_by_label("通知文件").set_input_files([notice])
    office.get_by_role("button", name="上传并读取").click()
    expect(office.get_by_role("heading", name="读出 1 项任务")).to_be_visible(timeout=30_000)
    address = re.sub(r"\?.*", "", office.url)
    for words, measure in (("专题会议", "安全生产专题会议"), ("难题", "办实事、解难题清单")):
        office.goto(f"{address}?tab=clauses")
        clause = office.get_by_role("row", name=re.compile(words))
        clause.get_by_role("link", name="更正").click()
        ready(office)
        chosen = office.get_by_label("指标").locator("option", has_text=measure).first
        office.get_by_label("指标").select_option(value=chosen.get_attribute("value"))
        office.get_by_role("button", name="保存").click()
        expect(clause.get_by_text("计数")).to_be_visible()
    office.goto(f"{address}?tab=publish")
    _confirm(office, "提交发布")
    expect(office.get_by_text("等待安委办负责人发布")).to_be_visible()
    chief.goto(f"{address}?tab=publish")
    _confirm(chief, "发布", yes="确认发布")
    expect(chief.get_by_text("各责任单位现在可以看到")).to_be_visible(timeout=30_000)


def _record(county: Page, number: int) -> None:
    """On the phone: a problem solved, with a photograph as proof."""
    county.goto("/records/new/")
    county.get_by_role("link", name="办实事、解难题清单").click()
    ready(county)
    county.get_by_label("做了什么").fill(f"解决执法装备不足的问题之{number}")
    county.get_by_label("方面").select_option(label="执法装备")
    county.get_by_label("问题何时列入清单").fill(f"{this_year()}-01-05")
    county.get_by_label("问题是什么").fill("执法记录仪不足。")
    county.get_by_label("怎样解决的").fill("区财政列支，已配发到所。")
    picture = {
        "name": "现场.jpg",
        "mimeType": "image/jpeg",
        "buffer": jpeg(photograph(700 + number)),
    }
    county.get_by_label("现场拍照").set_input_files([picture])
    county.get_by_role("button", name="提交", exact=True).click()
    expect(county.get_by_text("已提交，等待核验。")).to_be_visible()


def _verify(office: Page) -> None:
    office.goto("/records/verify/")
    ready(office)
    rows = office.get_by_role("row", name=re.compile("解决执法装备不足的问题"))
    expect(rows).to_have_count(2)
    for row in rows.all():
        row.get_by_role("checkbox").check()
    office.get_by_label("核验意见").fill("已电话核实。")
    office.get_by_role("button", name="选中的核验通过").click()
    expect(office.get_by_text("已核验通过 2 条。")).to_be_visible()


def _until(page: Page, words: str) -> Locator:
    """The first row that says ``words``: the page is read again until the job has counted."""
    end = time.monotonic() + COUNT_SECONDS
    row = page.get_by_role("row", name=re.compile(words)).first
    while not row.count():
        assert time.monotonic() < end, page.content()
        time.sleep(2)
        page.reload()
    return row


def _call(office: Page) -> str:
    office.goto("/calls/new/")
    ready(office)
    office.get_by_label("周调度").check()
    office.get_by_label("会议时间").fill(f"{day(1)}T15:00")
    office.get_by_role("button", name="冻结数据，开展调度").click()
    expect(office.locator("#explanations")).to_contain_text("离石区")
    shot(office, "year-call")
    return re.sub(r"\?.*", "", office.url)


def _explain(county: Page) -> None:
    county.goto("/calls/")
    county.get_by_role("link", name=re.compile("调度")).last.click()
    county.get_by_role("link", name=re.compile("离石区")).first.click()
    ready(county)
    county.get_by_label("原因").fill("一、二、三季度会议议题未单列安全生产。")
    county.get_by_label("整改措施").fill("本季度起每季度首月单独召开。")
    county.get_by_label("新的完成时间").fill(f"{this_year()}-12-31")
    county.get_by_role("button", name="提交说明").click()
    expect(county.get_by_text("已提交的说明")).to_be_visible()
    shot(county, "year-explained")


def _decide(office: Page, call: str) -> None:
    office.goto(call)
    office.get_by_role("link", name="记录议定事项").click()
    ready(office)
    office.get_by_label("议定事项").fill("补开专题会议，把议题和决定报安委办。")
    office.get_by_label("所属重点任务").select_option(index=1)
    office.get_by_label("完成期限").fill(f"{this_year()}-12-31")
    office.get_by_label("离石区政府").check()
    office.get_by_role("button", name="记入纪要").click()
    expect(office.locator("#minutes")).to_contain_text("补开专题会议")
    _confirm(office, "提交审签")


def _close(chief: Page, call: str) -> None:
    """A second person: what was decided becomes a duty."""
    chief.goto(call)
    _confirm(chief, "审签办结", yes="审签并下达")
    expect(chief.locator("#minutes")).to_contain_text("议定事项已成为任务")


def _bulletin(office: Page) -> dict[str, str]:
    """The overdue duties of each county by the table of the draft."""
    office.locator("details.menu", has_text="导出").locator("summary").click()
    with office.expect_download() as taken:
        office.get_by_role("link", name="通报稿").click()
    table = Document(io.BytesIO(Path(taken.value.path()).read_bytes())).tables[0]
    heads, *rows = ([cell.text for cell in row.cells] for row in table.rows)
    return {row[heads.index("地区")]: row[heads.index("逾期")] for row in rows}


def _confirm(page: Page, label: str, *, yes: str = "") -> None:
    page.locator("summary", has_text=re.compile(f"^\\s*{label}\\s*$")).first.click()
    page.get_by_role("button", name=yes or label, exact=True).first.click()


def _manage(site: Site, code: str) -> None:
    environment = {**os.environ, "ANLAN_VAR": str(site.var), "PORT": str(site.port)}
    environment.pop("DATABASE_URL", None)
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run(
        [sys.executable, "-m", "anlan.cli", "manage", "shell", "-c", code],
        env=environment, cwd=Path(__file__).parent, check=True, capture_output=True,
    )  # fmt: skip
