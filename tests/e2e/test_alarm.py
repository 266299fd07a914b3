"""A sensor over its limit is on the screen of who must answer within a second, without reload."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browser import PHONE, Watch, login, ready, shot
from tests.e2e.monitored import SECONDS_TO_LEARN, given, secret, send
from tests.e2e.site import Site

# what the page has played, as the numbers of its tones; the machine has no loudspeaker
LISTEN = """
window.played = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) {
  window.played += 1;
  return start.apply(this, given);
};
"""
END = """
from anlan.kernel.access.models import SessionEnd, User
from anlan.kernel.access.sessions import end_all
end_all(User.objects.get(username="lishi"), SessionEnd.ENDED)
"""
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
    duty.add_init_script(LISTEN)
    login(duty, site, "nengyuan")
    duty.goto("/monitoring/alarms/")
    ready(duty)
    duty.get_by_role("button", name="响铃：关").click()
    expect(duty.get_by_role("button", name="响铃：开")).to_be_visible()
    assert duty.evaluate("played") == 2  # so that he hears it once
    chief = open_context().new_page()
    login(chief, site, "scochief")
    chief.goto("/monitoring/alarms/?show=work")
    ready(chief)

    send(site, "t1", key, [0.4, 1.62])
    row = duty.get_by_role("row").filter(has_text=MINE)
    expect(row).to_contain_text("1.62 %")
    duty.wait_for_function("() => played >= 2 + 2 * 4")  # rings again until somebody answers
    expect(duty).to_have_title(re.compile("^（1 条待应答）"))
    shot(duty, "alarm-queue")
    row.get_by_role("button", name="应答").click()
    expect(duty.get_by_text(MINE)).to_have_count(0)
    expect(duty).to_have_title(re.compile("^报警"))
    silent = duty.evaluate("played")
    duty.wait_for_timeout(2500)
    assert duty.evaluate("played") == silent

    seen = chief.get_by_role("row").filter(has_text=MINE)
    expect(seen).to_contain_text("红")
    send(site, "t1", key, [0.3])
    expect(seen).to_contain_text("已解除")
    seen.get_by_role("link", name=re.compile(MINE)).click()
    ready(chief)
    expect(chief.get_by_text("煤矿安全规程")).to_be_visible()
    shot(chief, "alarm")


def test_a_watch_does_not_end_in_silence(open_context: Open, site: Site, watch: Watch) -> None:
    """A quiet night keeps the session awake; who is logged out elsewhere sees and hears it."""
    watch.allow("status of 401")
    duty = open_context().new_page()
    duty.add_init_script(LISTEN)
    login(duty, site, "lishi")
    duty.clock.install()
    duty.goto("/monitoring/alarms/")
    ready(duty)
    duty.get_by_role("button", name="响铃：关").click()
    expect(duty.get_by_role("button", name="响铃：开")).to_be_visible()
    with duty.expect_request(lambda each: each.url.endswith("/monitoring/alarms/")):
        duty.clock.fast_forward("01:01")
    played = duty.evaluate("played")

    given(site, END)
    with duty.expect_response(lambda each: each.url.endswith("/monitoring/alarms/")):
        duty.clock.fast_forward("01:01")
    expect(duty.get_by_text("登录已到期，或已在别处退出")).to_be_visible()
    expect(duty).to_have_title(re.compile("^（已退出登录）"))
    duty.clock.fast_forward("00:31")
    assert duty.evaluate("played") > played
    assert duty.url.endswith("/monitoring/alarms/")


def test_an_eighth_page_of_one_browser_answers(open_context: Open, site: Site) -> None:
    """Each page that listens holds a connection, and a browser holds six: those that nobody looks
    at let theirs go, and hear what they have missed when they are looked at again."""
    context = open_context()
    first = context.new_page()
    login(first, site, "nengyuan")
    asked: list[str] = []
    first.on("request", lambda each: "/live/" in each.url and asked.append(each.url))
    for _ in range(7):
        page = context.new_page()
        page.goto("/monitoring/alarms/")
        ready(page)
        _look_away(page, away=True)
    assert asked == []
    _look_away(first, away=True)
    _look_away(first, away=False)
    first.wait_for_timeout(500)
    (again,) = asked
    assert "since=" in again


def _look_away(page: Page, *, away: bool) -> None:
    """As when another tab of the window is chosen; Playwright itself shows all pages for ever."""
    page.evaluate(
        "away => { Object.defineProperty(document, 'hidden', {value: away, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        away,
    )
