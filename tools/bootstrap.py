#!/usr/bin/env python3
"""Make the environment of a fresh clone: Python packages, the program, front-end files.

    python3 tools/bootstrap.py [--dev]

Needs Python 3.11 and its standard library. Everything goes into ``.venv`` and ``static-vendor``
beside this folder; packages are checked against the hashes of the lock files. Stamps of the
inputs make a second run do nothing. ``--dev`` adds what tests need, a browser too.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = HERE / "build" / "setup.log"
OLDEST = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class CannotSetUp(Exception):
    """The message, in Chinese, says what happened and what to do."""


def main() -> int:
    """Do the steps that are not done yet."""
    parser = argparse.ArgumentParser(description="准备运行环境")
    parser.add_argument("--dev", action="store_true", help="连同测试所需")
    lock = "dev" if parser.parse_args().dev else "base"
    steps: list[tuple[str, Callable[[], str]]] = [
        ("Python 环境", environment),
        ("依赖包", lambda: packages(lock)),
        ("安澜程序", program),
        ("前端文件", frontend),
    ]
    if lock == "dev":
        steps.append(("测试用浏览器", browser))
    try:
        with exclusively():
            for number, (name, step) in enumerate(steps, 1):
                report(f"准备环境 [{number}/{len(steps)}] {name}", step)
    except CannotSetUp as error:
        print(f"\n错误：{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n已中断。再次运行会从中断处接着做。", file=sys.stderr)
        return 130
    return 0


def report(title: str, step: Callable[[], str]) -> None:
    """Say what begins, do it, say what came of it and how long it took."""
    print(f"{title} …", end=" ", flush=True)
    began = time.monotonic()
    outcome = step()
    print(f"{outcome}（{time.monotonic() - began:.1f} 秒）", flush=True)


class exclusively:  # noqa: N801 - reads as a statement
    """Only one set-up works in this folder at a time; the second waits for the first."""

    def __enter__(self) -> None:
        LOG.parent.mkdir(exist_ok=True)
        self.file = (LOG.parent / "setup.lock").open("w")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("另一个安装正在进行，等它完成 …", flush=True)
            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *error: object) -> None:
        self.file.close()


# The environment


def environment() -> str:
    """A virtual environment of this place and this Python; a moved or broken one is made anew."""
    if sys.version_info < OLDEST:
        raise CannotSetUp(
            f"需要 Python {OLDEST[0]}.{OLDEST[1]} 或更新的版本，现在用的是"
            f" {sys.version.split()[0]}。可用 make PYTHON=/路径/python3.11 指定。"
        )
    wanted = digest(str(VENV), sys.version)
    if stamp("environment") == wanted and PYTHON.exists():
        return "已就绪"
    if importlib.util.find_spec("ensurepip"):
        make_environment()
    elif outer_pip():
        make_environment("--without-pip")
    elif os.geteuid() == 0 and shutil.which("apt-get"):
        apt_install("python3-venv")
        make_environment()
    else:
        raise CannotSetUp(
            "这个 Python 没有 ensurepip，也没有 pip，不能建立虚拟环境。"
            "请管理员运行：apt-get install python3-venv"
        )
    set_stamp("environment", wanted)
    return "已建立"


def make_environment(*options: str) -> None:
    run([sys.executable, "-m", "venv", "--clear", *options, str(VENV)], "不能建立虚拟环境。")


def outer_pip() -> bool:
    """Whether the pip outside can install into an environment that has none (from 22.3 on)."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, check=False
    )
    found = re.match(r"pip (\d+)\.(\d+)", asked.stdout)
    return bool(found) and (int(found[1]), int(found[2])) >= (22, 3)


def pip() -> list[str]:
    """The command that installs into the environment."""
    if any(VENV.glob("lib/python*/site-packages/pip/__main__.py")):
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


# What goes into it


