"""A whole installation for the browser tests, on a data folder and a port of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 300
STOP_SECONDS = 30
ACCOUNT = re.compile(r"^  (\S+) / (\S+) {4}(.+)$", re.M)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running installation. ``accounts``: user name → (password, label)."""

    var: Path
    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.var.with_name(f"{self.var.name}.log")

    @property
    def accounts(self) -> dict[str, tuple[str, str]]:
        found = ACCOUNT.findall(self.log.read_text())
        return {name: (password, label) for name, password, label in found}

    def start(self) -> None:
        """Start, and wait until it says that it is ready."""
        environment = {**os.environ, "ANLAN_VAR": str(self.var), "PORT": str(self.port)}
        environment.pop("DATABASE_URL", None)
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "anlan.cli", "run", "--with-parent", *self.options],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + START_SECONDS
        while "安澜已启动" not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise AssertionError(f"Anlan did not start:\n{self.log.read_text()}")
            time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stop as Ctrl-C does, and wait until all is quiet; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)
