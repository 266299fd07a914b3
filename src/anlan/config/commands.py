"""The commands that run and look after an installation. ``anlan.cli`` finds them here."""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import functools
import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol

from anlan.config import embedded, frontend, probe
from anlan.config.announcement import Announcement
from anlan.config.errors import SetupError
from anlan.config.processes import Supervisor, die_with_parent

Command = Callable[[Sequence[str]], int]
DONE, FAILED, MISTAKE, INTERRUPTED = 0, 1, 2, 130
DEFAULT_PORT = "8000"


def command(function: Command) -> Command:
    """A command that says in plain words why it cannot go on, and can be interrupted."""

    @functools.wraps(function)
    def run(arguments: Sequence[str]) -> int:
        try:
            return function(arguments)
        except SetupError as error:
            print(f"错误：{error}", file=sys.stderr)
            return error.code
        except _lost_database() as error:
            print(f"错误：数据库没有应答：{error}", file=sys.stderr)
            return FAILED
        except KeyboardInterrupt:
            return INTERRUPTED

    return run


@contextmanager
def django() -> Iterator[embedded.Cluster | None]:
    """Django set up, and the database running, inside the ``with`` block."""
    settings = _settings()
    # A supervisor or a shell that ends us must not keep the server from being stopped.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _as_interrupt)
    with embedded.server(settings.VAR) as cluster:
        import django as framework

        framework.setup()
        yield cluster


@command
def run(arguments: Sequence[str]) -> int:
    """Prepare the data, then run the web server and the worker until told to stop."""
    parser = _parser("run", "准备数据并运行全部进程，Ctrl-C 停止")
    parser.add_argument("--demo", action="store_true", help="载入标明为演示的一年数据")
    parser.add_argument("--with-parent", action="store_true", help="上级进程结束时一同停止")
    _add_address(parser)
    options = parser.parse_args(arguments)
    if options.with_parent:
        die_with_parent()
    frontend.check_frontend(frontend.VENDOR)
    from anlan.config.serve import check_port

    check_port(options.host, options.port)
    with only_one(_settings().VAR), django() as cluster:
        from anlan.config.prepare import prepare

        accounts = prepare(demo=options.demo)
        from django.db import connections

        connections.close_all()
        address = ["--host", options.host, "--port", str(options.port)]
        announce = Announcement(options.port, accounts, demo=options.demo)

        def watch() -> str | None:
            if cluster and (said := cluster.revive()):
                print(f"注意：{said}", file=sys.stderr, flush=True)
            announce()
            return None

        anlan = [sys.executable, "-m", "anlan.cli"]
        processes = {
            "消息服务": [*anlan, "broker"],
            "网页服务": [*anlan, "serve", *address],
            "后台任务": [*anlan, "worker"],
            "监测": [*anlan, "monitor"],
        }
        if os.environ.get("NATS_URL"):
            del processes["消息服务"]
        nodes = "127.0.0.1" if os.environ.get("ANLAN_LEAF") else ""  # nodes come by the broker
        if host := os.environ.get("ANLAN_GATEWAYS") or nodes:
            processes["接入网关"] = [*anlan, "gateways", "--host", host]
        if folder := os.environ.get("ANLAN_COAL"):
            processes["煤矿文件"] = [*anlan, "coal", folder]
        if options.demo:
            web = f"http://127.0.0.1:{options.port}"
            processes["演示设备"] = [*anlan, "demo-devices", "--web", web]
        return Supervisor(processes).run(watch)


@command
def serve(arguments: Sequence[str]) -> int:
    """Run the web server alone."""
    parser = _parser("serve", "只运行网页服务")
    _add_address(parser)
    options = parser.parse_args(arguments)
    settings = _settings()
    with embedded.server(settings.VAR):
        from anlan.config.serve import serve as serve_pages

        serve_pages(options.host, options.port, settings.STATIC_ROOT)
    return DONE


@command
def worker(arguments: Sequence[str]) -> int:
    """Run the worker alone: jobs and schedules."""
    _parser("worker", "只运行后台任务").parse_args(arguments)
    with django():
        from procrastinate.contrib.django import app

        from anlan.kernel import collector, jobs

        collector.settle()
        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
            asyncio.run(jobs.work())
    return DONE


