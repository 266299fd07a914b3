"""Organisations, groups and names as people work on them in a browser, on all of Lüliang."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.browser import Watch, login, ready, shot
from tests.e2e.site import Site

MEMBERS = "市安委会成员单位"


def test_the_office_finds_a_unit_and_keeps_a_group(page: Page, site: Site, watch: Watch) -> None:
    watch.allow("422")  # a form sent with a fault
    login(page, site, "sco")
    page.get_by_role("link", name="单位", exact=True).click()
    shot(page, "organisations")
    page.get_by_placeholder("搜索").fill("市规自局")  # an alias, not its name
    row = page.locator("#list-orgs-organisations tbody tr")
    expect(row).to_have_count(1)
    row.get_by_role("link", name="市规划和自然资源局").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("吕梁市规划和自然资源局")
    expect(page.get_by_role("link", name=MEMBERS)).to_be_visible()
    shot(page, "organisation")

    page.get_by_label("别名").fill("市应急局")
    page.get_by_role("button", name="增加").click()
    expect(page.locator(".form-summary")).to_contain_text("已指吕梁市应急管理局")
    expect(page.get_by_label("别名")).to_have_value("市应急局")
    shot(page, "organisation-refused")

    page.get_by_role("link", name="单位组", exact=True).first.click()
    ready(page)
    shot(page, "groups")
    page.get_by_role("link", name=MEMBERS, exact=True).click()
    form = page.locator("#add")
    form.get_by_label("单位").fill("离石区政府")
    form.get_by_role("button", name="列入").click()
    expect(page.locator(".trail-step").first).to_contain_text("离石区政府")
    members = page.locator("#members tbody tr", has_text="离石区政府")
    expect(members).to_have_count(1)
    members.get_by_role("link", name="结束").click()
    page.locator("#end").get_by_role("button", name="结束").click()
    expect(page.locator(".trail-step").first).to_contain_text("结束成员资格")
    expect(members).not_to_contain_text("结束")  # in it today for the last day

    page.locator(".confirm > summary", has_text="核实名单").click()
    page.get_by_role("dialog").get_by_role("button", name="已核实").click()
    expect(page.locator(".page-head-sub")).to_contain_text("已核实")
    shot(page, "group")
    page.get_by_label("查看日期").fill("2024-12-31")
    expect(page.locator("#members")).to_contain_text("这一天没有成员")
    shot(page, "group-before")


def test_a_name_is_tried(page: Page, site: Site, watch: Watch) -> None:
    watch.allow("422")
    login(page, site, "yingji")
    page.get_by_role("link", name="名称指认").click()
    ready(page)
    shot(page, "who-empty")
    page.get_by_label("名称", exact=True).fill("市煤矿安全专委会各成员单位")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("#answer")).to_contain_text("认不出")
    shot(page, "who-unknown")
    page.locator("#answer li a").first.click()  # a suggestion
    expect(page.locator("#answer")).not_to_contain_text("认不出")
    page.get_by_label("名称", exact=True).fill("各县（市、区）政府")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("#answer li")).to_have_count(13)
    shot(page, "who-group")
    page.get_by_label("文件出自").fill("某市")
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".form-summary")).to_contain_text("没有找到区划“某市”")
    shot(page, "who-refused")


def test_the_administrator_adds_renames_and_dissolves(page: Page, site: Site, watch: Watch) -> None:
    watch.allow("422")
    login(page, site, "system")
    page.goto("/organisations/new/")
    ready(page)
    page.get_by_role("button", name="增设").click()
    expect(page.locator(".form-summary")).to_contain_text("请选择类别")
    shot(page, "organisation-new")
    page.get_by_label("全称").fill("吕梁市矿山安全局")
    page.get_by_label("简称").fill("市矿山局")
    page.get_by_label("类别").select_option("bureau")
    page.get_by_label("区划").fill("吕梁市")
    page.get_by_label("上级单位").fill("市政府")
    page.get_by_label("成立日期").fill("2025-03-01")
    page.get_by_role("button", name="增设").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("吕梁市矿山安全局")

    page.locator("#rename summary").click()
    page.get_by_label("新全称").fill("吕梁市矿山安全监察局")
    page.get_by_label("新简称").fill("市矿监局")
    page.locator("#rename").get_by_label("依据").fill("机构改革方案")
    page.get_by_role("button", name="更名").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("吕梁市矿山安全监察局")
    expect(page.locator("main")).to_contain_text("吕梁市矿山安全局 → 吕梁市矿山安全监察局")

    page.locator("#dissolve summary").click()
    shot(page, "organisation-system")
    page.locator("#dissolve").get_by_label("依据").fill("试设期满")
    page.get_by_role("button", name="登记撤销").click()
    expect(page.locator("#dissolve")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("存续至")
    shot(page, "organisation-dissolved")
