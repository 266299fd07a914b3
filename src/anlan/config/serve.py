"""The web server: pages by ASGI, static files straight from disk."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels

from anlan.config.errors import SetupError

YEAR = 365 * 24 * 3600  # names of static files carry the digest of their content
STOP_SECONDS = 5  # live pages never end by themselves
MOST_AT_ONCE = 4096  # requests in one worker; each open page holds one, and needs no more than that


def check_port(host: str, port: int) -> None:
    """SetupError if another program answers on this port, or if we may not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(_reason(host, port, error)) from error


def serve(host: str, port: int, static: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    check_port(host, port)
    Granian(
        "anlan.config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        loop=Loops.asyncio,
        workers=workers(),
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,  # the others go on answering meanwhile
        backpressure=MOST_AT_ONCE,
        log_level=LogLevels.error,  # it would warn of more workers than cores
        static_path_route=["/static"],
        static_path_mount=[static],
        static_path_expires=YEAR,
    ).serve()


def workers() -> int:
    """``ANLAN_WORKERS``, or two for each core up to eight: while one waits for the database the
    other works, and threads of one process would hinder each other (docs/benchmarks.md)."""
    given = os.environ.get("ANLAN_WORKERS", "")
    return int(given) if given.isdigit() and int(given) else min(8, 2 * (os.cpu_count() or 1))


def _reason(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被别的程序占用。请停掉它，或换一个端口，例如 PORT={port + 1} make run。"
        )
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {port}。请换用 1024 以上的端口，例如 PORT=8000 make run。"
    return f"不能在 {host} 的端口 {port} 上提供服务：{error.strerror}。"
