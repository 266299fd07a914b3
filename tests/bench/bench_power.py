"""Power cuts under load: what was sent, acknowledged, stored and alarmed.

``python -m tests.bench.bench_power [CUTS]`` (docs/benchmarks.md; root is needed to mount) runs a
whole installation whose data lie on a disk of their own, an ext4 file system in a file. While
devices send, all programs stop at once, and the file is copied as it stands: without what the
system still held back. With the copy the installation starts again; devices that were not
acknowledged send again. Exits with 1 where more is lost than ``ANLAN_STREAM_SYNC`` allows, an
alarm is missing, or something does not come back.

A copy takes some tenths of a second in which the system may write a little more: a real cut is
sharper by that much.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from anlan.monitoring.stream.broker import sync_interval
from tests.bench.monitoring.surviving import BETWEEN, Trial, table, trial

DISK_MB = 4_000
SLACK_MS = 1_000  # from our last look at the clock to the stop, and the broker's own timer


class Disk:
    """A file that holds a file system, mounted at ``at``."""

    def __init__(self, file: Path, at: Path) -> None:
        self._file, self._at = file, at

    def made(self) -> None:
        with self._file.open("wb") as file:
            file.truncate(DISK_MB * 1_000_000)
        _run("mkfs.ext4", "-q", "-F", str(self._file))
        self._at.mkdir()
        self.on()

    def on(self) -> None:
        _run("mount", "-o", "loop", str(self._file), str(self._at))

    def off(self) -> None:
        _run("umount", str(self._at))

    def copied(self) -> Disk:
        """What of it has been written by now."""
        into = self._file.with_name(f"{time.monotonic_ns()}.disk")
        _run("cp", "--sparse=always", str(self._file), str(into))
        return Disk(into, self._at)

    def gone(self) -> None:
        self._file.unlink()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("cuts", type=int, nargs="?", default=3)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        sys.exit(0 if _cut(options.inside, options.cuts) else 1)
    with tempfile.TemporaryDirectory(prefix="anlan-power-") as folder:
        ours = [sys.executable, "-m", "tests.bench.bench_power", str(options.cuts)]
        done = subprocess.run(["unshare", "--mount", *ours, "--inside", folder], check=False)
    sys.exit(done.returncode)


def _cut(folder: Path, cuts: int) -> bool:
    disk = Disk(folder / "first.disk", folder / "var")
    try:
        disk.made()
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        print(f"!!! NOT MEASURED: this system lets us mount no disk ({error}) !!!")
        return True
    story, moments = [], []
    with trial(folder / "var") as made:
        with made.load():
            for number in range(1, cuts + 1):
                moments.append(time.time() * 1000)
                disk = _off_and_on(made, disk)
                story.append([str(number), made.again_after(), *_torn(made)])
                print(f"cut {number}: {story[-1]}", flush=True)
                time.sleep(BETWEEN)
        print(f"\nANLAN_STREAM_SYNC={sync_interval()}\n")
        heads = ["cut", "all devices acknowledged again, after the start", "commits set aside"]
        table(heads, story)
        right = made.account(may_lose=True) & _within(made, moments)
    disk.off()
    return right


def _off_and_on(made: Trial, disk: Disk) -> Disk:
    family = _family(made)
    for each in family:
        _signal(each, signal.SIGSTOP)
    left = disk.copied()
    for each in family:
        _signal(each, signal.SIGKILL)
    made.site.process.wait()
    psutil.wait_procs(family, timeout=10)
    disk.off()
    disk.gone()
    left.on()
    made.site.start()
    return left


def _family(made: Trial) -> list[psutil.Process]:
    """All programs of the installation; PostgreSQL is nobody's child."""
    ours = psutil.Process(made.site.process.pid)
    family = [ours, *ours.children(recursive=True)]
    for each in psutil.process_iter(["cmdline"]):
        if str(made.site.var) in " ".join(each.info["cmdline"] or []) and each.pid != os.getpid():
            family += [each, *each.children(recursive=True)]
    return list({each.pid: each for each in family if each.pid != os.getpid()}.values())


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _torn(made: Trial) -> list[str]:
    folder = made.site.var / "history" / "_torn"
    return [str(len(list(folder.rglob("*.json"))) if folder.exists() else 0)]


def _within(made: Trial, moments: list[float]) -> bool:
    """Whether nothing is missing but what came so shortly before a cut as may be lost."""
    said = sync_interval()
    may = 0 if said == "always" else int(said.rstrip("ms")) * (1 if said.endswith("ms") else 1000)
    stored, right = made.stored(), True
    for protocol in ("http", "mqtt"):
        ages = [
            min(moment - at for moment in moments if moment > at - SLACK_MS)
            for each in made.sensors if each.protocol == protocol
            for at in set(each.acknowledged) - set(stored[each.point])
        ]  # fmt: skip
        print(f"{protocol}: acknowledged and lost: {len(ages)}", end="")
        print(f", the oldest {max(ages):.0f} ms before the cut" if ages else "")
        right &= not ages if not may else max(ages, default=0) <= may + SLACK_MS
    return right


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
