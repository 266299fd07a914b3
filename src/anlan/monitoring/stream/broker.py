"""The embedded broker: one nats-server in the data folder, for this machine alone.

``NATS_URL`` names a broker or a cluster of one's own instead. The embedded one listens on the
loopback address at a port that the system chose when it was first started, and lets in who knows
the token that only the owner of the data folder can read.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anlan.kernel.secret import kept

PROGRAM = "nats-server"
START_SECONDS = 30
MOST_PAYLOAD = 8 * 1024 * 1024  # a batch of 400,000 readings
SYNC = "1s"  # how long the system may keep what is written before it must be on the disk


class NoBroker(Exception):
    """The message, in Chinese, says what is missing and what to do."""


class Broker:
    """The files and the address of one embedded broker."""

    def __init__(self, var: Path) -> None:
        self.folder = var / "nats"
        self.log = self.folder / "log"

    @property
    def url(self) -> str:
        """Where clients connect, with the token."""
        return f"nats://{self._token}@127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """The same at every start, so that clients find it again."""
        return int(kept(self.folder, "port", _free_port))

    @property
    def _token(self) -> str:
        return kept(self.folder, "token")

    def command(self) -> list[str]:
        """What to run; writes the configuration first."""
        config = self.folder / "nats.conf"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        config.write_text(
            f"""server_name: anlan
listen: "127.0.0.1:{self.port}"
authorization: {{ token: "{self._token}" }}
max_payload: {MOST_PAYLOAD}
jetstream: {{ store_dir: "{self.folder / "jetstream"}", sync_interval: "{SYNC}" }}
""",
            encoding="utf-8",
        )
        config.chmod(0o600)
        return [program(), "--config", str(config), "--log", str(self.log)]

    def answers(self) -> bool:
        """Whether somebody listens at the port."""
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def url(var: Path) -> str:
    """Where the broker is: ``NATS_URL``, or the embedded one."""
    return os.environ.get("NATS_URL") or Broker(var).url


@contextmanager
def running(var: Path) -> Iterator[Broker]:
    """An embedded broker inside the ``with`` block (tests, benchmarks); NoBroker if it does not
    start."""
    broker = Broker(var)
    process = subprocess.Popen(broker.command(), stdin=subprocess.DEVNULL)  # noqa: S603
    try:
        await_answer(broker, process)
        yield broker
    finally:
        process.terminate()
        process.wait()


def await_answer(broker: Broker, process: subprocess.Popen[bytes]) -> None:
    """Return once the broker answers; NoBroker with the end of its log if it will not."""
    end = time.monotonic() + START_SECONDS
    while not broker.answers():
        if process.poll() is not None or time.monotonic() > end:
            log = broker.log.read_text(encoding="utf-8") if broker.log.exists() else ""
            raise NoBroker(f"消息服务没有启动，日志末尾：{log[-500:]}")
        time.sleep(0.05)


def program() -> str:
    """nats-server beside our Python, or on the path; NoBroker where there is none."""
    beside = Path(sys.executable).parent / PROGRAM
    found = str(beside) if beside.exists() else shutil.which(PROGRAM)
    if not found:
        raise NoBroker("没有找到 nats-server。请运行 make setup，或用 NATS_URL 指定已有的服务。")
    return found


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
