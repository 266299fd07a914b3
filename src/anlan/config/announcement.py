"""What the one who started Anlan reads when it is ready."""

from __future__ import annotations

import sys
import time

from anlan.config import probe

Account = tuple[str, str, str]  # user name, password, label
PATIENCE_SECONDS = 60


class Announcement:
    """Said once: when all parts are up, or, with what is not, when patience ends."""

    def __init__(self, port: int, accounts: list[Account], *, demo: bool = False) -> None:
        self.port = port
        self.accounts = accounts
        self.demo = demo
        self.said = False
        self.patience_ends = time.monotonic() + PATIENCE_SECONDS

    def __call__(self) -> None:
        if self.said:
            return
        state = probe.ask(self.port, seconds=2)
        if state and state.up:
            self._say()
        elif time.monotonic() > self.patience_ends:
            self._warn(state)
            self._say()

    def _say(self) -> None:
        self.said = True
        print(f"\n安澜已启动：http://localhost:{self.port}/  （Ctrl-C 停止）", flush=True)
        if self.accounts:
            print("演示账号（账号 / 口令）：")
        for username, password, label in self.accounts:
            print(f"  {username} / {password}    {label}")
        if self.accounts and not self.demo:
            print("想先看一座在运行的城市：停止后运行 make demo（演示数据，每页都有标记）。")
        sys.stdout.flush()

    def _warn(self, state: probe.State | None) -> None:
        down = [name for name, up in state.parts.items() if not up] if state else ["网页服务"]
        print(
            f"注意：{PATIENCE_SECONDS} 秒后仍不正常：{'、'.join(down)}。"
            "可用 .venv/bin/anlan health 查看。",
            file=sys.stderr,
            flush=True,
        )
