"""The supervisor: one ends, all end; told to stop, it stops all; killed, its children go too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from anlan.config import processes
from anlan.config.processes import Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True);"
    "time.sleep(60)",
]
SUPERVISE = """
import sys
from anlan.config.processes import Supervisor
supervisor = Supervisor({"one": [sys.executable, "-c", "import time; time.sleep(60)"]})
def watch():
    print(supervisor.processes["one"].pid, flush=True)
sys.exit(supervisor.run(watch))
"""


@pytest.fixture(autouse=True)
def _handlers_as_before() -> object:
    before = {number: signal.getsignal(number) for number in processes.STOP_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_when_one_ends_all_end_and_it_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor({"甲": SLEEP, "乙": [sys.executable, "-c", "raise SystemExit(3)"]})
    assert supervisor.run(lambda: None) == 1
    assert "乙停了（退出码 3）" in capfd.readouterr().err
    assert supervisor.processes["甲"].returncode == -signal.SIGTERM


def test_what_the_watch_finds_wrong_stops_all(capfd: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor({"甲": SLEEP})
    assert supervisor.run(lambda: "数据库停了") == 1
    assert "数据库停了" in capfd.readouterr().err
    assert supervisor.processes["甲"].returncode == -signal.SIGTERM


@pytest.mark.parametrize("number", processes.STOP_SIGNALS)
def test_told_to_stop_it_stops_all_without_complaint(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    supervisor = Supervisor({"甲": SLEEP})
    threading.Timer(0.5, os.kill, (os.getpid(), number)).start()
    assert supervisor.run(lambda: None) == 0
    assert capfd.readouterr().err == ""
    assert supervisor.processes["甲"].returncode == -signal.SIGTERM


def test_one_that_will_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.3)
    supervisor = Supervisor({"甲": STUBBORN})
    began = time.monotonic()
    supervisor.run(lambda: "完" if time.monotonic() > began + 1 else None)
    assert supervisor.processes["甲"].returncode == -signal.SIGKILL


def test_children_of_a_killed_supervisor_go_too(tmp_path: Path) -> None:
    killed = subprocess.Popen([sys.executable, "-c", SUPERVISE], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    child = psutil.Process(int(killed.stdout.readline()))
    killed.kill()
    killed.wait()
    _gone, alive = psutil.wait_procs([child], timeout=10)
    assert not alive or child.status() == psutil.STATUS_ZOMBIE
