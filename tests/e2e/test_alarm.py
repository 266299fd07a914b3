"""A sensor over its limit is on the screen of who must answer within a second, without reload."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import BrowserContext, expect

from tests.e2e.browser import PHONE, login, ready, shot
from tests.e2e.site import Site

Open = Callable[..., BrowserContext]
MINE = "浏览器试验煤矿"
# Registering devices has no page yet: the services that one will call.
REGISTER = f"""
from anlan.kernel.access.actor import ActorSource, system
from anlan.kernel.orgs.models import Area, Organisation
from anlan.monitoring.services.points import channel_add, device_add, point_add
from anlan.registry.models import Sector, Site
actor = system(ActorSource.COMMAND)
site = Site.objects.create(
    name="{MINE}", kind="mine", area=Area.objects.get(code="141125100"),
    sector=Sector.objects.get(code="coal"),
    regulator=Organisation.objects.get(short_name="市能源局"),
)
device, secret = device_add(
    actor=actor, site=site.pk, name="试验分站", protocol="http", address="t1"
)
point = point_add(
    actor=actor, site=site.pk, name="上隅角甲烷", quantity="methane", place="face_corner",
    unit="%", low=0, high=4,
)
channel_add(actor=actor, device=device.pk, address="1", point=point.pk)
print("SECRET", secret)
"""


def _register(site: Site) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "anlan.cli", "manage", "shell", "-v", "0", "-c", REGISTER],
        env={**os.environ, "ANLAN_VAR": str(site.var)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"SECRET (\S+)", told.stdout)
    assert found, told.stderr
    return found[1]


def _send(site: Site, secret: str, value: float) -> dict[str, object]:
    reading = {"point": 1, "time": datetime.now(UTC).isoformat(), "value": value}
    request = urllib.request.Request(
        f"{site.url}/gateway/readings/", json.dumps({"readings": [reading]}).encode(),
        {"Content-Type": "application/json", "Authorization": f"Device t1:{secret}"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=30) as answer:
        told: dict[str, object] = json.load(answer)
    return told


def test_from_the_sensor_to_a_person_who_answers(open_context: Open, site: Site) -> None:
    secret = _register(site)
    time.sleep(3)  # the worker is told once a second that points have changed
    duty = open_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    login(duty, site, "nengyuan")
    duty.goto("/monitoring/alarms/")
    ready(duty)
    chief = open_context().new_page()
    login(chief, site, "scochief")
    chief.goto("/monitoring/alarms/?show=work")
    ready(chief)

    assert _send(site, secret, 0.4)["stored"] == 1
    assert _send(site, secret, 1.62)["stored"] == 1
    row = duty.get_by_role("row").filter(has_text=MINE)
    expect(row).to_contain_text("1.62 %")
    shot(duty, "alarm-queue")
    row.get_by_role("button", name="应答").click()
    expect(duty.get_by_text(MINE)).to_have_count(0)

    seen = chief.get_by_role("row").filter(has_text=MINE)
    expect(seen).to_contain_text("红")
    assert _send(site, secret, 0.3)["stored"] == 1
    expect(seen).to_contain_text("已解除")
    seen.get_by_role("link", name=re.compile(MINE)).click()
    ready(chief)
    expect(chief.get_by_text("煤矿安全规程")).to_be_visible()
    shot(chief, "alarm")
