"""The processes of one installation, kept together: one that falls over is started again.

One that has never run steadily is set up wrongly: it ends all of them, and it is said which. One
that has is started again however often it falls, at once at first and then with growing pauses:
what it lacks (the database, room on the disk) may come back, and the others go on meanwhile.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

STOP_SECONDS = 15
LOOK_SECONDS = 0.2
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1

STEADY_SECONDS = 10  # who never ran so long is set up wrongly: starting it again would not help
PAUSES = (0.0, 1.0, 3.0, 7.0, 15.0, 30.0)  # seconds before it is started again, fall after fall
FALLS_WINDOW = 600  # seconds after which a fall is forgotten


def die_with_parent() -> None:
    """Ask Linux for SIGTERM when the parent dies: one that is killed cannot tell us."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs the named commands until one cannot be kept up, a watch fails, or told to stop."""

    def __init__(self, commands: Mapping[str, Sequence[str]]) -> None:
        self.commands = commands
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.began: dict[str, float] = {}
        self._steady: set[str] = set()
        self._falls: dict[str, list[float]] = {name: [] for name in commands}
        self._due: dict[str, float] = {}  # who fell over: when it is started again
        self.told_to_stop = False

    def run(self, watch: Callable[[], str | None]) -> int:
        """Start all and wait. Returns 0 if told to stop, 1 if something ended by itself.

        ``watch`` is asked again and again; its answer is what is wrong, None if nothing is.
        """
        for number in STOP_SIGNALS:
            signal.signal(number, self._hear)
        try:
            for name in self.commands:
                self._start(name)
            problem = self._wait(watch)
        finally:
            self.stop()
        if problem:
            print(
                f"错误：{problem}，其他进程也已停止。已保存的数据不会丢失，再次运行即可恢复。",
                file=sys.stderr,
                flush=True,
            )
            return 1
        return 0

    def stop(self) -> None:
        """Ask every process to stop, then make those stop that did not."""
        self._signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while self._alive() and time.monotonic() < end:
            time.sleep(LOOK_SECONDS / 4)
        self._signal(signal.SIGKILL)
        for process in self.processes.values():
            process.wait()

    def keep_up(self) -> str | None:
        """Start again what fell over; what cannot be kept up, in words, None while all may run."""
        for name, process in list(self.processes.items()):
            if process.poll() is None or self.told_to_stop:
                continue
            now = time.monotonic()
            if name not in self._due:
                ended = f"{name}停了（退出码 {process.returncode}）"
                if now - self.began[name] >= STEADY_SECONDS:
                    self._steady.add(name)
                if name not in self._steady:
                    return ended
                self._fell(name, ended, now)
            if now >= self._due[name]:
                del self._due[name]
                self._start(name)
        return None

    def _fell(self, name: str, ended: str, now: float) -> None:
        falls = [each for each in self._falls[name] if now - each < FALLS_WINDOW]
        pause = PAUSES[min(len(falls), len(PAUSES) - 1)]
        self._falls[name] = [*falls, now]
        self._due[name] = now + pause
        when = f"{pause:g} 秒后" if pause else "现在"
        print(f"注意：{ended}，{when}重新启动。", file=sys.stderr, flush=True)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.told_to_stop = True

    def _start(self, name: str) -> None:
        self.began[name] = time.monotonic()
        self.processes[name] = subprocess.Popen(
            self.commands[name],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches us alone, and we stop them in order
            preexec_fn=die_with_parent,
        )

    def _wait(self, watch: Callable[[], str | None]) -> str | None:
        while not self.told_to_stop:
            problem = watch() or self.keep_up()
            if problem and not self.told_to_stop:
                return problem
            time.sleep(LOOK_SECONDS)
        return None

    def _alive(self) -> bool:
        return any(process.poll() is None for process in self.processes.values())

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, number)
