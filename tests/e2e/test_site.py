"""The installation as its user meets it: it answers, loads nothing from elsewhere, and stops."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Page

from tests.e2e.site import Site

PARTS = {"web", "database", "broker", "monitor-0", "worker", "watchman", "migrations", "disk"}


def test_the_first_page_loads_everything_and_from_us_alone(page: Page, site: Site) -> None:
    asked: list[tuple[str, int]] = []
    complaints: list[str] = []
    page.on("response", lambda response: asked.append((response.url, response.status)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/", wait_until="load")
    assert len(asked) > 3  # the page and its style, script, icons
    assert {urlsplit(url).netloc for url, _ in asked} == {urlsplit(site.url).netloc}
    assert [one for one in asked if one[1] >= 400] == []
    assert complaints == []


def test_all_browser_tests_run_on_one_worker(request: pytest.FixtureRequest) -> None:
    """Else each worker starts an installation of its own, and nobody notices but by the clock."""
    if hasattr(request.config, "workerinput"):
        assert request.node.nodeid.endswith("@e2e")


def test_every_part_is_up(site: Site) -> None:
    with urllib.request.urlopen(f"{site.url}/healthz") as answer:
        body = json.load(answer)
    assert body["state"] == "up"
    assert set(body["parts"]) >= PARTS
    assert set(body["parts"].values()) == {"up"}


def test_static_files_are_kept_by_browsers(page: Page, site: Site) -> None:
    page.goto("/")
    style = page.locator("link[rel=stylesheet]").first.get_attribute("href")
    with urllib.request.urlopen(f"{site.url}{style}") as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_a_busy_port_is_named_and_nothing_is_started(site: Site, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "anlan.cli", "run"],
        env={**os.environ, "ANLAN_VAR": str(tmp_path), "PORT": str(site.port)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"端口 {site.port} 已被别的程序占用" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_killed_web_worker_is_replaced(site: Site) -> None:
    """By its server, while the others answer. (Of a killed server: tests/config/test_processes.)"""
    everybody = _web(site)
    everybody[-1].kill()
    end = time.monotonic() + 30
    while len(now := _web(site)) < len(everybody) or everybody[-1] in now or not _answers(site):
        assert time.monotonic() < end, site.log.read_text()
        time.sleep(0.2)
    assert everybody[0] in now


def _web(site: Site) -> list[psutil.Process]:
    """The web server and its workers, as far as they run."""
    ours = psutil.Process(site.process.pid).children(recursive=True)
    with contextlib.suppress(psutil.NoSuchProcess):
        return [each for each in ours if "serve" in each.cmdline()]
    return []


def _answers(site: Site) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{site.url}/healthz") as answer:
        return bool(answer.status == 200)
    return False


def test_stops_and_starts_again_however_it_ended(var: Path) -> None:
    one = Site(var)
    one.start()
    accounts = one.accounts
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
        processes = psutil.Process(one.process.pid).children(recursive=True)
        processes.append(_postmaster(one.var))
        one.stop(number)
        _gone, alive = psutil.wait_procs(processes, timeout=20)
        assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", one.port)) != 0
        if number is not signal.SIGINT:
            one.start()
            assert one.accounts == accounts


def _postmaster(var: Path) -> psutil.Process:
    pid = (var / "postgres" / "data" / "postmaster.pid").read_text().split()[0]
    return psutil.Process(int(pid))