def packages(lock: str) -> str:
    """The packages of a lock file, each checked by its hash."""
    file = HERE / "requirements" / f"{lock}.txt"
    pins = len(re.findall(r"^[\w.\[\]-]+==", file.read_text(), re.M))
    wanted = digest(file.read_bytes())
    # What tests need holds all that running needs.
    if stamp(f"packages-{lock}") == wanted or (lock == "base" and dev_is_current()):
        return f"{pins} 个，已就绪"
    command = [
        *pip(), "install", "--require-hashes", "--no-deps", "--disable-pip-version-check",
        "--progress-bar", "off", "-r", str(file),
    ]  # fmt: skip
    run(
        command,
        "安装依赖包失败。请检查网络能否访问 Python 软件源（内网可设环境变量 PIP_INDEX_URL），"
        "然后重试。",
        progress=(r"^Collecting |^Requirement already", pins),
    )
    set_stamp(f"packages-{lock}", wanted)
    return f"{pins} 个，已安装"


def dev_is_current() -> bool:
    dev = HERE / "requirements" / "dev.txt"
    return stamp("packages-dev") == digest(dev.read_bytes())


def program() -> str:
    """Our own package, from this folder, without fetching anything."""
    wanted = digest((HERE / "pyproject.toml").read_bytes())
    if stamp("program") == wanted:
        return "已就绪"
    command = [*pip(), "install", "--no-deps", "--no-build-isolation", "--no-index", "-e", "."]
    run(command, "安装安澜程序失败。")
    set_stamp("program", wanted)
    return f"{VENV.name}/bin/anlan"


def frontend() -> str:
    """The released front-end files that the npm lock file names; its script keeps its own stamp."""
    run([str(PYTHON), "frontend/vendor.py"], "取前端文件失败。")
    return "已就绪"


def browser() -> str:
    """Chromium for the browser tests, from Debian's packages if we may install them."""
    found = next(filter(shutil.which, BROWSERS), None)
    if found:
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return "没有，也无权安装（请管理员运行 apt-get install chromium）；浏览器测试将跳过"
    try:
        apt_install("chromium", "fonts-noto-cjk")
    except CannotSetUp as error:
        return f"没有装成，浏览器测试将跳过：{error}"
    return "已从系统软件源安装"


def apt_install(*names: str) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], "apt-get update 失败。", env=quiet)
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *names]
    run(command, f"apt-get 没有装成 {' '.join(names)}。", env=quiet)


# Stamps and programs


def digest(*parts: bytes | str) -> str:
    joined = b"\0".join(part.encode() if isinstance(part, str) else part for part in parts)
    return hashlib.sha256(joined).hexdigest()


def stamp(name: str) -> str | None:
    """What the step ``name`` was last done for; the stamps die with the environment."""
    try:
        return (VENV / f".anlan-{name}").read_text()
    except FileNotFoundError:
        return None


def set_stamp(name: str, value: str) -> None:
    (VENV / f".anlan-{name}").write_text(value)


def run(
    command: list[str],
    failure: str,
    *,
    progress: tuple[str, int] | None = None,
    env: dict[str, str] | None = None,
) -> None:
    """Run a program, its words going to the log; CannotSetUp with the last of them if it fails.

    ``progress`` is the pattern of the lines that count as one unit of work, and the units to do.
    """
    pattern, total = progress or (r"(?!)", 0)
    done, shown = 0, ""
    with LOG.open("a") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        process = subprocess.Popen(
            command, cwd=HERE, env=env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        tail: list[str] = []
        for line in process.stdout or ():
            log.write(line)
            tail = [*tail[-14:], line]
            done += bool(re.match(pattern, line))
            shown = show(done, total, shown)
    erase(shown)
    if process.wait() != 0:
        raise CannotSetUp(f"{failure}\n{''.join(tail)}全部输出见 {LOG}")


def show(done: int, total: int, shown: str) -> str:
    """Overwrite the count on a terminal; elsewhere say every tenth part."""
    text = f"{done}/{total}"
    if not total or text == shown:
        return shown
    if sys.stdout.isatty():
        print("\b" * len(shown) + text, end="", flush=True)
    elif shown and done % max(total // 10, 1) == 0:
        print(text, end=" ", flush=True)
    return text


def erase(shown: str) -> None:
    if shown and sys.stdout.isatty():
        print("\b \b" * len(shown), end="", flush=True)


if __name__ == "__main__":
    sys.exit(main())
