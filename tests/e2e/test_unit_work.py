"""Work of the units in real browsers: a returned report, more time, handing down, supervision."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser import PHONE, Watch, login, ready, shot
from tests.e2e.site import Site

Open = Callable[..., BrowserContext]
Person = Callable[..., Page]


@pytest.fixture
def person(open_context: Open, site: Site) -> Person:
    """A logged-in person in a browser of his own."""

    def open_as(username: str, **options: object) -> Page:
        page = open_context(**options).new_page()
        login(page, site, username)
        return page

    return open_as


def test_a_returned_report_is_corrected_and_reported_again(person: Person) -> None:
    bureau, office = person("nengyuan", viewport=PHONE), person("sco")
    duty = _open_duty(bureau, "强化安全宣传引导")
    _report(bureau, "已印发宣传计划。", 30)
    _open_waiting(office, duty)
    _confirm(office, "退回", reason="请写明开设了哪些专栏。")
    expect(office.get_by_text("已退回，并告知上报人。")).to_be_visible()
    expect(office).to_have_url(duty)  # back where the decision was taken
    bureau.goto(duty)
    expect(bureau.get_by_text("请写明开设了哪些专栏。").first).to_be_visible()
    expect(bureau.get_by_label("工作进展")).to_have_value("已印发宣传计划。")
    shot(bureau, "duty-returned")
    _report(bureau, "已印发宣传计划，电视台开设专栏一个。", 40)
    _open_waiting(office, duty)
    _confirm(office, "核验通过", yes="确认通过")
    bureau.goto(duty)
    expect(bureau.get_by_text("40% ").first).to_be_visible()
    _report(bureau, "写错了的进展", 50)
    _confirm(bureau, "撤回")
    expect(bureau).to_have_url(duty)
    expect(bureau.get_by_label("工作进展")).to_have_value("写错了的进展")


def test_more_time_is_applied_for_and_granted(person: Person, watch: Watch) -> None:
    watch.allow("status of 422")
    bureau, chief = person("nengyuan"), person("scochief")
    duty = _open_duty(bureau, "强化事故警示教育")
    bureau.get_by_text("需要更多时间时").click()
    bureau.get_by_label("申请延至").fill("2025-01-01")
    bureau.get_by_label("申请理由").fill("教育片需重新拍摄。")
    bureau.get_by_role("button", name="提交申请").click()
    expect(bureau.get_by_text("须晚于现期限")).to_be_visible()
    expect(bureau.get_by_label("申请理由")).to_have_value("教育片需重新拍摄。")
    bureau.get_by_label("申请延至").fill("2099-03-01")
    bureau.get_by_role("button", name="提交申请").dblclick()
    expect(bureau.get_by_text("延期申请已提交")).to_be_visible()
    chief.goto("/inbox/")
    own = chief.locator(".side").get_by_role("link", name="待我办理")  # other tests leave work too
    expect(own.locator(".nav-count")).to_have_text(re.compile(r"\d+"))
    shot(chief, "inbox-extension")
    _confirm(chief, "同意延期")
    bureau.goto(duty)
    expect(bureau.get_by_text("已同意").first).to_be_visible()
    expect(bureau.locator(".facts")).to_contain_text("2099-03-01")


def test_a_county_hands_down_a_township_reports_the_county_verifies(
    person: Person, watch: Watch
) -> None:
    watch.allow("status of 422")
    county, township = person("lishihead"), person("binhe", viewport=PHONE)
    _open_duty(county, "强化安全宣传引导")
    county.get_by_role("button", name="下达", exact=True).click()
    expect(county.get_by_text("请至少选择一个下级单位").first).to_be_visible()
    county.get_by_role("button", name="全选").click()
    county.get_by_label("完成期限").fill("2098-01-01")
    county.get_by_role("button", name="下达", exact=True).click()
    expect(county.get_by_text(re.compile("完成期限须在"))).to_be_visible()
    expect(county.get_by_label("滨河街道")).to_be_checked()
    county.get_by_label("完成期限").fill("2025-11-30")
    county.get_by_role("button", name="下达", exact=True).click()
    expect(county.get_by_text(re.compile(r"已下达给 \d+ 个单位"))).to_be_visible()
    shot(county, "duty-handed-down")
    duty = _open_duty(township, "强化安全宣传引导")
    expect(township.get_by_text("由离石区政府核验")).to_be_visible()
    _report(township, "街道大屏已播放公益宣传片。", 60)
    county.goto("/inbox/")
    county.get_by_role("link", name="核验", exact=True).first.click()
    expect(county).to_have_url(duty)
    _confirm(county, "核验通过", yes="确认通过")
    township.goto(duty)
    expect(township.get_by_text("60% ").first).to_be_visible()


def test_an_overdue_duty_is_supervised(person: Person, site: Site) -> None:
    bureau, chief, office = person("nengyuan"), person("scochief"), person("sco")
    duty = _open_duty(bureau, "强化部门监管责任")
    _propose(site, int(re.findall(r"\d+", duty)[-1]))
    chief.goto(duty)
    chief.locator("summary", has_text="下达督办").click()
    chief.get_by_label("回复期限").fill("2099-01-31")
    chief.get_by_role("button", name="签发下达").click()
    expect(chief.get_by_text("督办已下达。")).to_be_visible()
    bureau.goto(duty)
    shot(bureau, "duty-supervised")
    bureau.get_by_label("办理情况").fill("已制定检查计划。")
    bureau.get_by_role("button", name="回复督办").click()
    expect(bureau.get_by_text("督办已回复。")).to_be_visible()
    office.goto(duty)
    _confirm(office, "退回重办", reason="没有附计划文本。")
    bureau.goto(duty)
    bureau.get_by_label("办理情况").fill("计划文本已报市安委办。")
    bureau.get_by_role("button", name="回复督办").click()
    office.goto(duty)
    _confirm(office, "办结")
    office.goto("/orders/")
    expect(office.locator(".list-table")).to_contain_text("已办结")
    shot(office, "orders")


def test_words_survive_the_end_of_the_session(person: Person, site: Site) -> None:
    page = person("nengyuan")
    duty = _open_duty(page, "严肃追责问责")
    page.get_by_label("工作进展").fill("写到一半，登录过期了。")
    page.get_by_label("累计完成").fill("10")
    page.context.clear_cookies(name=re.compile("session"))
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page).to_have_url(re.compile("/login/"))
    password, _ = site.accounts["nengyuan"]
    page.get_by_label("账号").fill("nengyuan")
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(duty)
    page.get_by_role("button", name="恢复草稿").click()
    expect(page.get_by_label("工作进展")).to_have_value("写到一半，登录过期了。")


def _open_duty(page: Page, title: str) -> str:
    page.goto(f"/tasks/?q={title}")
    page.get_by_role("link", name=title, exact=True).first.click()
    ready(page)
    return re.sub(r"[?#].*", "", page.url)


def _report(page: Page, text: str, percent: int) -> None:
    ready(page)
    page.get_by_label("工作进展").fill(text)
    page.get_by_label("累计完成").fill(str(percent))
    page.get_by_role("button", name="上报", exact=True).dblclick()  # reported once all the same
    expect(page.get_by_text("已上报，等待核验")).to_be_visible()


def _open_waiting(office: Page, duty: str) -> None:
    office.goto("/inbox/")
    path = re.sub(r"^https?://[^/]+", "", duty)
    office.locator(f'a.btn[href="{path}"]').click()
    expect(office).to_have_url(duty)


def _confirm(page: Page, label: str, *, yes: str = "", reason: str = "") -> None:
    page.locator("summary", has_text=re.compile(f"^\\s*{label}\\s*$")).first.click()
    dialog = page.locator("dialog")
    if reason:
        dialog.locator("textarea").fill(reason)
    dialog.get_by_role("button", name=yes or label, exact=True).click()


PROPOSE = """
from anlan.plan.models import Duty, SupervisionOrder
duty = Duty.objects.get(pk={pk})
SupervisionOrder.objects.create(duty=duty, grounds=str(duty) + "逾期未办结。")
"""


def _propose(site: Site, pk: int) -> None:
    """What the rule of the night does, for one duty: nobody can make a day pass in a browser."""
    environment = {**os.environ, "ANLAN_VAR": str(site.var), "PORT": str(site.port)}
    environment.pop("DATABASE_URL", None)
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run(
        [sys.executable, "-m", "anlan.cli", "manage", "shell", "-c", PROPOSE.format(pk=pk)],
        env=environment,
        cwd=Path(__file__).parent,
        check=True,
        capture_output=True,
    )
