"""The supervisor: who falls over is started again; told to stop, it stops all; killed, its children
go too."""

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


def ends_after(seconds: float) -> list[str]:
    return [sys.executable, "-c", f"import time; time.sleep({seconds}); raise SystemExit(3)"]


def test_one_that_fell_over_is_started_again(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STEADY_SECONDS", 0.5)
    supervisor = Supervisor({"甲": SLEEP, "乙": SLEEP})
    killed: list[int] = []

    def watch() -> str | None:
        other = supervisor.processes["乙"].pid
        if not killed and time.monotonic() - supervisor.began["乙"] > 1:
            killed.append(other)
            os.kill(other, signal.SIGKILL)
        return "完" if killed and other != killed[0] else None

    supervisor.run(watch)
    said = capfd.readouterr().err
    assert said.count("乙停了（退出码 -9），现在重新启动") == 1
    assert "甲停了" not in said


def test_one_that_falls_over_again_and_again_is_started_with_growing_pauses(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it lacks, the others go on."""
    monkeypatch.setattr(processes, "STEADY_SECONDS", 0.1)
    monkeypatch.setattr(processes, "PAUSES", (0.0, 0.2, 0.6))
    supervisor = Supervisor({"甲": SLEEP, "乙": ends_after(0.3)})
    began: list[float] = []

    def watch() -> str | None:
        if supervisor.began["乙"] not in began:
            began.append(supervisor.began["乙"])
        return "完" if len(began) == 5 else None

    supervisor.run(watch)
    said = capfd.readouterr().err
    assert said.count("乙停了（退出码 3），现在重新启动") == 1
    assert said.count("乙停了（退出码 3），0.2 秒后重新启动") == 1
    assert said.count("乙停了（退出码 3），0.6 秒后重新启动") == 2
    assert began[4] - began[3] > 0.9  # it ran, and was waited for
    assert "甲停了" not in said


def test_one_that_ran_steadily_once_may_fail_while_it_starts(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The database that it needs is away for a while, say."""
    monkeypatch.setattr(processes, "STEADY_SECONDS", 0.5)
    monkeypatch.setattr(processes, "PAUSES", (0.0, 0.2))
    lasts = tmp_path / "lasts"
    lasts.write_text("0.8")
    command = f"import time; time.sleep(float(open({str(lasts)!r}).read())); raise SystemExit(3)"
    supervisor = Supervisor({"乙": [sys.executable, "-c", command]})
    begun = time.monotonic()

    def watch() -> str | None:
        if time.monotonic() - begun > 0.4:
            lasts.write_text("0" if time.monotonic() - begun < 2 else "60")
        steady = time.monotonic() - supervisor.began["乙"] > 1
        return "完" if steady and lasts.read_text() == "60" else None

    supervisor.run(watch)
    said = capfd.readouterr().err
    assert said.count("重新启动") >= 2
    assert "错误：乙停了" not in said


def test_when_one_ends_while_it_starts_all_end_and_it_is_named(
    capfd: pytest.CaptureFixture[str],
) -> None:
    supervisor = Supervisor({"甲": SLEEP, "乙": [sys.executable, "-c", "raise SystemExit(3)"]})
    assert supervisor.run(lambda: None) == 1
    assert "乙停了（退出码 3）" in capfd.readouterr().err
    assert supervisor.processes["甲"].returncode == -signal.SIGTERM


def test_what_the_watch_finds_wrong_stops_all(capfd: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor({"甲": SLEEP})
    assert supervisor.run(lambda: "锁丢了") == 1
    assert "锁丢了" in capfd.readouterr().err
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
