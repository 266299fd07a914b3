"""What walks through monitoring begin with: a mine with its points and device, and what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.e2e.site import Site

SECONDS_TO_LEARN = 3  # the worker is told once a second that points have changed
# `given` continues this: each walk has a mine of its own, since all share one installation
MINE = """
import numpy as np
from datetime import datetime, timedelta
from django.conf import settings
from django.utils import timezone
from anlan.kernel.access.actor import ActorSource, system
from anlan.kernel.orgs.models import Area, Organisation
from anlan.monitoring.services.points import channel_add, device_add, point_add
from anlan.registry.models import Sector, Site
actor = system(ActorSource.COMMAND)
midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)

def mine(name):
    return Site.objects.create(
        name=name, kind="mine", area=Area.objects.get(code="141125100"),
        sector=Sector.objects.get(code="coal"),
        regulator=Organisation.objects.get(short_name="市能源局"),
    )

def methane(site):
    return point_add(
        actor=actor, site=site.pk, name="上隅角甲烷", quantity="methane", place="face_corner",
        unit="%", low=0, high=4,
    )

def http(site, address, point):
    device, secret = device_add(
        actor=actor, site=site.pk, name="试验分站", protocol="http", address=address
    )
    channel_add(actor=actor, device=device.pk, address="1", point=point.pk)
    print("SECRET", secret)

def past(point, begin, every, values):
    from anlan.monitoring.history.table import History
    from anlan.monitoring.protocols.batch import Batch
    time = int(begin.timestamp() * 1000) + 1000 * every * np.arange(len(values))
    History.at(settings.VAR / "history").add(
        0, Batch.of(np.full(len(values), point.pk), time, values, np.zeros(len(values), int))
    )
"""


def given(site: Site, script: str) -> str:
    """Run ``script`` after :data:`MINE` in the installation; what it printed."""
    told = subprocess.run(
        [sys.executable, "-m", "anlan.cli", "manage", "shell", "-v", "0", "-c", MINE + script],
        env={**os.environ, "ANLAN_VAR": str(site.var)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return told.stdout


def secret(told: str) -> str:
    """That of the device which the script has made."""
    found = re.search(r"SECRET (\S+)", told)
    assert found, told
    return found[1]


def send(site: Site, address: str, key: str, values: Sequence[float]) -> None:
    """The device says values of its channel 1 one after another; all must be stored."""
    for value in values:
        reading = {"point": 1, "time": datetime.now(UTC).isoformat(), "value": value}
        request = urllib.request.Request(
            f"{site.url}/gateway/readings/", json.dumps({"readings": [reading]}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Device {address}:{key}"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert json.load(answer)["stored"] == 1
