"""A full disk under load: what was sent, acknowledged, stored and alarmed, and what came back.

``python -m tests.bench.bench_disk`` (docs/benchmarks.md) runs a whole installation whose data lie
on small file systems: the stream's, the history's and the database's folder each on one of its own,
the rest on a fourth. While devices send, each is filled to the last byte for twenty seconds, then
all together. Exits with 1 where an acknowledged reading is missing, an alarm is missing or doubled,
or something does not come back. Where the system lets us mount nothing, it says so and ends.

The file systems lie in memory (``tests/small_disk.py``); filled, they take 2 GB.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from anlan.config import probe
from tests.bench.monitoring.surviving import BETWEEN, PATIENCE, Trial, table, trial
from tests.small_disk import full, mounted, possible

FULL_SECONDS = 20.0
DISKS = {"": 400, "nats": 400, "history": 400, "postgres": 800}  # folder: MB; "": all the rest
NOTED = re.compile(r"注意：.*|错误：.*|.*(?:分区的|消息服务|监测失去|设备登记).*")


def main() -> None:
    if len(sys.argv) > 1:
        sys.exit(0 if _filled(Path(sys.argv[1])) else 1)
    with tempfile.TemporaryDirectory(prefix="anlan-disk-") as folder:
        var = Path(folder) / "var"
        if not possible(Path(folder) / "try"):
            print("!!! NOT MEASURED: this system lets us mount no file system (unshare, tmpfs) !!!")
            return
        ours = [sys.executable, "-m", "tests.bench.bench_disk", str(var)]
        sys.exit(subprocess.run(mounted(var, DISKS, ours), check=False).returncode)


def _filled(var: Path) -> bool:
    """Fill one disk after the other, then all; print what came of it. Whether all is right."""
    rounds = [
        ("the stream's", ["nats"]),
        ("the history's", ["history"]),
        ("the database's", ["postgres"]),
        ("all, and all else", list(DISKS)),
    ]
    with trial(var) as made:
        with made.load():
            story = [_round(made, name, disks) for name, disks in rounds]
        print()
        heads = [
            "which disk was full for 20 s", "acknowledged meanwhile: HTTP", "MQTT",
            "all devices acknowledged again after", "all parts up again after",
        ]  # fmt: skip
        table(heads, story)
        right = made.account()
    return right and not any("not within" in cell for row in story for cell in row)


def _round(made: Trial, name: str, disks: list[str]) -> list[str]:
    said = made.site.log.stat().st_size
    with full(*(made.site.var / each for each in disks)):
        time.sleep(2)  # what was under way when the last byte went
        before = {each: made.acknowledged(each) for each in ("http", "mqtt")}
        time.sleep(FULL_SECONDS)
        meanwhile = [f"{made.acknowledged(each) - before[each]:,}" for each in before]
    begun = time.monotonic()
    again = made.again_after()
    well = _well_after(made, begun)
    print(f"\n{name} disk was full. The installation's log meanwhile:")
    with made.site.log.open(encoding="utf-8", errors="replace") as log:
        log.seek(said)
        print("\n".join(f"  {line}" for line in NOTED.findall(log.read())), flush=True)
    time.sleep(BETWEEN)
    return [name, *meanwhile, again, well]


def _well_after(made: Trial, begun: float) -> str:
    """How long until ``/healthz`` says that every part is up, in words."""
    while True:
        state = probe.ask(made.site.port)
        if state and state.up:
            return f"{time.monotonic() - begun:.1f} s"
        if time.monotonic() - begun > PATIENCE:
            down = [each for each, up in state.parts.items() if not up] if state else ["网页服务"]
            return f"not within {PATIENCE:.0f} s: {' '.join(down)}"
        time.sleep(0.2)


if __name__ == "__main__":
    main()
