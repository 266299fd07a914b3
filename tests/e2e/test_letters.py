"""A logger that nobody registered speaks: a clerk sees what it said, registers it, has it read
again, and the reading stands at its point with the time at which it came."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from playwright.sync_api import BrowserContext, Page, expect

from anlan.monitoring.protocols.hj212 import Message, write
from anlan.monitoring.protocols.hj212.readings import CHINA
from tests.e2e.browser import login, ready, shot
from tests.e2e.monitored import given
from tests.e2e.site import Site, free_port

Open = Callable[..., BrowserContext]
MN, PW, FACTOR = "E2E000000000000000000001", "123456", "a34001-Rtd"
START_SECONDS = 60
REGISTERED = """
site = mine("报文试验煤矿")
point_add(actor=actor, site=site.pk, name="筛分车间粉尘", quantity="other", unit="mg/m³",
          low=0, high=100)
print("SITE", site.pk)
"""


def test_from_a_strangers_message_to_a_reading(open_context: Open, site: Site) -> None:
    mine = int(given(site, REGISTERED).split()[-1])
    with gateway(site) as port:
        came = _say(port, 3.207)
    clerk = open_context().new_page()
    login(clerk, site, "nengyuan")
    _read(clerk)
    letter = clerk.url
    clerk.get_by_role("button", name="重放").click()
    expect(clerk.get_by_text("请先登记设备")).to_be_visible()
    _register(clerk, mine)

    clerk.goto(letter)
    ready(clerk)
    clerk.get_by_role("button", name="重放").click()
    expect(clerk.get_by_text("已重放 1 份，入库 1 条读数。")).to_be_visible()
    expect(clerk.get_by_role("button", name="重放")).to_have_count(0)  # once
    clerk.goto(f"/monitoring/sites/{mine}/")
    row = clerk.get_by_role("row").filter(has_text="筛分车间粉尘")
    expect(row).to_contain_text("3.207 mg/m³")
    expect(row).to_contain_text(f"{came:%H:%M:%S}")
    shot(clerk, "letter-replayed")


@contextmanager
def gateway(site: Site) -> Iterator[int]:
    """The gateway of HJ 212 beside the installation, which has none open; its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "anlan.cli", "gateways", "--hj212", str(port), "--gb26875", "0",
         "--jt808", "0"],
        env={**os.environ, "ANLAN_VAR": str(site.var)}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        end = time.monotonic() + START_SECONDS
        while not _open(port):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        yield port
    finally:
        process.kill()  # what it had to store was stored before it answered
        process.wait()


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _say(port: int, value: float) -> datetime:
    """One message; the line is closed once it was read. The time that it says."""
    now = datetime.now(CHINA)
    groups = ((("DataTime", f"{now:%Y%m%d%H%M%S}"),), ((FACTOR, str(value)),))
    said = Message("2011", MN, st="39", pw=PW, qn=f"{now:%Y%m%d%H%M%S}001", flag=5, groups=groups)
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(write(said))
        assert line.recv(1024) == b""  # nobody is left whom the register knows
    return now


def _read(clerk: Page) -> None:
    """What came, why nothing was made of it, and what it says."""
    clerk.goto("/monitoring/letters/")
    clerk.get_by_role("link", name="HJ 212", exact=True).click()
    shot(clerk, "letters")
    clerk.get_by_role("row").filter(has_text="127.0.0.1").get_by_role("link").click()
    ready(clerk)
    expect(clerk.get_by_role("region", name="解读")).to_contain_text(MN)
    expect(clerk.get_by_role("region", name="解读")).to_contain_text("3.207")
    expect(clerk.get_by_role("region", name="原文")).to_contain_text("23 23")
    shot(clerk, "letter")


def _register(clerk: Page, mine: int) -> None:
    clerk.goto(f"/monitoring/sites/{mine}/devices/")
    clerk.get_by_role("link", name="登记设备").click()
    clerk.get_by_role("link", name="HJ 212", exact=True).click()
    ready(clerk)
    clerk.get_by_label("设备名称").fill("一号数采仪")
    clerk.get_by_label("设备唯一标识（MN）").fill(MN)
    clerk.get_by_label("访问密码（PW）").fill(PW)
    clerk.get_by_role("button", name="登记", exact=True).click()
    shot(clerk, "device-secret")
    clerk.get_by_role("link", name="去对应通道和测点").click()
    ready(clerk)
    clerk.get_by_label("通道编号").fill(FACTOR)
    clerk.get_by_label("测点").select_option(label="筛分车间粉尘（其他，mg/m³）")
    clerk.get_by_role("button", name="对应", exact=True).click()
    expect(clerk.get_by_text(re.compile(f"通道 {FACTOR} 已对应"))).to_be_visible()
    shot(clerk, "device-bound")
