"""Three brokers on loopback that keep each message three times."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anlan.monitoring.stream.broker import program

SIZE = 3
START_SECONDS = 60


class Cluster:
    """``url`` names all of them."""

    def __init__(self, folder: Path) -> None:
        self._ports = [_port() for _ in range(2 * SIZE)]
        self.url = ",".join(f"nats://127.0.0.1:{port}" for port in self._ports[:SIZE])
        self._folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, many: int = SIZE) -> None:
        """The next ``many`` brokers."""
        begun = len(self.processes)
        self.processes += [self._started(number) for number in range(begun, begun + many)]

    def _started(self, number: int) -> subprocess.Popen[bytes]:
        home = self._folder / f"broker{number}"
        home.mkdir()
        routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in self._ports[SIZE:])
        (home / "nats.conf").write_text(
            f"""server_name: broker{number}
listen: "127.0.0.1:{self._ports[number]}"
max_payload: 8388608
jetstream: {{ store_dir: "{home}" }}
cluster: {{ name: anlan, listen: "127.0.0.1:{self._ports[SIZE + number]}", routes: [{routes}] }}
""",
            encoding="utf-8",
        )
        return subprocess.Popen(
            [program(), "--config", str(home / "nats.conf"), "--log", str(home / "log")]
        )

    def kill(self, name: str) -> None:
        """kill -9 of the broker of this name."""
        process = self.processes[int(name.removeprefix("broker"))]
        process.kill()
        process.wait()


@contextmanager
def cluster(folder: Path, many: int = SIZE) -> Iterator[Cluster]:
    """Running inside the ``with`` block, at first so ``many`` of them."""
    made = Cluster(folder)
    try:
        made.start(many)
        yield made
    finally:
        for process in made.processes:
            process.kill()
            process.wait()


def patiently(seconds: float = START_SECONDS) -> Iterator[None]:
    """Again and again for so long: a cluster needs a while to choose whom to follow."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
    raise AssertionError(f"not within {seconds} s")


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
