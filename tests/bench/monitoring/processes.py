"""Processes of a measurement: watched while they run, ended whatever happens."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

EVERY = 0.2  # seconds between two looks
MB = 1e6


@dataclass
class Watched:
    """A process and the most memory that was seen of it, bytes; ``own`` without mapped files."""

    name: str
    process: psutil.Process
    begun: float = 0.0
    peak: int = 0
    own: int = 0

    def look(self) -> None:
        """Take note of the memory now."""
        memory = self.process.memory_info()
        self.peak = max(self.peak, memory.rss)
        self.own = max(self.own, memory.rss - memory.shared)

    def cpu(self) -> float:
        """Seconds since ``begun`` was last set."""
        return self._cpu() - self.begun

    def restart(self) -> None:
        """Count CPU from now on."""
        self.begun = self._cpu()

    def _cpu(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)


class Watch:
    """Looks at processes until the ``with`` block ends."""

    def __init__(self, **pids: int) -> None:
        self.all = [Watched(name, psutil.Process(pid)) for name, pid in pids.items()]
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self.restart()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def restart(self) -> None:
        """Count CPU from now on."""
        for each in self.all:
            each.restart()

    def cpu(self) -> dict[str, float]:
        """Seconds of each process so far."""
        return {each.name: each.cpu() for each in self.all}

    def memory(self) -> dict[str, tuple[int, int]]:
        """Peak of each process, and the peak of what is its own."""
        return {each.name: (each.peak, each.own) for each in self.all}

    def _look(self) -> None:
        while not self._done.wait(EVERY):
            for each in self.all:
                try:
                    each.look()
                except psutil.NoSuchProcess:
                    return  # the measurement notices it by itself


@contextmanager
def started(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block; what it says goes to ``log``."""
    with log.open("ab") as into:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=into, stderr=into)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def module(name: str, *arguments: str | int | Path) -> list[str]:
    """The command that runs a module of ours."""
    return [sys.executable, "-m", name, *map(str, arguments)]


def alive(process: subprocess.Popen[bytes], log: Path) -> None:
    """Ends the measurement with the log's end where the process has died."""
    if process.poll() is not None:
        text = log.read_text(encoding="utf-8", errors="replace")
        raise SystemExit(f"{process.args!r} ended:\n{text[-2000:]}")


def size(folder: Path) -> int:
    """Bytes of all files under it."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def load() -> float:
    """Of the machine, last minute."""
    return os.getloadavg()[0]
