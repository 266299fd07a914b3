"""A sensor over its limit is on the screen of who must answer within a second, without reload."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.e2e.browser import PHONE, login, ready, shot
from tests.e2e.monitored import SECONDS_TO_LEARN, given, secret, send
from tests.e2e.site import Site

Open = Callable[..., BrowserContext]
MINE = "浏览器试验煤矿"
REGISTERED = f"""
site = mine("{MINE}")
http(site, "t1", methane(site))
"""


def test_from_the_sensor_to_a_person_who_answers(open_context: Open, site: Site) -> None:
    key = secret(given(site, REGISTERED))
    time.sleep(SECONDS_TO_LEARN)
    duty = open_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    login(duty, site, "nengyuan")
    duty.goto("/monitoring/alarms/")
    ready(duty)
    chief = open_context().new_page()
    login(chief, site, "scochief")
    chief.goto("/monitoring/alarms/?show=work")
    ready(chief)

    send(site, "t1", key, [0.4, 1.62])
    row = duty.get_by_role("row").filter(has_text=MINE)
    expect(row).to_contain_text("1.62 %")
    shot(duty, "alarm-queue")
    row.get_by_role("button", name="应答").click()
    expect(duty.get_by_text(MINE)).to_have_count(0)

    seen = chief.get_by_role("row").filter(has_text=MINE)
    expect(seen).to_contain_text("红")
    send(site, "t1", key, [0.3])
    expect(seen).to_contain_text("已解除")
    seen.get_by_role("link", name=re.compile(MINE)).click()
    ready(chief)
    expect(chief.get_by_text("煤矿安全规程")).to_be_visible()
    shot(chief, "alarm")
