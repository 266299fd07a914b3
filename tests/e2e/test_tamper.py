"""The night's detector has found a frozen sensor: whose site it is looks into it and says with
proof what it was; another takes the verdict back, with a reason, and the proof stays."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser import Watch, login, ready, shot
from tests.e2e.monitored import given
from tests.e2e.site import Site
from tests.e2e.test_records import photo

Open = Callable[..., BrowserContext]
MINE = "疑点试验煤矿"
FOUND = "标校气样 1.0%，传感器示值不动，接线盒内有短接线。"
# three days of a lively sensor that stood still for three hours of yesterday
NIGHT = f"""
from anlan.monitoring.history.table import History
from anlan.monitoring.services.touched import look_at
site = mine("{MINE}")
chance = np.random.default_rng(5).normal(0, 1, 3 * 2880)
value = np.round(0.5 + 0.1 * np.convolve(chance, np.ones(20) / 20, "same") + 0.03 * chance, 2)
value[-1500:-1140] = value[-1500]
past(methane(site), midnight - timedelta(days=3), 30, value)
yesterday = (midnight - timedelta(hours=1)).date()
print(look_at(site=site, day=yesterday, history=History.at(settings.VAR / "history")))
"""


def test_a_frozen_sensor_is_looked_into(open_context: Open, site: Site, watch: Watch) -> None:
    watch.allow("status of 422")  # no proof
    assert given(site, NIGHT).split() == ["1"]
    inspector = open_context().new_page()
    login(inspector, site, "nengyuan")
    inspector.goto("/monitoring/tamper/")
    shot(inspector, "tamper")
    inspector.get_by_role("row").filter(has_text=MINE).get_by_role("link").first.click()
    ready(inspector)
    expect(inspector.locator(".tamper-why")).to_contain_text("连续360个读数")
    expect(inspector.locator("svg.curve rect.marked")).to_have_count(1)
    _judge(inspector)

    office = open_context().new_page()
    login(office, site, "sco")
    office.goto(inspector.url)
    ready(office)
    expect(office.get_by_text(FOUND).first).to_be_visible()
    office.locator("summary", has_text="重新核查").click()
    office.get_by_label("理由").fill("请附接线盒封条照片。")
    office.get_by_role("button", name="重新核查").click()
    expect(office.get_by_text("已恢复为待核查。")).to_be_visible()
    expect(office.get_by_role("link", name="现场.jpg")).to_be_visible()
    expect(office.get_by_role("listitem").filter(has_text="重新核查")).to_contain_text("封条照片")
    shot(office, "tamper-reopened")


def _judge(inspector: Page) -> None:
    """That it was touched needs proof; without it nothing is stored and nothing typed is lost."""
    inspector.get_by_label("结论").select_option(label="确认动过")
    inspector.get_by_label("核查情况").fill(FOUND)
    inspector.get_by_role("button", name="登记结论").click()
    expect(inspector.get_by_text("“确认动过”须附佐证材料。").first).to_be_visible()
    ready(inspector)
    expect(inspector.get_by_label("核查情况")).to_have_value(FOUND)
    expect(inspector.locator(".facts").first).to_contain_text("待核查")
    inspector.get_by_label("佐证材料").set_input_files([photo(902)])
    inspector.get_by_role("button", name="登记结论").click()
    expect(inspector.get_by_text("核查结论已登记：确认动过。")).to_be_visible()
    expect(inspector.locator(".facts").first).to_contain_text("确认动过")
    shot(inspector, "tamper-judged")