@command
def manage(arguments: Sequence[str]) -> int:
    """Run a management command of Django or of an app."""
    with django():
        from django.core.management import ManagementUtility

        ManagementUtility(["anlan manage", *arguments]).execute()
    return DONE


@command
def migrate(arguments: Sequence[str]) -> int:
    """Bring the database up to this program."""
    _parser("migrate", "更新数据库结构").parse_args(arguments)
    with django():
        from anlan.config import prepare

        print(f"数据库结构：{prepare.migrate()}")
    return DONE


@command
def load(arguments: Sequence[str]) -> int:
    """Load the facts that come with the program."""
    _parser("load", "载入随程序提供的区划、单位等资料，可重复执行").parse_args(arguments)
    with django():
        from anlan.config import loaders, prepare

        prepare.require_migrated()
        for name, loader in loaders.FACTS_LOADERS:
            print(f"{name}：{prepare.load(loader)}")
    return DONE


@command
def demo(arguments: Sequence[str]) -> int:
    """Load the demonstration year."""
    _parser("demo", "载入标明为演示的一年数据，可重复执行").parse_args(arguments)
    with django():
        from anlan.config import loaders, prepare

        prepare.require_migrated()
        print(f"演示数据：{prepare.load(loaders.demonstration)}")
    return DONE


@command
def health(arguments: Sequence[str]) -> int:
    """Ask the running server how it is: 0 all up, 1 not."""
    parser = _parser("health", "查看运行状态：0 全部正常，1 有部分不正常")
    _add_address(parser)
    options = parser.parse_args(arguments)
    state = probe.ask(options.port)
    if state is None:
        print(f"网页服务没有应答（端口 {options.port}）。", file=sys.stderr)
        return FAILED
    for name, part in state.parts.items():
        print(f"{name}：{'正常' if part else '不正常'}")
    return DONE if state.up else FAILED


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Only one set of processes works on a data folder."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError(
                f"数据文件夹 {var} 已有一套安澜在运行。请先停掉它，或用 ANLAN_VAR 另选数据文件夹。"
            ) from None
        yield


def _lost_database() -> type[Exception]:
    from django.db import OperationalError

    return OperationalError


def _settings() -> Settings:
    """Our settings; SetupError if the environment or the data folder does not allow any."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    try:
        found: Settings = importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except ValueError as error:
        raise SetupError(str(error)) from error
    except OSError as error:
        raise SetupError(
            f"不能使用数据文件夹：{error.strerror}（{error.filename}）。"
            "请检查权限，或用 ANLAN_VAR 另选数据文件夹。"
        ) from error
    return found


class Settings(Protocol):
    VAR: Path
    STATIC_ROOT: Path


def _parser(name: str, what: str) -> Parser:
    parser = Parser(prog=f"anlan {name}", description=what, add_help=False)
    parser.add_argument("-h", "--help", action="help", help="显示这段说明")
    return parser


class Parser(argparse.ArgumentParser):
    """argparse that speaks Chinese."""

    def format_usage(self) -> str:
        return super().format_usage().replace("usage: ", "用法：", 1)

    def format_help(self) -> str:
        return (
            super().format_help().replace("usage: ", "用法：", 1).replace("options:", "选项：", 1)
        )

    def error(self, message: str) -> NoReturn:
        reason = message if "“" in message else "参数不对"
        self.exit(MISTAKE, f"错误：{reason.split(': ')[-1]}\n\n{self.format_help()}")


def _add_address(parser: Parser) -> None:
    parser.add_argument(
        "--host",
        default=os.environ.get("ANLAN_ADDRESS", "127.0.0.1"),
        help="监听地址（ANLAN_ADDRESS）",
    )
    parser.add_argument(
        "--port", type=_port, default=os.environ.get("PORT") or DEFAULT_PORT, help="端口（PORT）"
    )


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}”不是端口号，应为 1—65535 的整数")


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
